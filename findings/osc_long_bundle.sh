#!/usr/bin/env bash
# A bundle loses messages where its parts meet a multiple of 4096 bytes; a blob across one is refused.
#
# Package:   github.com/hypebeast/go-osc v0.0.0-20220308234300-cec5a8a1e5f5 (Open Sound Control in Go).
# Expected:  what Bundle.MarshalBinary wrote, ParsePacket reads: 200 messages, or a blob of 5000 bytes. A datagram holds 64 kB.
# Seen:      of 200 messages of 24 bytes (/knob/zoom with a float) 170 come back, without an error: ParsePacket reads through a
#            buffer of 4096 bytes and takes an empty buffer for the end. With addresses of other lengths, whose parts do not
#            end there, all 200 come back. The blob, valid and whole, is an error for the same reason.
# It matters to a program that is played by controllers which send the state of all their faders as one bundle: the last ones
# do not move, and only with some layouts. We read packets with a parser of our own (app/control/osc).
set -euo pipefail

command -v go >/dev/null || { echo "cannot check: go is missing"; exit 2; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/hypebeast/go-osc/osc"
)

// back writes a packet, reads it again, and tells how many messages there are.
func back(p osc.Packet) (int, error) {
	data, err := p.MarshalBinary()
	if err != nil {
		panic(err)
	}
	got, err := osc.ParsePacket(string(data))
	if err != nil {
		return 0, err
	}
	if b, ok := got.(*osc.Bundle); ok {
		return len(b.Messages), nil
	}
	return 1, nil
}

func bundle(address string) (int, error) {
	b := osc.NewBundle(time.Now())
	for range 200 {
		if err := b.Append(osc.NewMessage(address, float32(0.5))); err != nil {
			panic(err)
		}
	}
	return back(b)
}

func main() {
	zoom, err := bundle("/knob/zoom")
	fmt.Printf("200 messages to /knob/zoom:   %d come back, error %v\n", zoom, err)
	rotate, err2 := bundle("/knob/rotate/value")
	fmt.Printf("200 to /knob/rotate/value:    %d come back, error %v\n", rotate, err2)
	_, err3 := back(osc.NewMessage("/picture", make([]byte, 5000)))
	fmt.Printf("a blob of 5000 bytes:         error %v\n", err3)
	if zoom != 170 || err != nil || rotate != 200 || err2 != nil || err3 == nil {
		fmt.Println("CHANGED: this is not what was seen")
		os.Exit(1)
	}
	fmt.Println("SEEN: the end of a buffer is taken for the end of the bundle")
}
GO
export GOFLAGS=-mod=mod GOMODCACHE="$work/mod" GOWORK=off
go mod init example >/dev/null 2>&1
go get github.com/hypebeast/go-osc@v0.0.0-20220308234300-cec5a8a1e5f5 >/dev/null 2>&1 || { echo "cannot check: the module does not download"; exit 2; }
go run .
