package flow

import (
	"image"
	"math"
	"sync"

	"zalgoscope/nn"
)

// Film finds the motion between pictures of one size. It is used by one goroutine at a time.
type Film struct {
	w, h        int
	device      *device // that finds all this; nil where the processor does
	now, last   pyramid
	of          [2]*image.RGBA // the pictures that they are of: now and last
	ahead, back *estimator
	miss        []float32 // how far what was seen in the last picture is off
}

// Motion is what happened between a picture and the one before.
type Motion struct {
	Ahead *Field    // where each pixel of the picture before has gone
	Back  *Field    // where each pixel of this picture was before
	Seen  []float32 // how sure it is that what each pixel of this picture shows was seen there, 0 to 1
	Cut   bool      // nothing leads from one to the other; then nothing was seen
	Speed float64   // the mean length of what moved and was seen, in pixels
}

// NewFilm begins a film of pictures of w x h.
func NewFilm(w, h int, effort Effort) *Film {
	return &Film{w: w, h: h, now: newPyramid(w, h), last: newPyramid(w, h), ahead: newEstimator(w, h, effort), back: newEstimator(w, h, effort)}
}

// On has an engine's device find the motion, where it can.
func (f *Film) On(e nn.Engine) {
	engine, ok := e.(nn.FlowEngine)
	if !ok {
		return
	}
	plan := f.ahead.plan
	d, err := engine.NewFlow(f.w, f.h, nn.FlowOptions{Levels: len(f.now), Finest: plan.level, Reach: plan.reach})
	if err != nil {
		return // it has no room
	}
	f.Release()
	f.device = &device{d, f}
}

// Release frees what an engine's device has of the film, which the processor goes on with.
func (f *Film) Release() {
	if f.device != nil {
		f.device.Release()
		f.device = nil
	}
}

// Size is that of the pictures.
func (f *Film) Size() image.Point { return image.Pt(f.w, f.h) }

// Between gives the motion from a picture to the next, which must not change any more. It is quicker where the first one
// was the second the last time.
func (f *Film) Between(before, m *image.RGBA) *Motion {
	if f.device != nil {
		out, err := f.device.between(before, m)
		if err == nil {
			return out
		}
		f.Release() // the engine's next call says what is the matter
	}
	if f.of[0] == before {
		f.now, f.last = f.last, f.now
	} else {
		f.last.set(before)
	}
	f.now.set(m)
	f.of = [2]*image.RGBA{m, before}
	out := f.newMotion()
	var both sync.WaitGroup
	both.Go(func() { f.ahead.find(f.last, f.now, out.Ahead) })
	f.back.find(f.now, f.last, out.Back)
	both.Wait()
	lift := lifted(f.now[len(f.now)-1], f.last[len(f.last)-1])
	fit(f.w*f.h, &f.miss)
	missed(f.miss, m, before, out.Back, lift)
	if cut(f.miss, max(f.now.shades().contrast(), f.last.shades().contrast())) {
		out = f.newMotion()
		out.Cut = true
		return out
	}
	least, most := doubtful(f.miss)
	seen(out.Seen, f.miss, out.Back, out.Ahead, least, most, &f.back.scratch)
	out.Speed = speed(out.Back, out.Seen)
	return out
}

func (f *Film) newMotion() *Motion {
	return &Motion{Ahead: NewField(f.w, f.h), Back: NewField(f.w, f.h), Seen: make([]float32, f.w*f.h)}
}

// speed is a flow's mean length by weights.
func speed(f *Field, weight []float32) float64 {
	sum, all := 0.0, 1e-9
	for i, k := range weight {
		u, v := float64(f.U[i]), float64(f.V[i])
		sum += float64(k) * math.Sqrt(u*u+v*v)
		all += float64(k)
	}
	return sum / all
}

// cut tells whether what is there now cannot be what was there before, by how far each pixel is off: in pictures of
// different things nearly all that they show is. contrast is that of the pictures.
func cut(miss []float32, contrast float64) bool {
	sum, n := 0.0, 0
	for _, v := range miss {
		if v != outside {
			sum += float64(v)
			n++
		}
	}
	off := sum / float64(max(n, 1))
	return n < len(miss)/8 || off > 8 && off > .5*contrast
}

// shades is the plane by which contrast is told.
func (p pyramid) shades() plane { return p[min(1, len(p)-1)] }

// contrast is the mean distance of the luma from its mean.
func (p plane) contrast() float64 {
	mean, sum := 0.0, 0.0
	for _, v := range p.pix {
		mean += float64(v)
	}
	mean /= float64(len(p.pix))
	for _, v := range p.pix {
		sum += math.Abs(float64(v) - mean)
	}
	return sum / float64(len(p.pix))
}
