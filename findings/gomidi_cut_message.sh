#!/usr/bin/env bash
# A message that is cut off takes the next one with it, and a long message of a device's own crashes the program.
#
# Package:   gitlab.com/gomidi/midi/v2 v2.3.16 (MIDI in Go), drivers.Reader, which makes messages of bytes.
# Expected:  a status byte begins a message, whatever was missing of the one before: of b0 46 90 3c 64 comes the key, 90 3c 64.
#            "SysEx messages larger than this size will be ignored", says ListenConfig of its buffer of 1024 bytes.
# Seen:      b0 46 90, a controller at 144 of 127, and then b0 3c 64: the key is lost. A message of 1100 bytes is an index out of
#            range, on the goroutine that listens.
# It matters where devices are plugged in while somebody plays them, and where they send what they are set to. We reset the reader
# before each status byte, and have it pass over devices' own messages (app/control/midi/messages.go).
set -euo pipefail

command -v go >/dev/null || { echo "cannot check: go is missing"; exit 2; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

cat > main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"os"

	"gitlab.com/gomidi/midi/v2/drivers"
)

// crash tells how reading a message of a device's own of so many bytes ends.
func crash(n int) (err any) {
	defer func() { err = recover() }()
	r := drivers.NewReader(drivers.ListenConfig{SysEx: true}, func([]byte, int32) {})
	r.EachMessage(append(append([]byte{0xf0}, bytes.Repeat([]byte{1}, n)...), 0xf7), 0)
	return nil
}

func main() {
	got := ""
	r := drivers.NewReader(drivers.ListenConfig{}, func(m []byte, _ int32) { got += fmt.Sprintf("[% x]", m) })
	r.EachMessage([]byte{0xb0, 0x46, 0x90, 0x3c, 0x64}, 0)
	short, long := crash(100), crash(1100)
	fmt.Printf("of b0 46 90 3c 64:  %s\n100 bytes:          %v\n1100 bytes:         %v\n", got, short, long)
	if got != "[b0 46 90][b0 3c 64]" || short != nil || long == nil {
		fmt.Println("CHANGED: this is not what was seen")
		os.Exit(1)
	}
	fmt.Println("SEEN: a status byte is taken for a value, and a long message for a short one")
}
GO
export GOFLAGS=-mod=mod GOMODCACHE="$work/mod" GOWORK=off
go mod init example >/dev/null 2>&1
go get gitlab.com/gomidi/midi/v2@v2.3.16 >/dev/null 2>&1
go run .
