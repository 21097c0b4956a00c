package cpu

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// rounding is an engine that multiplies in bfloat16, whose values have 8 bits: where inputs
// cancel, where a maximum or a sign is close, a small net's result may be far from the exact one.
type rounding struct {
	*Engine
	allowed enginetest.Tolerances
}

func (e rounding) Tolerances() enginetest.Tolerances { return e.allowed }

var rounded = enginetest.Tolerances{Error: 6e-2, Score: 0.12, Answer: 1.5, Dream: 0.2, Pixels: 20, Near: 0.45}

func openRounding(name string, allowed enginetest.Tolerances) enginetest.Open {
	return func(net *nn.Net) (nn.Engine, error) {
		e, err := Open(net, Options{Threads: 2, Kernel: name})
		if err != nil {
			return nil, err
		}
		return rounding{e, allowed}, nil
	}
}

// needHalf skips a test where the processor cannot run what is under test.
func needHalf(t *testing.T) *kernels {
	t.Helper()
	for _, k := range halvers() {
		if k.half.products == nil {
			return k
		}
	}
	t.Skip("needs a processor with AVX512_BF16 or FEAT_BF16")
	return nil
}

// rounders are the processor's kernels of bfloat16 and the models of all; with -short no models where there are kernels, which
// TestHalfModel and TestTilesModel hold to them bit by bit.
func rounders() []*kernels {
	own := halvers()
	if testing.Short() && len(own) > 0 {
		return own
	}
	return append(own, halfModels...)
}

// modelOf is the model of kernels of bfloat16.
func modelOf(k *kernels) *kernels {
	return halfModels[slices.IndexFunc(halfModels, func(m *kernels) bool { return m.precision() == k.precision() })]
}

// TestHalfConformance runs the shared suite in bfloat16.
func TestHalfConformance(t *testing.T) {
	enginetest.Run(t, openRounding(needHalf(t).name, rounded))
}

// TestHalfBends runs the shared suite of bends in bfloat16. Some jump, and magnify what is rounded.
func TestHalfBends(t *testing.T) {
	jumping := rounded
	jumping.Error, jumping.Near = 0.5, 0.6
	open := openRounding(needHalf(t).name, jumping)
	enginetest.Bends(t, open)
	t.Run("heals", func(t *testing.T) { enginetest.Heals(t, open) })
}

// exactGradient is the reference's.
func exactGradient(t *testing.T, net *nn.Net, x *tensor.Dense, obj nn.Objective) *tensor.Dense {
	t.Helper()
	reference, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	defer reference.Close()
	exact, _, err := reference.Gradient(x, obj)
	if err != nil {
		t.Fatal(err)
	}
	return exact
}

// TestHalfModel runs a small net with the model of the kernels, on any processor: weights, maps
// and their borders are laid out as for the real ones, whose gradient is the same.
func TestHalfModel(t *testing.T) {
	net, x := enginetest.Small(), enginetest.Input(41, 29)
	obj := nn.Objective{{Layer: "4a/output", Channel: nn.AllChannels, Weight: 1}}
	exact := exactGradient(t, net, x, obj)
	gradients := map[string]*tensor.Dense{}
	all := append(halvers(), halfModels...)
	for _, k := range all {
		e, err := Open(net, Options{Threads: 2, Kernel: k.name})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if gradients[k.name], _, err = e.Gradient(x, obj); err != nil {
			t.Fatal(err)
		}
		if d, most := enginetest.Error(gradients[k.name], exact), rounded.Near; !(d <= most) {
			t.Errorf("%s: relative L2 error %.2g, want at most %g", k.name, d, most)
		}
	}
	for _, k := range all {
		// What is no convolution sums in another order.
		if d := enginetest.Error(gradients[k.name], gradients[modelOf(k).name]); !(d <= 0.03) {
			t.Errorf("%s: relative L2 error %.2g beside the model", k.name, d)
		}
	}
}

// edges are floats at which roundings and flushes turn.
func edges() (all []uint32) {
	for _, v := range []uint32{
		0, 1, 0x7fffff, 0x800000, 0x80ffff, 0x3f800000, 0x3f808000, 0x3f818000, 0x3f817fff, 0x3f808001, 0x7f7fffff, 0x7f7f8000,
		0x7f800000, 0x7f800001, 0x7fbfffff, 0x7fc00000, 0x7fffffff, 0x00ffffff, 0x40490fdb,
	} {
		all = append(all, v, v|1<<31)
	}
	return all
}

