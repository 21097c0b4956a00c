package cpu

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// Learner computes a model's gradients on the processor. The same threads give the same bits.
type Learner struct {
	m       *train.Model
	batch   int // pictures at most
	k       *kernels
	workers *workers
	packs   *packs
	plan    *plan
	*learning

	arena  arena
	base   unsafe.Pointer // of the first picture
	stride int            // bytes from picture to picture
	spans  []span
	dirty  bool
}

var _ train.Learner = (*Learner)(nil)

// span is stages that a picture passes without meeting the others, from the first to last.
type span struct{ first, last int }

// OpenLearner makes a learner for batches of at most so many pictures of w x h; with slope it can tell the gradient at the pictures.
func OpenLearner(m *train.Model, batch, w, h int, slope bool, o Options) (*Learner, error) {
	if err := learnable(m.Net); err != nil {
		return nil, err
	}
	k, err := choose(o.Kernel, o.Precision)
	if err != nil {
		return nil, err
	}
	if p := k.precision(); p == nn.BF16Odd { // in which there are no kernels for the gradients of weights
		if o.Precision == nn.BF16 || o.Precision == p {
			return nil, fmt.Errorf("cpu: nets cannot learn in %s, which is this processor's bfloat16; ask for fp32", p)
		}
		k = available()[0]
	}
	threads := o.Threads
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	l := &Learner{m: m, batch: batch, k: k, packs: newPacks(k)}
	if l.plan, l.learning, err = compileLearning(m, l.packs, threads, batch, w, h, slope); err != nil {
		return nil, err
	}
	l.stride = roundUp(l.plan.size, 4096) + 3*alignment // no two pictures in the same cache sets
	if l.stride*batch > maxArena {
		return nil, fmt.Errorf("cpu: %d pictures of %dx%d need %d GiB of memory; fewer or smaller ones need less", batch, w, h, l.stride*batch>>30)
	}
	if l.base, err = l.arena.fit(l.stride * batch); err != nil {
		return nil, err
	}
	l.loss.logits = make([]float32, batch*m.Classes())
	l.cut()
	l.workers = newWorkers(threads)
	return l, nil
}

// learnable reports what of a net the learner cannot run.
func learnable(net *nn.Net) error {
	for _, l := range net.Layers {
		if _, ok := l.Op.(*train.BatchNorm); !ok && !nn.Known(l.Op) {
			return fmt.Errorf("cpu: layer %q: no operation %q", l.Name, l.Op.Kind())
		}
	}
	return nil
}

// cut makes spans of the stages.
func (l *Learner) cut() {
	first := 0
	for i := range l.plan.stages {
		if l.meets[i] || i == len(l.plan.stages)-1 {
			l.spans = append(l.spans, span{first, i})
			first = i + 1
		}
	}
}

// Precision is what the kernels multiply in.
func (l *Learner) Precision() nn.Precision { return l.k.precision() }

func (l *Learner) Changed() { l.dirty = true }

// Close ends the worker goroutines.
func (l *Learner) Close() error {
	if !l.workers.closed.Load() {
		l.workers.close()
	}
	l.arena.release()
	return nil
}

func (l *Learner) Learn(b *train.Batch) (train.Outcome, error) {
	if err := l.run(b, l.last, true, true); err != nil {
		return train.Outcome{}, err
	}
	for _, s := range l.sums {
		sums, _ := s.total(b.N)
		for c := range s.grad {
			s.grad[c] = float32(sums[c])
		}
	}
	o := train.Outcome{Logits: l.loss.logits[:b.N*l.loss.a.c]}
	for _, v := range l.loss.losses[:b.N] {
		o.Loss += v / float64(b.N)
	}
	return o, nil
}

func (l *Learner) Slope(b *train.Batch, dx []float32) error {
	g := &l.plan.grad
	if g.buf == nil || g.w == 0 {
		return errors.New("cpu: the learner was not opened for the gradient at the pictures")
	}
	if err := l.run(b, len(l.plan.stages)-1, true, false); err != nil {
		return err
	}
	l.workers.run(&pictureSlopes{l, dx}, b.N, true)
	return nil
}

