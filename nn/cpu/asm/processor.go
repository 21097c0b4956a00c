package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pause rests for a moment in a loop that waits, to the benefit of a core's other thread.
func pause() {
	fmt.Fprint(&stubs, "\n// pause is a moment's rest in a loop that waits.\nfunc pause()\n")
	TEXT("pause", attr.NOSPLIT, "func()")
	PAUSE()
	RET()
}

// peak runs so many steps on registers alone, each with a sum of its own: what the core can do at most.
func peak(name string, v vector, steps int, called string, step func(a, b, sum VecPhysical)) {
	fmt.Fprintf(&stubs, "\n// %s makes n rounds of %d %s on registers of %d lanes.\nfunc %[1]s(n int)\n", name, steps, called, v.lanes)
	TEXT(name, attr.NOSPLIT, "func(n int)")
	n := Load(Param("n"), GP64())
	for i := range steps + 2 {
		clearVector(v.reg(i))
	}
	Label("round")
	for i := range steps {
		step(v.reg(steps), v.reg(steps+1), v.reg(i))
	}
	DECQ(n)
	JNZ(LabelRef("round"))
	VZEROUPPER()
	RET()
}

// peakProducts is peak for products.
func peakProducts() {
	fmt.Fprint(&stubs, "\n// peakProducts makes n rounds of 4 products of whole registers.\nfunc peakProducts(n int)\n")
	TEXT("peakProducts", attr.NOSPLIT, "func(n int)")
	Load(Param("n"), RCX)
	LEAQ(configs.Offset((tileRows-1)*64), RAX)
	loadConfig(RAX)
	Label("round")
	for i := range 4 {
		multiplyTiles(6+i%2, 4+i/2, i)
	}
	DECQ(RCX)
	JNZ(LabelRef("round"))
	releaseTiles()
	RET()
}

// vendor is CPUID's leaf 0.
func vendor() {
	fmt.Fprint(&stubs, "\n// vendor sets the twelve letters in which the processor tells who made it.\n//\n//go:noescape\nfunc vendor(name *[12]byte)\n")
	TEXT("vendor", attr.NOSPLIT, "func(name *byte)")
	Load(Param("name"), RDI)
	XORL(EAX, EAX)
	XORL(ECX, ECX)
	CPUID()
	MOVL(EBX, Mem{Base: RDI})
	MOVL(EDX, Mem{Base: RDI, Disp: 4})
	MOVL(ECX, Mem{Base: RDI, Disp: 8})
	RET()
}