// TestNarrowed holds the models of the rounding instructions to their definition and the instructions to their models.
func TestNarrowed(t *testing.T) {
	for _, c := range []struct {
		in   uint32
		want uint16
	}{
		{0x3f808000, 0x3f80}, {0x3f808001, 0x3f81}, {0x3f818000, 0x3f82}, {0x007fffff, 0}, {0x80000001, 0x8000},
		{0x7f7fffff, 0x7f80}, {0x7f800001, 0x7fc0}, {0xffa12345, 0xffe1},
	} {
		if got := narrowed(math.Float32frombits(c.in)); got != c.want {
			t.Errorf("%08x becomes %04x, want %04x", c.in, got, c.want)
		}
		want := c.want
		if c.in&0x7f800000 == 0 { // which keeps denormals
			want = uint16((c.in + 0x8000) >> 16)
		}
		if got := narrowedOdd(math.Float32frombits(c.in)); got != want {
			t.Errorf("on Arm %08x becomes %04x, want %04x", c.in, got, want)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, lanes*10000)
	for i := range x {
		x[i] = math.Float32frombits(r.Uint32())
	}
	for i, v := range edges() {
		x[i] = math.Float32frombits(v)
	}
	for _, k := range append(halvers(), halfModels...) {
		y := make([]uint16, len(x))
		k.half.narrow(&rowTile{y: addressOf(unsafe.Pointer(&y[0])), x: addressOf(unsafe.Pointer(&x[0])), n: len(x) / lanes})
		for i, v := range x {
			if want := k.half.narrowed(v); y[i] != want {
				t.Fatalf("%s: %08x becomes %04x, want %04x", k.name, math.Float32bits(v), y[i], want)
			}
		}
	}
}

// TestDotPairs holds the instruction to its model, bit for bit but for the payload of what is no number: sums of
// eight pairs of all sizes, many of which cancel, round half way, overflow or leave the normal numbers.
func TestDotPairs(t *testing.T) {
	k := needHalf(t)
	r := rand.New(rand.NewPCG(3, 4))
	special := edges()
	draw := func(span int) uint16 {
		switch r.IntN(30) {
		case 0:
			return uint16(special[r.IntN(len(special))] >> 16)
		case 1:
			return uint16(r.Uint32())
		}
		return uint16(r.Uint32())&0x807f | uint16(127-span/2+r.IntN(span+1))<<7
	}
	x, w, y, want := make([]uint32, 8), make([][lanes]uint32, 8), &fixedBlocks(1)[0], &fixedBlocks(1)[0]
	s := segment{x: addressOf(unsafe.Pointer(&x[0])), w: unsafe.Pointer(&w[0]), taps: unsafe.Pointer(&noOffset[0]), ntaps: 1, blocks: 1, last: lanes / k.half.group}
	for trial := range 20000 {
		span := []int{0, 3, 20, 130}[trial%4]
		for i := range x {
			x[i] = uint32(draw(span)) | uint32(draw(span))<<16
			for c := range w[i] {
				w[i][c] = uint32(draw(span)) | uint32(draw(span))<<16
			}
		}
		k.half.conv[0][1](&tile{segs: unsafe.Pointer(&s), nsegs: 1, y: [2]address{addressOf(unsafe.Pointer(y))}})
		modelOf(k).half.conv[0][1](&tile{segs: unsafe.Pointer(&s), nsegs: 1, y: [2]address{addressOf(unsafe.Pointer(want))}})
		for c, got := range y {
			if want := want[c]; math.Float32bits(got) != math.Float32bits(want) && (got == got || want == want) {
				t.Fatalf("trial %d: got %08x, want %08x", trial, math.Float32bits(got), math.Float32bits(want))
			}
		}
	}
}

// TestOddSums holds the model of sums that are rounded to odd to numbers of any precision.
func TestOddSums(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 7))
	for range 20000 {
		a, b := math.Float32frombits(r.Uint32()), math.Float32frombits(r.Uint32())
		if r.IntN(2) == 0 { // of near exponents
			b = math.Float32frombits(math.Float32bits(a)&0x7f800000 ^ r.Uint32()&0x81ffffff)
		}
		if a, b = flushed(a), flushed(b); a != a || b != b || math.IsInf(float64(a), 0) || math.IsInf(float64(b), 0) {
			continue
		}
		exact := new(big.Float).SetPrec(600).Add(big.NewFloat(float64(a)), big.NewFloat(float64(b)))
		cut := new(big.Float).SetPrec(24).SetMode(big.ToZero).Set(exact)
		v, _ := cut.Float64() // exact
		want := math.Float32bits(float32(v))
		switch {
		case math.Abs(v) >= 0x1p128:
		case math.Abs(v) < tiny:
			want &= 1 << 31
		case cut.Cmp(exact) != 0:
			want |= 1
		}
		if got := math.Float32bits(sumOdd(a, b)); got != want {
			t.Fatalf("%g + %g: got %08x, want %08x", a, b, got, want)
		}
	}
	for _, c := range []struct {
		acc  float32
		x, w uint32
		want uint32
	}{
		{1, 0x3f803f80, 0x3f803380, 0x40000001},          // 1 + (1 + 2^-24) by way of the odd 1 + 2^-23
		{0, 0x00013f80, 0x7f003f80, 0x3f800000},          // denormals are zero
		{0, 0x7f007f00, 0x7f007f00, 0x7f800000},          // above the largest
		{0, 0x7f80ff80, 0x3f803f80, 0x7fc00000},          // infinity less infinity
		{1, 0x3f80bf80, 0x3f803f80, math.Float32bits(1)}, // what cancels
	} {
		if got := math.Float32bits(dotPairOdd(c.acc, c.x, c.w)); got != c.want {
			t.Errorf("%g with %08x by %08x: got %08x, want %08x", c.acc, c.x, c.w, got, c.want)
		}
	}
}

