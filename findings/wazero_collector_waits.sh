#!/usr/bin/env bash
# While WebAssembly computes, a garbage collection of the Go program around it waits, and with it every other goroutine.
#
# Package:   github.com/tetratelabs/wazero v1.12.0, its compiler; the module is a loop that counts down and ends by itself.
# Expected:  a collection takes milliseconds, as beside a loop in Go, which the runtime interrupts where it stands (Go 1.14 and later).
# Seen:      runtime.GC returns when the call into WebAssembly does: machine code that the Go runtime did not make has no place to stop at.
# It matters to a program with a window that decodes pictures by codecs in WebAssembly: one photo stopped drawing for seconds. A function
#            listener on something that the module calls often gives the runtime a place to stop.
set -euo pipefail

command -v go >/dev/null || { echo "cannot check: go is missing"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'GO'
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"runtime"
	"time"

	"github.com/tetratelabs/wazero"
)

// countdown is (func (export "spin") (param i32) (loop (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))).
var countdown = []byte("\x00asm\x01\x00\x00\x00" + "\x01\x05\x01\x60\x01\x7f\x00" + "\x03\x02\x01\x00" + "\x07\x08\x01\x04spin\x00\x00" +
	"\x0a\x10\x01\x0e\x00\x03\x40\x20\x00\x41\x01\x6b\x22\x00\x0d\x00\x0b\x0b")

var sum uint32

// beside tells how long a collection takes that begins in the midst of a call, and the call.
func beside(call func()) (collection, whole time.Duration) {
	done, began := make(chan bool), time.Now()
	go func() { call(); whole = time.Since(began); close(done) }()
	time.Sleep(50 * time.Millisecond)
	from := time.Now()
	runtime.GC()
	collection = time.Since(from)
	<-done
	return collection, whole
}

func main() {
	ctx := context.Background()
	r := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	defer r.Close(ctx)
	m, err := r.Instantiate(ctx, countdown)
	if err != nil {
		log.Fatal(err)
	}
	const turns = 1 << 31
	wasm, whole := beside(func() {
		if _, err := m.ExportedFunction("spin").Call(ctx, turns); err != nil {
			log.Fatal(err)
		}
	})
	fmt.Printf("a collection beside WebAssembly that computes for %v takes %v\n", whole, wasm)
	own, whole2 := beside(func() {
		for i := uint32(turns); i > 0; i-- {
			sum += i * i
		}
	})
	fmt.Printf("a collection beside a loop in Go that computes for %v takes %v\n", whole2, own)
	if wasm < whole/2 || own > whole2/2 {
		fmt.Println("this has changed")
		os.Exit(1)
	}
}
GO
go mod init finding >/dev/null 2>&1
go get github.com/tetratelabs/wazero@v1.12.0 >/dev/null 2>&1
go run .
echo "as described"
