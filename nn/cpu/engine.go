package cpu

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Options says how an engine uses the processor.
type Options struct {
	Threads int    // 0 for all cores
	Kernel  string // "avx512", "avx2", "portable", "avx512bf16", "amx", "neon", "neonbf16"; "" for ZALGOSCOPE_CPU or else the best

	// Precision is FP32, Fast, what a recipe says, which is FP32 where the processor lacks what it takes (Former for BF16), or BF16, which
	// fails there; "" is that of the named kernel or FP32.
	Precision nn.Precision
}

// Engine runs one net on the processor. It is used by one goroutine at a time.
type Engine struct {
	net     *nn.Net // that runs: the opened one, or bending's
	k       *kernels
	workers *workers
	packs   *packs
	apart   bool // plans' tasks each have items of their own, for benchmarks of single layers

	opened  *nn.Net
	bending *bending // the last rewritten net, or nil

	arena arena
	plans []*plan // the latest last
	jobs  struct {
		climb   climb
		pyramid pyramid
		prepare prepare
		warp    warp
		combine combine
		mixing  mixing
		hold    hold
		read    readOut
	}
}

var _ nn.Engine = (*Engine)(nil)

const (
	maxPlans    = 32      // kept for later steps; octaves and objectives come back
	maxArena    = 1 << 37 // bytes
	shareFloats = 1 << 14 // work on fewer is not worth a second thread
)

// Open makes an engine for a valid net.
func Open(net *nn.Net, o Options) (*Engine, error) {
	if err := bend.Runnable(net); err != nil {
		return nil, err
	}
	k, err := choose(o.Kernel, o.Precision)
	if err != nil {
		return nil, err
	}
	if o.Threads < 0 {
		return nil, fmt.Errorf("cpu: %d threads are not possible", o.Threads)
	}
	if !slices.ContainsFunc(net.Layers, func(l nn.Layer) bool { return halvable(l.Op) }) {
		k = k.former()
	}
	threads := o.Threads
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	return &Engine{net: net, opened: net, k: k, workers: newWorkers(threads), packs: newPacks(k)}, nil
}

// Device names the kernels and the threads.
func (e *Engine) Device() string {
	n := len(e.workers.all)
	if n == 1 {
		return "cpu " + e.k.name + ", 1 thread"
	}
	return fmt.Sprintf("cpu %s, %d threads", e.k.name, n)
}

// Precision is what the kernels multiply in: of BF16, BF16Maps where the net has layers of which that keeps maps in bfloat16.
func (e *Engine) Precision() nn.Precision {
	if p := e.k.precision(); p != nn.BF16 || !e.k.halvesLayers() {
		return p
	}
	return nn.BF16Maps
}

// Close ends the worker goroutines. Closing twice does nothing.
func (e *Engine) Close() error {
	if !e.workers.closed.Load() {
		e.workers.close()
	}
	e.plans = nil
	e.arena.release()
	return nil
}

// Ascend makes one gradient step on a canvas.
func (e *Engine) Ascend(c nn.Canvas, obj nn.Objective, step nn.Step) (float32, error) {
	p, err := e.own(c)
	if err != nil {
		return 0, err
	}
	plan, err := e.plan(p.w, p.h, obj)
	if err != nil {
		return 0, err
	}
	plan.input.canvas, plan.input.tensor = p, nil
	plan.input.shiftX, plan.input.shiftY = step.ShiftX, step.ShiftY
	e.prepare(plan, true)
	if err := e.execute(plan); err != nil {
		return 0, err
	}
	e.advance(plan)
	plan.remember()
	if healed := e.climb(plan, p, step); healed {
		return float32(math.NaN()), nil
	}
	return plan.score(), nil
}

// NewMemory makes an empty memory of a layer's channels.
func (e *Engine) NewMemory(channels int) (nn.Memory, error) { return nn.NewHostMemory(e, channels) }

// climb moves the canvas along the plan's gradient and tells whether there was something to heal.
func (e *Engine) climb(p *plan, c *canvas, step nn.Step) (healed bool) {
	o := &e.jobs.climb
	o.k, o.grad, o.canvas, o.move = e.k, p.grad, c, false
	o.shiftX, o.shiftY = step.ShiftX, step.ShiftY
	o.scale, _ = e.net.Input.Affine()
	for i := range o.colour {
		o.colour[i] = e.net.Input.Colour(i)
	}
	o.sums, o.healed = resize(o.sums, c.h), resize(o.healed, c.h)
	clear(o.healed)
	share := len(c.pix) > shareFloats
	if sizes := p.pyramid(step.Depth); len(sizes) > 1 {
		e.even(p, step.Depth, sizes)
	} else {
		e.workers.run(o, c.h, share)
	}
	sum := 0.0
	for _, v := range o.sums {
		sum += v
	}
	if o.rate = float32(float64(step.Size) * float64(3*c.w*c.h) / sum); !finite(o.rate) {
		o.rate = 0
	}
	o.move = true
	e.workers.run(o, c.h, share)
	return slices.Contains(o.healed, true)
}