// TestHalfKernels compares every tile with the model, bit for bit, over all flags.
func TestHalfKernels(t *testing.T) {
	k := needHalf(t)
	for blocks := 1; blocks <= 2; blocks++ {
		for n := 1; n < len(k.half.conv[blocks-1]); n++ {
			eachEnding(func(flags int, slope float32) { checkHalfTile(t, k, n, blocks, flags, slope) })
		}
	}
}

// eachEnding gives all flags of a tile that go together, with what slopes they are of.
func eachEnding(f func(flags int, slope float32)) {
	for flags := range flagPlus << 1 {
		if flags&(flagOnly|flagPlus) == 0 || flags&flagHalf != 0 {
			for _, slope := range []float32{0, 0.1}[:1+flags/flagGate%2] {
				f(flags, slope)
			}
		}
	}
}

// checkHalfTile computes n pixels of blocks, together and each alone with the model.
func checkHalfTile(t *testing.T, k *kernels, n, blocks, flags int, slope float32) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(n), uint64(flags)))
	const taps, inputs = 3, 2
	group := k.half.group
	last, row := lanes/group-1, lanes*group/2 // pairs of a block's output channels
	x, w := make([]uint32, 2000), make([]uint32, (lanes/group+last)*taps*row*blocks)
	for _, v := range [][]uint32{x, w} {
		for i := range v {
			v[i] = uint32(narrowed(r.Float32()*2-1)) | uint32(narrowed(r.Float32()*2-1))<<16
		}
	}
	offsets, bias := []int{64, 4, 228}, random(r, lanes*blocks)
	type result struct {
		y     []float32
		z     []uint16
		gates []uint16
	}
	addend := random(r, lanes*n*blocks)
	start := result{random(r, lanes*n*blocks), make([]uint16, lanes*n*blocks), make([]uint16, n*blocks)}
	for i := range start.z {
		start.z[i] = narrowed(r.Float32())
	}
	for i := range start.gates {
		start.gates[i] = uint16(r.Uint32())
	}
	run := func(conv kernel, from, count, pixel, pixels int, w []uint32) result {
		out := result{slices.Clone(start.y), slices.Clone(start.z), slices.Clone(start.gates)}
		s := segment{
			x: addressOf(unsafe.Pointer(&x[pixel*8])), w: unsafe.Pointer(&w[0]), taps: unsafe.Pointer(&offsets[0]), ntaps: taps,
			bstep: 4000, blocks: inputs, last: last, step: halfSize,
		}
		a := tile{
			segs: unsafe.Pointer(&s), nsegs: 1, bias: unsafe.Pointer(&bias[from*lanes]), flags: flags, lo: -0.5, hi: 3, slope: slope,
			step: cellSize, astep: cellSize, zstep: halfSize, gstep: gateSize,
		}
		for b := range count {
			at := (from+b)*n + pixel
			a.a[b] = addressOf(unsafe.Pointer(&addend[at*lanes]))
			a.y[b], a.z[b], a.gate[b] = addressOf(unsafe.Pointer(&out.y[at*lanes])), addressOf(unsafe.Pointer(&out.z[at*lanes])), addressOf(unsafe.Pointer(&out.gates[at]))
		}
		conv(&a)
		return out
	}
	got := run(k.half.conv[blocks-1][n], 0, blocks, 0, n, w)
	for b := range blocks {
		own := make([]uint32, 0, len(w)/blocks)
		for i := 0; i < len(w); i += row * blocks {
			own = append(own, w[i+b*row:][:row]...)
		}
		for p := range n {
			want, at := run(modelOf(k).half.conv[0][1], b, 1, p, 1, own), b*n+p
			for c := at * lanes; c < (at+1)*lanes; c++ {
				if got.y[c] != want.y[c] || got.z[c] != want.z[c] {
					t.Fatalf("%dx%d, flags %d, pixel %d of block %d: got %g %04x, want %g %04x", n, blocks, flags, p, b, got.y[c], got.z[c], want.y[c], want.z[c])
				}
			}
			if got.gates[at] != want.gates[at] {
				t.Fatalf("%dx%d, flags %d, pixel %d of block %d: gate %016b, want %016b", n, blocks, flags, p, b, got.gates[at], want.gates[at])
			}
		}
	}
}

