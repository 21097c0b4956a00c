package teach

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// Progress is how far a lesson is.
type Progress struct {
	Epoch, Epochs int // done, of
	Step, Steps   int // done in all, of
	Loss          float64
	Accuracy      float64 // of what is learnt from, in the epoch so far
	Rate          float64 // pictures a second
	Left          time.Duration
	History       []Epoch
}

// Epoch is what came of one.
type Epoch struct {
	Loss     float64
	Accuracy float64 // of what was learnt from
	Test     float64 // of what was put aside; not a number where nothing is
}

// The recipe: SGD with Nesterov's momentum or AdamW, a warm-up and half a cosine.
const (
	momentum    = 0.9
	decay       = 5e-4
	adamDecay   = 0.05
	smoothing   = 0.1
	clip        = 5
	scratchRate = 0.1  // for batches of 64, in proportion for others
	tuneRate    = 0.02 // of a net that has learnt already
	adamShare   = 0.02 // of SGD's rates for AdamW, whose steps are all about as long as the rate
	tuneAverage = 0.98
	warmUp      = 0.1 // share of all steps
	leastShown  = 512 // pictures an epoch at least
	mostEpochs  = 300
)

// Lesson is a model on its way.
type Lesson struct {
	o         Options
	set       *Set
	m         *train.Model
	learner   train.Learner
	sampler   *sampler
	optimiser *train.Optimiser
	batch     *train.Batch
	peak      float64
	perEpoch  int // steps
	state
	order   []int         // the epoch's pictures
	spent   time.Duration // on so many pictures
	shown   int
	kept    time.Time
	warned  bool
	confuse [][]int // the last trial: [class][seen as]
}

