package bend

import (
	"math"
	"slices"
	"sync"

	"zalgoscope/nn"
)

// damaged is a convolution whose weights are bent: a copy beside the clean one.
type damaged struct {
	clean, bent *nn.Conv
	size        float32      // root mean square of the clean weights
	bends       []weightBend // in order
}

// weightBend is a bend's part in one convolution, whose outputs are channels
// first.. of the bent layer.
type weightBend struct {
	bend  int // among the rack's
	first int
}

func newDamaged(clean *nn.Conv) *damaged {
	bent := *clean
	w := nn.Floats(clean.W)
	bent.W = nn.TensorOf(slices.Clone(w), clean.W.Shape()...)
	sum := 0.0
	for _, v := range w {
		sum += float64(v) * float64(v)
	}
	return &damaged{clean: clean, bent: &bent, size: float32(math.Sqrt(sum / float64(len(w))))}
}

// damage computes the weights anew that such bends touch, some output channels beside others.
func (r *Rack) damage(touched func(weightBend) bool) {
	const share = 1 << 14 // weights, of which a processor computes some five in ten nanoseconds
	type part struct {
		*damaged
		from, to int
		changed  bool
	}
	var parts []part
	for _, d := range r.damaged {
		if !slices.ContainsFunc(d.bends, touched) {
			continue
		}
		n := d.clean.W.Shape()[0]
		step := max(share*n/len(nn.Floats(d.clean.W)), 1)
		for from := 0; from < n; from += step {
			parts = append(parts, part{damaged: d, from: from, to: min(from+step, n)})
		}
	}
	var all sync.WaitGroup
	for i := range parts {
		p := &parts[i]
		all.Go(func() { p.changed = p.apply(r.bends, p.from, p.to) })
	}
	all.Wait()
	for _, p := range parts {
		if p.changed {
			p.bent.Edition++
		}
	}
}

// apply computes the bent weights of some output channels anew and tells whether they are others than before.
func (d *damaged) apply(bends []*Op, from, to int) (changed bool) {
	w, clean, s := nn.Floats(d.bent.W), nn.Floats(d.clean.W), d.bent.W.Shape()
	per := len(w) / s[0]
	own, part := make([]float32, per), make([]float32, per)
	for c := from; c < to; c++ {
		now := clean[c*per:][:per]
		for _, b := range d.bends {
			op := bends[b.bend]
			wet := op.Wet[b.first+c]
			if wet == 0 {
				continue
			}
			k, _ := Find(op.Spec.Kind) // checked when the rack was made
			copy(part, now)
			k.weights(weightDraft{
				draft: draft{amount: float32(op.Spec.Amount), seed: op.Spec.Seed},
				w:     part, at: uint32((b.first + c) * per), kh: s[2], kw: s[3], size: d.size,
			})
			mix(own, now, part, wet)
			now = own
		}
		if last := w[c*per:][:per]; !slices.Equal(last, now) {
			copy(last, now)
			changed = true
		}
	}
	return changed
}

// mix sets y to x + wet*(f-x).
func mix(y, x, f []float32, wet float32) {
	y, x = y[:len(f)], x[:len(f)]
	for i, v := range f {
		y[i] = x[i] + wet*(v-x[i])
	}
}