// TestHalfDepth compares every depthwise kernel with the model, bit for bit, over all flags.
func TestHalfDepth(t *testing.T) {
	k := needHalf(t)
	r := rand.New(rand.NewPCG(7, 8))
	const rows, width = 3, 60
	x, w, bias, addend := make([]uint16, 6*width*lanes), random(r, rows*7*lanes), random(r, lanes), random(r, 16*lanes)
	for i := range x {
		x[i] = narrowed(r.Float32()*2 - 1)
	}
	check := func(whole, model kernel, n, taps, stride, flags int) {
		var offsets []int
		for i := range rows {
			for j := range taps {
				offsets = append(offsets, (i*width+j)*halfSize)
			}
		}
		var y [2][]float32
		var z, gates [2][]uint16
		for i := range y {
			y[i], z[i], gates[i] = make([]float32, 16*lanes), make([]uint16, 16*lanes), []uint16{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}
		}
		for p := range n + 1 { // the last is all of them at once
			i, from, run := 0, p, model
			if p == n {
				i, from, run = 1, 0, whole
			}
			s := segment{
				x: addressOf(unsafe.Pointer(&x[from*stride*lanes])), w: unsafe.Pointer(&w[0]), taps: unsafe.Pointer(&offsets[0]), ntaps: len(offsets),
				blocks: 1, last: lanes, step: stride * halfSize,
			}
			a := tile{segs: unsafe.Pointer(&s), nsegs: 1, bias: unsafe.Pointer(&bias[0]), flags: flags, lo: -0.5, hi: 3, step: cellSize, astep: cellSize, zstep: halfSize, gstep: gateSize}
			a.y[0], a.z[0], a.a[0], a.gate[0] = addressOf(unsafe.Pointer(&y[i][from*lanes])), addressOf(unsafe.Pointer(&z[i][from*lanes])), addressOf(unsafe.Pointer(&addend[from*lanes])), addressOf(unsafe.Pointer(&gates[i][from]))
			run(&a)
		}
		if !slices.Equal(y[0], y[1]) || !slices.Equal(z[0], z[1]) || !slices.Equal(gates[0], gates[1]) {
			t.Errorf("%d pixels by %d taps, %d cells apart, flags %d: not what the model gives", n, taps, stride, flags)
		}
	}
	for n := 1; n < len(k.half.depth); n++ {
		for _, flags := range []int{0, flagAdd, flagBound | flagEmit, flagAdd | flagGate, flagHalf | flagOnly, flagHalf | flagOnly | flagPlus | flagGate} {
			check(k.half.depth[n], modelOf(k).half.depth[1], n, 4, 3, flags)
			for _, o := range k.half.rows {
				check(o.run[n], modelOf(k).half.depth[1], n, o.taps, o.stride, flags)
			}
		}
	}
	runtime.KeepAlive([][]float32{addend})
	runtime.KeepAlive(x)
}

// inverted is blocks of today's mobile nets and of ConvNeXt: depthwise convolutions of all shapes, functions of single values, channel attention,
// norms over channels and sums of two maps.
func inverted() *nn.Net {
	net := &nn.Net{Name: "inverted", Input: nn.DefaultInput()}
	add := func(op nn.Op, in ...int) int {
		net.Layers = append(net.Layers, nn.Layer{Name: fmt.Sprint("layer", len(net.Layers)), In: in, Op: op})
		return len(net.Layers) - 1
	}
	conv := func(x, in, out, groups int, w nn.Window) int {
		o := randomConv(in/groups, out, w)
		o.Groups = groups
		return add(o, x)
	}
	unary := func(x int, fn nn.UnaryFn) int {
		u := nn.NewUnary(fn, 1, 0.5)
		return add(&u, x)
	}
	x := unary(conv(nn.Picture, 3, 24, 1, nn.Square(3, 2, 1)), nn.SiLU)
	for _, shape := range []nn.Window{nn.Square(3, 1, 1), nn.Square(5, 2, 2), nn.Square(3, 2, 1), nn.Square(7, 1, 3)} {
		wide := unary(conv(x, 24, 72, 1, nn.Square(1, 1, 0)), nn.HardSwish)
		own := unary(conv(wide, 72, 72, 72, shape), nn.SiLU)
		mean := add(&nn.Pool{Global: true}, own)
		gate := unary(conv(add(&nn.ReLU{}, conv(mean, 72, 20, 1, nn.Square(1, 1, 0))), 20, 72, 1, nn.Square(1, 1, 0)), nn.Sigmoid)
		y := conv(add(&nn.Binary{Fn: nn.Times}, own, gate), 72, 24, 1, nn.Square(1, 1, 0))
		if shape.Stride[0] == 1 {
			y = add(&nn.Add{}, y, x)
		}
		x = y
	}
	scale, shift := nn.Unscaled(24)
	normed := add(&nn.Norm{Groups: 1, Scale: scale, Shift: shift, Eps: 1e-6, Centred: true}, conv(x, 24, 24, 24, nn.Square(7, 1, 3)))
	add(&nn.Add{}, conv(unary(conv(normed, 24, 96, 1, nn.Square(1, 1, 0)), nn.Gelu), 96, 24, 1, nn.Square(1, 1, 0)), x)
	return net
}