// Begin makes the model, or takes it up where a checkpoint of the same lesson left it.
func Begin(set *Set, o Options) (*Lesson, error) {
	if err := set.Check(); err != nil {
		return nil, err
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	from := *o.From
	from.Input.Width, from.Input.Height = o.Side, o.Side
	l := &Lesson{o: o, set: set, optimiser: &train.Optimiser{Momentum: momentum, Decay: decay, Clip: clip}}
	var err error
	if o.Scratch {
		l.m, err = train.Scratch(&from, len(set.Classes), max(o.Wide, 1), o.Seed)
		l.peak = scratchRate
	} else {
		l.m, err = train.Tune(&from, len(set.Classes), o.Seed)
		l.peak, l.optimiser.Average = tuneRate, tuneAverage
	}
	if err != nil {
		return nil, err
	}
	if o.Adam {
		l.optimiser.Adam, l.optimiser.Decay = true, adamDecay
		l.peak *= adamShare
	}
	l.m.Net.Labels = set.Classes
	variety := o.Variety
	if variety == nil {
		variety = Usual()
	}
	size := BatchOf(o.Side)
	l.peak *= float64(size) / 64
	l.sampler = newSampler(set, o.Side, l.m.Net.Input, *variety, smoothing, l.o.Threads)
	l.perEpoch = max(max(l.learnt(), leastShown)/size, 1)
	l.batch = &train.Batch{X: make([]float32, size*3*o.Side*o.Side), Y: make([]float32, size*len(set.Classes))}
	if l.learner, err = l.open(o.Precision); err != nil {
		return nil, err
	}
	resumed, err := l.resume()
	if err == nil && !resumed {
		l.Guarded = o.Guarded
		err = l.plan()
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// open opens what computes the model's gradients in a precision.
func (l *Lesson) open(p nn.Precision) (train.Learner, error) {
	return l.o.Open(l.m, BatchOf(l.o.Side), l.o.Side, l.o.Side, LearnerOptions{l.o.Robust > 0, l.o.Threads, p})
}

// learnt is the number of pictures that are learnt from.
func (l *Lesson) learnt() (n int) {
	for _, c := range l.sampler.classes {
		n += len(c)
	}
	return n
}

// Close frees what computes.
func (l *Lesson) Close() error { return l.learner.Close() }

// ErrBurst means that the numbers have grown beyond all bounds.
var ErrBurst = errors.New("teach: the net's numbers burst; another --seed or --from may do better")

// Run teaches until all epochs are done. When it ends early, by the context, also in the midst of a step, by Step or by a failed
// trial, it keeps what there is.
func (l *Lesson) Run(ctx context.Context) error {
	l.spent, l.shown, l.kept = 0, 0, time.Now()
	for l.Steps < l.Epochs*l.perEpoch {
		err := ctx.Err()
		if err == nil && l.o.Step != nil {
			err = l.o.Step(l.Progress())
		}
		if err != nil {
			l.keep()
			return err
		}
		began, noted := time.Now(), l.norms()
		l.batch.Stop = ctx.Err
		if err := l.compute(l.Steps); err != nil {
			if ctx.Err() != nil {
				l.setNorms(noted)
				l.keep()
			}
			return err
		}
		total := l.Epochs * l.perEpoch
		if !l.optimiser.Step(l.m, l.peak*train.Rate(l.Steps, total, int(warmUp*float64(total)))) {
			return ErrBurst
		}
		l.learner.Changed()
		l.Steps++
		l.shown += l.batch.N
		l.spent += time.Since(began)
		l.Taken += time.Since(began)
		if l.Steps%l.perEpoch == 0 {
			if err := l.endEpoch(ctx); err != nil {
				l.keep()
				return err
			}
		}
		if time.Since(l.kept) > keepEvery {
			l.keep()
		}
	}
	if l.confuse == nil { // it was done already
		share, err := l.try(ctx)
		if err != nil {
			return err
		}
		l.History[len(l.History)-1].Test = share
	}
	l.keep() // until the net is written, for which there may be no room
	return nil
}

// endEpoch tries the net on what was put aside. An epoch whose trial fails is done all the same.
func (l *Lesson) endEpoch(ctx context.Context) error {
	e := Epoch{Loss: l.Loss / float64(l.perEpoch), Accuracy: float64(l.Right) / float64(l.Shown), Test: math.NaN()}
	l.Loss, l.Right, l.Shown = 0, 0, 0
	share, err := l.try(ctx)
	if err == nil {
		e.Test = share
	}
	l.History = append(l.History, e)
	l.hurry()
	if err == nil && l.o.Epoch != nil {
		l.o.Epoch(l.Progress(), l.Net())
	}
	return err
}

// try has the net guess all pictures that were put aside, and tells the share that it has right, not a number without any.
func (l *Lesson) try(ctx context.Context) (share float64, err error) {
	l.confuse = nil
	k, each := len(l.set.Classes), 3*l.o.Side*l.o.Side
	confuse := make([][]int, k)
	for c := range confuse {
		confuse[c] = make([]int, k)
	}
	right, tried := 0, 0
	var classes []int
	guess := func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		logits, err := l.learner.Guess(l.batch.X, len(classes))
		if err != nil {
			return err
		}
		for i, class := range classes {
			seen := top(logits[i*k : (i+1)*k])
			confuse[class][seen]++
			tried++
			if seen == class {
				right++
			}
		}
		classes = classes[:0]
		return nil
	}
	for i := range l.set.Pictures {
		p := &l.set.Pictures[i]
		if !p.Test {
			continue
		}
		if err := l.sampler.plain(p, l.batch.X[len(classes)*each:][:each]); err != nil {
			return 0, err
		}
		classes = append(classes, p.Class)
		if len(classes) == len(l.batch.X)/each {
			if err := guess(); err != nil {
				return 0, err
			}
		}
	}
	if len(classes) > 0 {
		if err := guess(); err != nil {
			return 0, err
		}
	}
	l.confuse = confuse
	return float64(right) / float64(tried), nil
}

// Progress is how far the lesson is.
func (l *Lesson) Progress() Progress {
	total := l.Epochs * l.perEpoch
	p := Progress{Epoch: l.Steps / l.perEpoch, Epochs: l.Epochs, Step: l.Steps, Steps: total, History: l.History}
	if in := l.Steps % l.perEpoch; in > 0 {
		p.Loss, p.Accuracy = l.Loss/float64(in), float64(l.Right)/float64(l.Shown)
	} else if n := len(l.History); n > 0 {
		p.Loss, p.Accuracy = l.History[n-1].Loss, l.History[n-1].Accuracy
	}
	if took := l.spent.Seconds(); l.shown > 0 && took > 0 {
		p.Rate = float64(l.shown) / took
		left := float64((total - l.Steps) * l.batch.N)
		p.Left = time.Duration(left / p.Rate * float64(time.Second)).Round(time.Second)
	}
	return p
}

// Net is the net as it is, the average of its late values where there is one.
func (l *Lesson) Net() *nn.Net {
	if l.optimiser.Average == 0 || l.optimiser.Mean == nil {
		return l.m.Folded()
	}
	keep := make([][]float32, len(l.m.Params))
	for i, p := range l.m.Params {
		keep[i] = append([]float32(nil), p.Value...)
		copy(p.Value, l.optimiser.Mean[i])
	}
	net := l.m.Folded()
	for i, p := range l.m.Params {
		copy(p.Value, keep[i])
	}
	return net
}

// Properties are what the net's file says of how it was taught.
func (l *Lesson) Properties() map[string]string {
	p := map[string]string{
		"train.from": l.o.Origin, "train.precision": string(l.learner.Precision()), "train.pictures": fmt.Sprint(l.learnt()), "train.epochs": fmt.Sprint(l.Steps / l.perEpoch), "train.seed": fmt.Sprint(l.o.Seed),
	}
	if l.o.Scratch {
		p["train.from"] = "scratch, the architecture of " + l.o.Origin
	}
	if l.o.Adam {
		p["train.optimiser"] = "AdamW"
	}
	if l.o.Robust > 0 {
		p["train.robust"] = fmt.Sprintf("%g/255", l.o.Robust)
	}
	if n := len(l.History); n > 0 && !math.IsNaN(l.History[n-1].Test) {
		p["train.accuracy"] = fmt.Sprintf("%.4f", l.History[n-1].Test)
	}
	return p
}