// even measures the gradient to climb after it has been evened out into a pyramid of the given sizes.
func (e *Engine) even(p *plan, d nn.Depth, sizes [][2]int) {
	o, c := &e.jobs.pyramid, &e.jobs.climb
	o.k, o.grad, o.scale, o.healed = e.k, &p.grad, c.scale, c.healed
	o.fit(sizes)
	o.even(e.workers, d)
	copy(c.sums, o.levels[0].sums)
	c.grad.evened, c.scale = o.levels[0].pix, [3]float32{1, 1, 1}
}

// Gradient returns the objective's gradient at the input x, and its value.
func (e *Engine) Gradient(x *tensor.Dense, obj nn.Objective) (*tensor.Dense, float32, error) {
	w, h, err := size(x)
	if err != nil {
		return nil, 0, err
	}
	plan, err := e.plan(w, h, obj)
	if err != nil {
		return nil, 0, err
	}
	plan.input.canvas, plan.input.tensor = nil, nn.Floats(x)
	e.prepare(plan, false)
	if err := e.execute(plan); err != nil {
		return nil, 0, err
	}
	dx := nn.NewTensor(x.Shape().Clone())
	out, me := nn.Floats(dx), e.workers.all[0]
	for y := range h {
		row := plan.grad.row(me, y)
		for x := range w {
			for c, v := range row[plan.grad.place(x):][:3] {
				out[(c*h+y)*w+x] = v
			}
		}
	}
	return dx, plan.score(), nil
}

// Activation runs the input x forward to a layer and returns its output.
func (e *Engine) Activation(x *tensor.Dense, layer string) (*tensor.Dense, error) {
	w, h, err := size(x)
	if err != nil {
		return nil, err
	}
	l, err := e.net.Find(layer)
	if err != nil {
		return nil, err
	}
	p, err := compile(e.net, e.packs, len(e.workers.all), w, h, []int{l}, false, e.apart, false)
	if err != nil {
		return nil, err
	}
	p.input.tensor = nn.Floats(x)
	e.prepare(p, false)
	if err := e.execute(p); err != nil {
		return nil, err
	}
	n := p.graph.node(l)
	y := nn.NewTensor(tensor.Shape{n.c, n.h, n.w})
	out := nn.Floats(y)
	for i := range n.h {
		for j := range n.w {
			n.out.channels(e.workers.all[0], i, j, func(c int, v float32) { out[(c*n.h+i)*n.w+j] = v })
		}
	}
	return y, nil
}

// size is that of an input of shape 3,H,W.
func size(x *tensor.Dense) (w, h int, err error) {
	if x.Dims() != 3 || x.Shape()[0] != 3 || x.Dtype() != tensor.Float32 {
		return 0, 0, fmt.Errorf("cpu: the input is %v of %v, not 3,H,W of float32", x.Shape(), x.Dtype())
	}
	h, w = x.Shape()[1], x.Shape()[2]
	if len(nn.Floats(x)) != 3*h*w {
		return 0, 0, errors.New("cpu: the input is a view of another tensor")
	}
	return w, h, nil
}

// plan finds or makes the plan of an objective and sets its targets.
func (e *Engine) plan(w, h int, obj nn.Objective) (*plan, error) {
	for i, p := range e.plans {
		if p.w == w && p.h == h && p.graph.net == e.net && p.serves(obj) && p.aim(obj, e) {
			if i < len(e.plans)-1 {
				e.plans = append(slices.Delete(e.plans, i, i+1), p)
			}
			return p, nil
		}
	}
	targets, err := e.net.Targets(obj)
	if err != nil {
		return nil, err
	}
	p, err := compile(e.net, e.packs, len(e.workers.all), w, h, targets, true, e.apart, len(e.workers.all) > 1 && far())
	if err != nil {
		return nil, err
	}
	if p.size > maxArena {
		return nil, fmt.Errorf("cpu: a step at %dx%d needs %d GiB of memory", w, h, p.size>>30)
	}
	p.input.input = e.net.Input
	for _, t := range obj {
		p.names = append(p.names, t.Layer)
	}
	if !p.aim(obj, e) {
		return nil, errForeignMemory
	}
	if len(e.plans) == maxPlans {
		e.plans = slices.Delete(e.plans, 0, 1)
	}
	e.plans = append(e.plans, p)
	return p, nil
}

// execute runs a plan's stages.
func (e *Engine) execute(p *plan) error {
	base, err := e.arena.fit(p.size)
	if err != nil {
		return err
	}
	for _, w := range e.workers.all {
		w.base = base
	}
	for i := range p.stages {
		s := &p.stages[i]
		e.workers.runRanges(s, s.cuts, s.share)
	}
	return nil
}