// TestHalfLayers runs blocks of today's nets with the kernels and with their model: near the exact gradient, the same from both but for the order of sums, and
// of the maps between the layers none is kept as floats, which the kernels of former recipes do.
func TestHalfLayers(t *testing.T) {
	net, x := inverted(), enginetest.Input(45, 39)
	last := net.Layers[len(net.Layers)-1].Name
	obj := nn.Objective{{Layer: last, Channel: nn.AllChannels, Weight: 1}}
	exact := exactGradient(t, net, x, obj)
	gradients := map[string]*tensor.Dense{}
	all := append(halvers(), halfModels...)
	for _, k := range all {
		var sizes [2]int
		for i, p := range []nn.Precision{"", nn.Former} {
			e, err := Open(net, Options{Threads: 2, Kernel: k.name, Precision: p})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			told := [2]nn.Precision{k.precision(), k.precision()}
			if k.precision() == nn.BF16 { // the others have no former one
				told[0] = nn.BF16Maps
			}
			if got, want := e.Precision(), told[i]; got != want {
				t.Errorf("%s: precision %q, want %q", k.name, got, want)
			}
			g, _, err := e.Gradient(x, obj)
			if err != nil {
				t.Fatal(err)
			}
			if d := enginetest.Error(g, exact); !(d <= 0.03) {
				t.Errorf("%s: relative L2 error %.2g", e.Precision(), d)
			}
			sizes[i] = e.plans[0].size
			if i == 0 {
				gradients[k.name] = g
				floats(t, e.plans[0])
			}
		}
		if share := float64(sizes[0]) / float64(sizes[1]); k.precision() == nn.BF16 && share > 0.8 {
			t.Errorf("%s: maps take %.2f of what they took in former recipes", k.name, share)
		}
	}
	for _, k := range all {
		if d := enginetest.Error(gradients[k.name], gradients[modelOf(k).name]); !(d <= 0.02) {
			t.Errorf("%s: relative L2 error %.2g beside the model", k.name, d)
		}
	}
}

// floats wants the wide maps of a plan, whose channels are multiplied within a block, to be kept in bfloat16 alone.
func floats(t *testing.T, p *plan) {
	for i := range p.graph.nodes {
		n := &p.graph.nodes[i]
		if n.c < 72 || n.h == 1 {
			continue
		}
		if !n.out.dropped || !n.grad.dropped {
			t.Errorf("%T at %s: values as floats: %v, gradient as floats: %v", p.graph.op(i), p.graph.net.Layers[i].Name, !n.out.dropped, !n.grad.dropped)
		}
	}
}

// TestHalfFormer wants nets of dense convolutions alone to run as in former recipes.
func TestHalfFormer(t *testing.T) {
	for _, k := range append(halvers(), halfModels...) {
		if k.precision() != nn.BF16 {
			continue // which has no former one
		}
		e, err := Open(enginetest.Small(), Options{Threads: 1, Kernel: k.name})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if p := e.Precision(); p != nn.BF16 || e.k.halvesLayers() {
			t.Errorf("%s: precision %q", k.name, p)
		}
	}
}

