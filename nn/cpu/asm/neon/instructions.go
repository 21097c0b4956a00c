package main

import "fmt"

// three writes an instruction on three registers by its code for registers 0.
func three(code uint32, name, shape string, d, n, m vector) {
	word(code|uint32(m)<<16|uint32(n)<<5|uint32(d), "%s v%d.%s, v%d.%[3]s, v%[5]d.%[3]s", name, d, shape, n, m)
}

// two writes an instruction on two.
func two(code uint32, name, to, from string, d, n vector) {
	word(code|uint32(n)<<5|uint32(d), "%s v%d.%s, v%d.%s", name, d, to, n, from)
}

// Arithmetic of four floats, the result first.
func fadd(d, n, m vector)  { three(0x4e20d400, "fadd", "4s", d, n, m) }
func fsub(d, n, m vector)  { three(0x4ea0d400, "fsub", "4s", d, n, m) }
func fmul(d, n, m vector)  { three(0x6e20dc00, "fmul", "4s", d, n, m) }
func fdiv(d, n, m vector)  { three(0x6e20fc00, "fdiv", "4s", d, n, m) }
func fmla(d, n, m vector)  { three(0x4e20cc00, "fmla", "4s", d, n, m) } // d += n*m
func fmls(d, n, m vector)  { three(0x4ea0cc00, "fmls", "4s", d, n, m) } // d -= n*m
func fmax(d, n, m vector)  { three(0x4e20f400, "fmax", "4s", d, n, m) }
func fmin(d, n, m vector)  { three(0x4ea0f400, "fmin", "4s", d, n, m) }
func fcmgt(d, n, m vector) { three(0x6ea0e400, "fcmgt", "4s", d, n, m) }
func fcmge(d, n, m vector) { three(0x6e20e400, "fcmge", "4s", d, n, m) }
func fcmeq(d, n, m vector) { three(0x4e20e400, "fcmeq", "4s", d, n, m) }
func faddp(d, n, m vector) { three(0x6e20d400, "faddp", "4s", d, n, m) }
func fsqrt(d, n vector)    { two(0x6ea1f800, "fsqrt", "4s", "4s", d, n) }
func fabs(d, n vector)     { two(0x4ea0f800, "fabs", "4s", "4s", d, n) }
func fneg(d, n vector)     { two(0x6ea0f800, "fneg", "4s", "4s", d, n) }

func frintm(d, n vector) { two(0x4e219800, "frintm", "4s", "4s", d, n) } // down
func frintp(d, n vector) { two(0x4ea18800, "frintp", "4s", "4s", d, n) } // up
func frintn(d, n vector) { two(0x4e218800, "frintn", "4s", "4s", d, n) } // to the nearest
func scvtf(d, n vector)  { two(0x4e21d800, "scvtf", "4s", "4s", d, n) }
func fcvtns(d, n vector) { two(0x4e21a800, "fcvtns", "4s", "4s", d, n) }

func fcmeqZero(d, n vector) {
	word(0x4ea0d800|uint32(n)<<5|uint32(d), "fcmeq v%d.4s, v%d.4s, #0.0", d, n)
}

// Between four floats and four values of bfloat16, the upper halves of floats. The name that ends in 2 takes or sets the upper four of
// eight. Rounding is to the nearest, of two the even; a denormal stays one.
func bfcvtn(d, n vector)  { two(0x0ea16800, "bfcvtn", "4h", "4s", d, n) }
func bfcvtn2(d, n vector) { two(0x4ea16800, "bfcvtn2", "8h", "4s", d, n) }
func shll(d, n vector)    { word(0x2e613800|uint32(n)<<5|uint32(d), "shll v%d.4s, v%d.4h, #16", d, n) }
func shll2(d, n vector)   { word(0x6e613800|uint32(n)<<5|uint32(d), "shll2 v%d.4s, v%d.8h, #16", d, n) }

// bfmmla adds to d, a matrix of 2 rows and 2 columns, n of 2 rows and 4 columns times the transpose of m, which is as n: for columns 0 and 1, then
// for 2 and 3, each product, their sum and what that is added to are rounded to odd, and denormals are zero (Arm ARM, BFDotAdd).
func bfmmla(d, n, m vector) {
	word(0x6e40ec00|uint32(m)<<16|uint32(n)<<5|uint32(d), "bfmmla v%d.4s, v%d.8h, v%d.8h", d, n, m)
}

// zip1d joins the lower halves of two registers, and zip2d the upper ones.
func zip1d(d, n, m vector) { three(0x4ec03800, "zip1", "2d", d, n, m) }
func zip2d(d, n, m vector) { three(0x4ec07800, "zip2", "2d", d, n, m) }

// Whole numbers.
func addInts(d, n, m vector) { three(0x4ea08400, "add", "4s", d, n, m) }
func subInts(d, n, m vector) { three(0x6ea08400, "sub", "4s", d, n, m) }

func shift(code, by uint32, name string, d, n vector, bits int) {
	word(code|by<<16|uint32(n)<<5|uint32(d), "%s v%d.4s, v%d.4s, #%d", name, d, n, bits)
}

func shl(d, n vector, bits int)  { shift(0x4f005400, uint32(32+bits), "shl", d, n, bits) }
func sshr(d, n vector, bits int) { shift(0x4f000400, uint32(64-bits), "sshr", d, n, bits) }
func ushr(d, n vector, bits int) { shift(0x6f000400, uint32(64-bits), "ushr", d, n, bits) }