func (l *Learner) Guess(x []float32, n int) ([]float32, error) {
	if err := l.run(&train.Batch{N: n, X: x}, l.end, false, false); err != nil {
		return nil, err
	}
	a, w := l.loss.a, l.workers.all[0]
	for i := range n {
		w.base = unsafe.Add(l.base, i*l.stride)
		meanOf(w, a, l.loss.logits[i*a.c:][:a.c])
	}
	return l.loss.logits[:n*a.c], nil
}

// run takes a batch through the stages up to last.
func (l *Learner) run(b *train.Batch, last int, learning, note bool) error {
	if b.N < 1 || b.N > l.batch || len(b.X) < b.N*3*l.plan.w*l.plan.h {
		return fmt.Errorf("cpu: a batch of %d pictures with %d values, where %d of %dx%d have room", b.N, len(b.X), l.batch, l.plan.w, l.plan.h)
	}
	l.refresh()
	l.loss.batch, l.plan.input.tensor = b, b.X
	for _, s := range l.spans {
		if s.first > last {
			break
		}
		if b.Stop != nil {
			if err := b.Stop(); err != nil {
				return err
			}
		}
		s.last = min(s.last, last)
		l.workers.run(&passage{l, s}, b.N, true)
		for _, n := range l.norms {
			switch {
			case n == nil:
			case n.level >= s.first && n.level <= s.last:
				if err := n.settle(b.N, learning, note); err != nil {
					return err
				}
			case n.back >= s.first && n.back <= s.last:
				n.turn(b.N, note)
			}
		}
		if note {
			l.sumWeights(s, b.N)
		}
	}
	return nil
}

// refresh takes in parameters that were changed.
func (l *Learner) refresh() {
	l.packs.refresh(l.workers)
	if !l.dirty {
		return
	}
	l.dirty = false
	for _, b := range l.biases {
		copy(b.at, b.op.Bias)
	}
}

// passage is a span as a job, whose items are the pictures.
type passage struct {
	*Learner
	span
}

func (p *passage) run(w *worker, picture int) {
	w.picture, w.base = picture, unsafe.Add(p.base, picture*p.stride)
	for i := p.first; i <= p.last; i++ {
		for _, t := range p.plan.stages[i].tasks {
			for _, o := range t.writers {
				o.write(w, region{0, t.out.n, 0, t.out.h})
			}
		}
	}
}

// sumWeights sets the gradients of the weights that are due after a span.
func (l *Learner) sumWeights(s span, n int) {
	job := &weightSums{l: l, n: n, chunks: min(len(l.workers.all), n)}
	for _, o := range l.weights {
		if o.level >= s.first && o.level <= s.last {
			job.due = append(job.due, o)
			for panel := range o.panels {
				job.panels = append(job.panels, weightPanel{o, panel})
			}
		}
	}
	if len(job.due) == 0 {
		return
	}
	l.workers.run(job, job.chunks*len(job.due), true)
	l.workers.run((*weightGather)(job), len(job.panels), true)
}

// weightSums is the sums of some weights' gradients as a job: its items are each chunk's weights.
type weightSums struct {
	l         *Learner
	n, chunks int
	due       []*weights
	panels    []weightPanel
}

type weightPanel struct {
	*weights
	panel int
}

func (j *weightSums) run(w *worker, item int) {
	chunk := item / len(j.due)
	j.due[item%len(j.due)].sum(w, j.l.base, j.l.stride, chunk, j.n*chunk/j.chunks, j.n*(chunk+1)/j.chunks)
}

// weightGather adds the chunks up.
type weightGather weightSums

func (j *weightGather) run(_ *worker, item int) {
	j.panels[item].gather(j.panels[item].panel, j.chunks)
}

// pictureSlopes takes the gradient out of each picture's arena.
type pictureSlopes struct {
	*Learner
	dx []float32
}

func (p *pictureSlopes) run(w *worker, item int) {
	g := &p.plan.grad
	w.base = unsafe.Add(p.base, item*p.stride)
	for y := range g.h {
		row := g.row(w, y)
		for x := range g.w {
			for c, v := range row[g.place(x):][:3] {
				p.dx[((item*3+c)*g.h+y)*g.w+x] = v
			}
		}
	}
}