// TestHalfMemory wants the maps of a large picture to take at most 0.6 of what they take as floats.
func TestHalfMemory(t *testing.T) {
	net := menagerie(t)
	targets, err := net.Targets(nn.Objective{{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{320, 240}, {1920, 1080}} {
		var floats int
		for _, k := range append([]*kernels{portable}, halfModels...) {
			p, err := compile(net, newPacks(k), 2, size[0], size[1], targets, true, false, false)
			if err != nil {
				t.Fatal(err)
			}
			if k == portable {
				floats = p.size
				continue
			}
			if share := float64(p.size) / float64(floats); share > 0.6 {
				t.Errorf("%s at %v: maps take %.3f of what they take as floats, want at most 0.6", k.name, size, share)
			}
		}
	}
}

// TestHalfBenders wants the kernels between maps of bfloat16 to give what those of floats give, rounded once.
func TestHalfBenders(t *testing.T) {
	for _, k := range append(halvers(), halfModels...) {
		r := rand.New(rand.NewPCG(9, 10))
		const n = 37
		x, f, shares := make([]uint16, n*lanes), make([]uint16, n*lanes), random(r, 3*lanes)
		wide := [2][]float32{make([]float32, n*lanes), make([]float32, n*lanes)}
		for i := range x {
			x[i], f[i] = narrowed(r.Float32()*12-6), narrowed(r.Float32()*2-1)
			wide[0][i], wide[1][i] = widened(x[i]), widened(f[i])
		}
		clear(shares[2*lanes:]) // what has no channel
		check := func(name string, half, float func(t *bendTile), halfF bool, fstep int) {
			t.Helper()
			if half == nil && k.precision() != nn.BF16 { // rows of floats do
				return
			}
			var y [2][]uint16
			floats := make([]float32, n*lanes)
			tile := func(y, x, f address, fstep int) *bendTile {
				return &bendTile{y: y, x: x, f: f, n: n, fstep: fstep, p: 0.7, q: 0.3, clean: unsafe.Pointer(&shares[0]), wet: unsafe.Pointer(&shares[lanes])}
			}
			y[0], y[1] = make([]uint16, n*lanes), make([]uint16, n*lanes)
			from := addressOf(unsafe.Pointer(&wide[1][0]))
			one := tile(addressOf(unsafe.Pointer(&floats[0])), addressOf(unsafe.Pointer(&wide[0][0])), from, fstep)
			float(one)
			for i, v := range floats {
				y[0][i] = k.half.narrowed(v)
			}
			step := fstep
			if halfF {
				from, step = addressOf(unsafe.Pointer(&f[0])), fstep/2
			}
			other := tile(addressOf(unsafe.Pointer(&y[1][0])), addressOf(unsafe.Pointer(&x[0])), from, step)
			half(other)
			if name != "dot" && !slices.Equal(y[0], y[1]) || name == "dot" && one.sums != other.sums {
				t.Errorf("%s: %s is not what floats give", k.name, name)
			}
		}
		check("mix", k.half.mix, k.mix, false, cellSize)
		check("mix", k.half.mix, k.mix, false, 0)
		check("scale", k.half.scale, k.scale, false, cellSize)
		check("scale", k.half.scale, k.scale, false, 0)
		check("dot", k.half.dot, k.dot, true, cellSize)
		check("dot", k.half.dot, k.dot, true, 0)
		for fn := range nn.Unaries {
			check("nn."+fmt.Sprint(fn), k.half.apply[fn], k.apply[fn], false, cellSize)
			if k.half.apply[fn] != nil && (k.half.slope[fn] == nil) != (k.slope[fn] == nil) {
				t.Errorf("%s: only one way back of function %d", k.name, fn)
			} else if k.slope[fn] != nil {
				check("the slope of nn."+fmt.Sprint(fn), k.half.slope[fn], k.slope[fn], true, cellSize)
			}
		}
		runtime.KeepAlive(wide)
		runtime.KeepAlive(f)
		runtime.KeepAlive(x)
	}
}

// TestHalfPoints compares the input's transforms with the model.
func TestHalfPoints(t *testing.T) {
	k := needHalf(t)
	r := rand.New(rand.NewPCG(5, 6))
	for i, run := range k.half.winograd {
		p := i + 4
		const n = 5
		row := 2*n + p
		x := make([]uint16, p*row*lanes)
		for i := range x {
			x[i] = narrowed(r.Float32()*2 - 1)
		}
		var v [2][]uint16
		for i, run := range []func(t *winogradTile){run, modelOf(k).half.winograd[i]} {
			v[i] = make([]uint16, p*p*n*lanes)
			run(&winogradTile{
				x: addressOf(unsafe.Pointer(&x[0])), row: row * halfSize, v: addressOf(unsafe.Pointer(&v[i][0])), point: n * halfSize, n: n,
			})
		}
		apart := 0
		for i, got := range v[0] {
			if want := v[1][i]; got != want {
				apart++ // sums of four terms in another order
				if d := math.Abs(float64(widened(got) - widened(want))); d > 1e-2*math.Abs(float64(widened(want)))+1e-5 {
					t.Fatalf("%d points: got %g, want %g", p, widened(got), widened(want))
				}
			}
		}
		if p == 4 && apart > 0 || apart > len(x)/100 {
			t.Errorf("%d points: %d of %d values differ from the model's", p, apart, len(v[0]))
		}
	}
}

// register is one as Go's assembler names it.
var register = regexp.MustCompile(`\b(?:[YZT]\d+|R\d+|[A-D]X|[SD]I)\b`)

// TestEncodings disassembles the instructions that the generator writes as bytes, each under its name.
func TestEncodings(t *testing.T) {
	objdump, err := exec.LookPath("objdump")
	if err != nil {
		t.Skip("needs objdump")
	}
	text, err := os.ReadFile("kernels_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`// ([A-Z]\w+) ?(.*)((?:\n\t(?:LONG|WORD|BYTE) +\$0x[0-9a-f]+)+)\n`).FindAllStringSubmatch(string(text), -1)
	part := regexp.MustCompile(`(?:LONG|WORD|BYTE) +\$0x([0-9a-f]+)`)
	named, all := 0, len(part.FindAllString(string(text), -1))
	var code []byte
	var want []string
	for _, m := range found {
		parts := part.FindAllStringSubmatch(m[3], -1)
		named += len(parts)
		for _, p := range parts {
			value, err := strconv.ParseUint(p[1], 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			for range len(p[1]) / 2 {
				code, value = append(code, byte(value)), value>>8
			}
		}
		args := strings.NewReplacer(" ", "", ")(", ",", "*", ",").Replace(m[2])
		args = register.ReplaceAllStringFunc(args, func(r string) string {
			switch r[0] {
			case 'Y', 'Z', 'T':
				return "%" + r[:1] + "mm" + r[1:]
			case 'R':
				return "%" + r
			}
			return "%r" + r
		})
		want = append(want, strings.ToLower(strings.TrimSpace(m[1]+" "+args)))
	}
	if named != all || len(found) < 1000 {
		t.Fatalf("%d of %d pieces of instructions in bytes have a name", named, all)
	}
	file := filepath.Join(t.TempDir(), "code")
	if err := os.WriteFile(file, code, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(objdump, "-D", "-b", "binary", "-m", "i386:x86-64", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile(`(?m)^ +[0-9a-f]+:\t[0-9a-f ]+\t(\w+) *(\S*)$`).FindAllStringSubmatch(string(out), -1) {
		got = append(got, strings.TrimSpace(m[1]+" "+m[2]))
	}
	if len(got) != len(want) {
		t.Fatalf("%d instructions, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("instruction %d is %q, want %q", i, got[i], want[i])
		}
	}
}

// TestHalfErrors checks the gradient where nothing falls to the other side of a maximum or a sign: at a convolution alone.
func TestHalfErrors(t *testing.T) {
	for _, k := range rounders() {
		for _, l := range []struct{ in, out, kernel, pad, w, h int }{
			{64, 48, 1, 0, 23, 17}, {32, 64, 3, 1, 25, 21}, {20, 34, 5, 2, 19, 22}, {3, 64, 7, 3, 40, 33}, {24, 32, 4, 1, 20, 20},
		} {
			net := stem(l.out, l.pad)
			if l.kernel != 7 {
				net = behind(l.in, l.out, l.kernel, l.pad)
			}
			net.Layers = net.Layers[:len(net.Layers)-1]
			e, want := besideReference(t, net, k.name)
			_, dx, wantDx := gradients(t, e, want, "conv", l.w, l.h)
			if d := enginetest.Error(dx, wantDx); !(d <= 1e-2) {
				t.Errorf("%s: %+v: relative L2 error of the gradient %.2g, want at most 0.01", k.name, l, d)
			}
		}
	}
}

// TestStem checks normalisations and max pools in both orders, between convolutions and beside them, on every kind of kernel.
func TestStem(t *testing.T) {
	slopes := []float32{0.1, 0}
	if testing.Short() {
		slopes = slopes[:1]
	}
	for _, slope := range slopes {
		t.Run(fmt.Sprint(slope), func(t *testing.T) { stemGradients(t, slope) })
	}
}

func stemGradients(t *testing.T, slope float32) {
	pool := func(stride int) *nn.Pool { return &nn.Pool{Window: nn.Square(3, stride, 1), Max: true} }
	lrn := &nn.LRN{Size: 5, Alpha: 0.3, Beta: 0.75, K: 1}
	net := &nn.Net{Name: "stem", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "conv1", In: []int{nn.Picture}, Op: randomConv(3, 48, nn.Square(7, 2, 3))},
		{Name: "relu1", In: []int{0}, Op: &nn.ReLU{Slope: slope}},
		{Name: "pool1", In: []int{1}, Op: pool(2)},
		{Name: "norm1", In: []int{2}, Op: lrn},
		{Name: "conv2", In: []int{3}, Op: randomConv(48, 40, nn.Square(3, 1, 1))},
		{Name: "relu2", In: []int{4}, Op: &nn.ReLU{Slope: slope}},
		{Name: "norm2", In: []int{5}, Op: lrn},
		{Name: "pool2", In: []int{6}, Op: pool(1)},
		{Name: "conv3", In: []int{7}, Op: randomConv(40, 32, nn.Square(1, 1, 0))},
		{Name: "pool3", In: []int{7}, Op: pool(1)},
		{Name: "conv4", In: []int{9}, Op: randomConv(40, 16, nn.Square(1, 1, 0))},
		{Name: "join", In: []int{8, 10}, Op: &nn.Concat{}},
		{Name: "norm4", In: []int{11}, Op: lrn},
	}}
	want, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	x := enginetest.Input(45, 39)
	exact := map[string]*tensor.Dense{}
	objective := func(layer string) nn.Objective {
		return nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}}
	}
	for _, layer := range []string{"norm1", "pool2", "join", "norm4"} {
		if exact[layer], _, err = want.Gradient(x, objective(layer)); err != nil {
			t.Fatal(err)
		}
	}
	for _, k := range append(available(), rounders()...) {
		most := enginetest.Exact.Near
		if k.half != nil {
			most = rounded.Near
		}
		e, err := Open(net, Options{Threads: 2, Kernel: k.name})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		for layer, want := range exact {
			got, _, err := e.Gradient(x, objective(layer))
			if err != nil {
				t.Fatal(err)
			}
			if d := enginetest.Error(got, want); !(d <= most) {
				t.Errorf("%s: the gradient of %s: relative L2 error %.2g, want at most %g", k.name, layer, d, most)
			}
		}
	}
}

// TestHalfPools compares the max pools with the model, bit for bit.
func TestHalfPools(t *testing.T) {
	k := needHalf(t)
	r := rand.New(rand.NewPCG(5, 6))
	const n, side = 9, 30
	x := make([]float32, 3*side*lanes)
	for i := range x {
		x[i] = float32(r.IntN(40)) / 16 // many are equal
	}
	halves := make([]uint16, len(x))
	for i, v := range x {
		halves[i] = narrowed(v)
	}
	for i, name := range []string{"to floats", "from floats", "of bfloat16"} {
		reads, writes := i != 1, i != 0
		from, cell, out := addressOf(unsafe.Pointer(&x[0])), cellSize, cellSize
		if reads {
			from, cell = addressOf(unsafe.Pointer(&halves[0])), halfSize
		}
		if writes {
			out = halfSize
		}
		var taps []poolTap
		for j := range 9 {
			taps = append(taps, poolTap{x: (j/3*side + j%3) * cell, cell: j})
		}
		y := [2][]block{fixedBlocks(n), fixedBlocks(n)}
		arg := [2][]byte{make([]byte, n*lanes), make([]byte, n*lanes)}
		for j, run := range []func(t *poolTile){k.half.maxPool[i], modelOf(k).half.maxPool[i]} {
			a := poolTile{x: from, y: addressOf(unsafe.Pointer(&y[j][0])), arg: addressOf(unsafe.Pointer(&arg[j][0])), n: n, xstep: 2 * cell, ystep: out, argstep: lanes}
			a.setTaps(taps)
			run(&a)
		}
		if !slices.Equal(y[0], y[1]) || !slices.Equal(arg[0], arg[1]) {
			t.Errorf("the max pool %s differs from the model", name)
		}
	}
	runtime.KeepAlive(x)
	runtime.KeepAlive(halves)
}

// TestMaxWords wants the max pool that compares bits to give those of the one that compares numbers, of windows near each other and apart,
// or to tell that it cannot: where the largest is below zero or a negative zero, or no number is in a window.
func TestMaxWords(t *testing.T) {
	k := needHalf(t)
	if k.half.maxWords == nil {
		t.Skip("the processor's kernels compare numbers alone")
	}
	r := rand.New(rand.NewPCG(8, 9))
	const side = 80
	x, middle := make([]uint16, 3*side*lanes), 3*side*lanes/2
	for i := range x {
		x[i] = narrowed(float32(r.IntN(20)) / 16) // many are equal
	}
	for _, c := range []struct {
		name  string
		value uint16
		plain bool
	}{{"zero", 0, true}, {"infinity", 0x7f80, true}, {"negative zero", 0x8000, false}, {"less than zero", 0xbf80, false}, {"no number", 0x7fc1, false}} {
		x[middle] = c.value
		for step := 1; step <= 3; step++ {
			for n := 0; n*step <= side-3; n++ {
				for _, cells := range []int{1, 9} {
					told := checkWords(t, k, x, side, step, n, cells)
					if all := n == side-3 && cells == 9; told && c.plain || all && told == c.plain {
						t.Errorf("%s: %d windows of %d cells, %d apart: tells that it cannot: %v", c.name, n, cells, step, told)
					}
				}
			}
		}
	}
}

// checkWords runs both kernels on n windows, step apart, of the cells of three rows, and gives whether that of words tells that it cannot.
func checkWords(t *testing.T, k *kernels, x []uint16, side, step, n, cells int) (told bool) {
	t.Helper()
	var taps []poolTap
	for j := range cells {
		taps = append(taps, poolTap{x: (j/3*side + j%3) * halfSize, cell: j})
	}
	for _, args := range []bool{false, true} {
		var y [2][]uint16
		var arg [2][]byte
		var beyond [2]int
		for i, run := range []func(t *poolTile){k.half.maxWords, k.half.maxPool[2]} {
			y[i], arg[i] = make([]uint16, (n+1)*lanes), make([]byte, (n+1)*lanes)
			a := poolTile{x: addressOf(unsafe.Pointer(&x[0])), y: addressOf(unsafe.Pointer(&y[i][0])), n: n, xstep: step * halfSize, ystep: halfSize, argstep: lanes}
			if args {
				a.arg = addressOf(unsafe.Pointer(&arg[i][0]))
			}
			a.setTaps(taps)
			run(&a)
			beyond[i] = a.beyond
		}
		if told = beyond[0] != 0; !told && (!slices.Equal(y[0], y[1]) || !slices.Equal(arg[0], arg[1])) {
			t.Errorf("%d windows of %d cells, %d apart: not what numbers give", n, cells, step)
		}
	}
	runtime.KeepAlive(x)
	return told
}

// TestHalfPoolGradients compares the max pools' gradients with the model, bit for bit: past a gate with and without a slope where they
// write bfloat16, and added to what is there where they do not.
func TestHalfPoolGradients(t *testing.T) {
	k := needHalf(t)
	r := rand.New(rand.NewPCG(7, 6))
	const n, side = 9, 30
	dy, arg := random(r, 3*side*lanes), make([]byte, 3*side*lanes)
	halves := make([]uint16, len(dy))
	for i, v := range dy {
		halves[i], arg[i] = k.half.narrowed(v), byte(r.IntN(9))
	}
	gates, before := make([]uint16, n), random(r, n*lanes)
	for i := range gates {
		gates[i] = uint16(r.Uint32())
	}
	for i, name := range []string{"to floats", "from floats", "of bfloat16"} {
		from, cell, out := addressOf(unsafe.Pointer(&dy[0])), cellSize, cellSize
		if i != 1 {
			from, cell = addressOf(unsafe.Pointer(&halves[0])), halfSize
		}
		if i != 0 {
			out = halfSize
		}
		var taps []poolTap
		for j := range 9 {
			at := j/3*side + j%3
			taps = append(taps, poolTap{x: at * cell, arg: at * lanes, cell: 8 - j})
		}
		for form := range 3 { // not added and no gate; added or gated; gated with a slope
			var y [2][]float32
			for j, run := range []func(t *poolTile){k.half.poolBack[i], modelOf(k).half.poolBack[i]} {
				y[j] = slices.Clone(before)
				a := poolTile{x: from, y: addressOf(unsafe.Pointer(&y[j][0])), arg: addressOf(unsafe.Pointer(&arg[0])), n: n, xstep: cell, ystep: out, argstep: lanes, gstep: gateSize}
				switch {
				case form == 0:
				case i == 0:
					a.add = 1
				default:
					a.gate, a.slope = addressOf(unsafe.Pointer(&gates[0])), []float32{0, 0, 0.1}[form]
				}
				a.setTaps(taps)
				run(&a)
			}
			if !slices.Equal(y[0], y[1]) || slices.Equal(y[0], before) {
				t.Errorf("the max pool's gradient %s differs from the model (form %d)", name, form)
			}
		}
	}
	runtime.KeepAlive([]any{dy, halves, arg, gates})
}
