package main

import (
	"bytes"
	"fmt"
)

// listing is the assembly so far and stubs the Go declarations.
var listing, stubs bytes.Buffer

type (
	register int // of 64 bits
	vector   int // of four floats
)

func (r register) String() string { return fmt.Sprintf("R%d", int(r)) }

// args points to a kernel's arguments.
const args register = 0

// next is the register that is given out next. Go's assembler, the platform and the runtime keep R18 and those from R27 on.
var next register

func fresh() register {
	next++
	if next == 18 {
		next++
	}
	if next > 26 {
		panic("too few registers")
	}
	return next
}

// function opens a kernel func(t *of).
func function(name, of, doc string) {
	open(name, "t *"+of, doc)
	emit("MOVD t+0(FP), %v", args)
}

func open(name, arguments, doc string) {
	fmt.Fprintf(&stubs, "\n// %s %s\n//\n//go:noescape\nfunc %[1]s(%[3]s)\n", name, doc, arguments)
	fmt.Fprintf(&listing, "\n// func %s(%s)\nTEXT ·%[1]s(SB), NOSPLIT, $0-%[3]d\n", name, arguments, min(8*len(arguments), 8))
	next = args
}

// emit writes an instruction of Go's assembler.
func emit(format string, a ...any) {
	listing.WriteByte('\t')
	fmt.Fprintf(&listing, format, a...)
	listing.WriteByte('\n')
}

func label(name string) { fmt.Fprintf(&listing, "%s:\n", name) }

// word writes an instruction by its code, with its text in GNU's syntax.
func word(code uint32, format string, a ...any) {
	emit("WORD $0x%08x // %s", code, fmt.Sprintf(format, a...))
}

// field loads a field of what a register points to, 8 bytes.
func field(name string, of register) register { return fieldInto(fresh(), name, of) }

func fieldInto(to register, name string, of register) register {
	emit("MOVD %d(%v), %v", offset(name), of, to)
	return to
}

// loop runs body as long as it has not counted n down to zero; n is at least 1.
func loop(name string, n register, body func()) {
	label(name)
	body()
	emit("SUBS $1, %v, %[1]v", n)
	emit("BNE %s", name)
}

// when runs body if the bit of the flags is set.
func when(flags register, flag, label_ string, body func()) {
	emit("TBZ $%d, %v, %s", bit(flag), flags, label_)
	body()
	label(label_)
}
