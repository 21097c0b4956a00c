package teach

import (
	"math"
	"math/rand/v2"
	"time"
)

// plan decides how many epochs go into the time, by a few steps that leave no trace.
func (l *Lesson) plan() error {
	l.Epochs = l.o.Epochs
	if l.Epochs > 0 {
		return nil
	}
	keep := l.norms()
	best := math.Inf(1)
	for i := range 3 {
		began := time.Now()
		if err := l.compute(i); err != nil {
			return err
		}
		if i > 0 {
			best = min(best, time.Since(began).Seconds())
		}
	}
	l.setNorms(keep)
	l.Loss, l.Right, l.Shown = 0, 0, 0
	l.Epochs = min(max(int(learning*l.o.Time.Seconds()/(best*float64(l.perEpoch))), 1), mostEpochs)
	return nil
}

// learning is the share of the time that the steps may take: trials and the report take some too.
const learning = 0.85

// hurry plans fewer epochs after one, where they take longer than planned, as beside other work.
func (l *Lesson) hurry() {
	if l.o.Epochs > 0 {
		return
	}
	done := l.Steps / l.perEpoch
	each := l.Taken.Seconds() / float64(done)
	l.Epochs = min(l.Epochs, max(int(learning*l.o.Time.Seconds()/each+0.5), done))
}

// compute makes the batch of a step and has its gradient computed.
func (l *Lesson) compute(step int) error {
	epoch, at := step/l.perEpoch, step%l.perEpoch
	size := len(l.batch.Y) / len(l.set.Classes)
	if l.order == nil || at == 0 {
		l.order = l.sampler.epoch(l.o.Seed, epoch, l.perEpoch*size)
	}
	rng := rand.New(rand.NewPCG(l.o.Seed^0x7eac4, uint64(step)))
	if err := l.sampler.batch(l.batch, l.order[at*size:(at+1)*size], rng); err != nil {
		return err
	}
	if l.o.Robust > 0 {
		if err := l.harden(rng); err != nil {
			return err
		}
	}
	out, err := l.learner.Learn(l.batch)
	if err != nil {
		return err
	}
	l.Loss += out.Loss
	k := len(l.set.Classes)
	for i := range l.batch.N {
		l.Shown++
		if top(out.Logits[i*k:(i+1)*k]) == top(l.batch.Y[i*k:(i+1)*k]) {
			l.Right++
		}
	}
	return nil
}

// top is the largest value's index.
func top(v []float32) (best int) {
	for i := range v {
		if v[i] > v[best] {
			best = i
		}
	}
	return best
}

// harden changes the pictures by at most Robust to what the net finds harder: a random start, one step of 1.25 times as much
// (Wong, Rice, Kolter 2020, "Fast is better than free").
func (l *Lesson) harden(rng *rand.Rand) error {
	scale, _ := l.m.Net.Input.Affine()
	n := l.o.Side * l.o.Side
	dx, delta := make([]float32, len(l.batch.X)), make([]float32, len(l.batch.X))
	for i := range delta {
		delta[i] = float32(l.o.Robust) * scale[i/n%3] * float32(2*rng.Float64()-1)
		l.batch.X[i] += delta[i]
	}
	if err := l.learner.Slope(l.batch, dx); err != nil {
		return err
	}
	for i, g := range dx {
		most := float32(math.Abs(l.o.Robust * float64(scale[i/n%3])))
		step := delta[i]
		switch {
		case g > 0:
			step += 1.25 * most
		case g < 0:
			step -= 1.25 * most
		}
		l.batch.X[i] += min(max(step, -most), most) - delta[i]
	}
	return nil
}