// byLane writes an instruction whose last operand is one lane of a register.
func byLane(code uint32, name string, d, n, m vector, lane int) {
	word(code|uint32(lane&1)<<21|uint32(m)<<16|uint32(lane>>1)<<11|uint32(n)<<5|uint32(d), "%s v%d.4s, v%d.4s, v%d.s[%d]", name, d, n, m, lane)
}

func fmlaLane(d, n, m vector, lane int) { byLane(0x4f801000, "fmla", d, n, m, lane) }
func fmlsLane(d, n, m vector, lane int) { byLane(0x4f805000, "fmls", d, n, m, lane) }
func fmulLane(d, n, m vector, lane int) { byLane(0x4f809000, "fmul", d, n, m, lane) }

// Bits. bit takes those of n where m is set, bif where it is not, bsl those of n where d is set and of m elsewhere.
func and(d, n, m vector)    { three(0x4e201c00, "and", "16b", d, n, m) }
func orr(d, n, m vector)    { three(0x4ea01c00, "orr", "16b", d, n, m) }
func eor(d, n, m vector)    { three(0x6e201c00, "eor", "16b", d, n, m) }
func bic(d, n, m vector)    { three(0x4e601c00, "bic", "16b", d, n, m) }
func bsl(d, n, m vector)    { three(0x6e601c00, "bsl", "16b", d, n, m) }
func bitset(d, n, m vector) { three(0x6ea01c00, "bit", "16b", d, n, m) }
func bif(d, n, m vector)    { three(0x6ee01c00, "bif", "16b", d, n, m) }
func cmeq(d, n, m vector)   { three(0x6ea08c00, "cmeq", "4s", d, n, m) }
func cmtst(d, n, m vector)  { three(0x4ea08c00, "cmtst", "4s", d, n, m) }

// What goes between lanes of unlike widths.
func uzp1h(d, n, m vector) { three(0x4e401800, "uzp1", "8h", d, n, m) }
func uzp1b(d, n, m vector) { three(0x4e001800, "uzp1", "16b", d, n, m) }
func addpb(d, n, m vector) { three(0x4e20bc00, "addp", "16b", d, n, m) }
func cmeqb(d, n, m vector) { three(0x6e208c00, "cmeq", "16b", d, n, m) }
func sxtlb(d, n vector)    { two(0x0f08a400, "sxtl", "8h", "8b", d, n) }
func sxtl2b(d, n vector)   { two(0x4f08a400, "sxtl2", "8h", "16b", d, n) }
func sxtlh(d, n vector)    { two(0x0f10a400, "sxtl", "4s", "4h", d, n) }
func sxtl2h(d, n vector)   { two(0x4f10a400, "sxtl2", "4s", "8h", d, n) }

func clear(v vector)                { emit("VEOR V%d.B16, V%[1]d.B16, V%[1]d.B16", int(v)) }
func move(d, n vector)              { emit("VORR V%d.B16, V%[1]d.B16, V%d.B16", int(n), int(d)) }
func spread(d vector)               { emit("VDUP V%d.S[0], V%[1]d.S4", int(d)) }
func advance(p register, bytes int) { emit("ADD $%d, %v, %[2]v", bytes, p) }
func addTo(p, step register)        { emit("ADD %v, %v, %[2]v", step, p) }

// load and store move a register's 16 bytes.
func load(v vector, at register, off int)  { emit("FMOVQ %d(%v), F%d", off, at, int(v)) }
func store(v vector, at register, off int) { emit("FMOVQ F%d, %d(%v)", int(v), off, at) }

// quad is the four registers from one on, a block of channels.
func quad(v vector) string {
	return fmt.Sprintf("[V%d.S4, V%d.S4, V%d.S4, V%d.S4]", int(v), int(v)+1, int(v)+2, int(v)+3)
}

func loadBlock(v vector, at register)  { emit("VLD1 (%v), %s", at, quad(v)) }
func storeBlock(v vector, at register) { emit("VST1 %s, (%v)", quad(v), at) }

// takeBlock loads a block and goes on to the next.
func takeBlock(v vector, at register) { emit("VLD1.P 64(%v), %s", at, quad(v)) }

// number loads a float into every lane.
func number(v vector, at register, off int) {
	emit("FMOVS %d(%v), F%d", off, at, int(v))
	spread(v)
}

// pattern sets every lane to 32 bits.
func pattern(v vector, bits uint32) {
	t := fresh()
	emit("MOVD $0x%x, %v", bits, t)
	emit("VDUP %v, V%d.S4", t, int(v))
}

// tables are constants that kernels load.
func tables() {
	listing.WriteString("\n// A bit for each channel.\n")
	for i := range 16 {
		fmt.Fprintf(&listing, "DATA channelBits<>+%d(SB)/4, $%d\n", 4*i, 1<<i)
	}
	listing.WriteString("GLOBL channelBits<>(SB), RODATA|NOPTR, $64\n\n// What transforms multiply by.\n")
	for i, f := range factors {
		fmt.Fprintf(&listing, "DATA factors<>+%d(SB)/4, $%f\n", 4*i, f)
	}
	listing.WriteString("GLOBL factors<>(SB), RODATA|NOPTR, $16\n")
	listing.WriteString("\n// The constants of functions.\n")
	for i, bits := range literals {
		for lane := range 4 {
			fmt.Fprintf(&listing, "DATA literals<>+%d(SB)/4, $0x%08x\n", 16*i+4*lane, bits)
		}
	}
	fmt.Fprintf(&listing, "GLOBL literals<>(SB), RODATA|NOPTR, $%d\n", 16*len(literals))
}
