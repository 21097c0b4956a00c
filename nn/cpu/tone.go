package cpu

import (
	"math"

	"zalgoscope/nn"
)

// Hold moves a canvas's tone towards the given one.
func (e *Engine) Hold(c nn.Canvas, t nn.Tone, amount float32) error {
	p, err := e.own(c)
	if err != nil {
		return err
	}
	o := &e.jobs.hold
	o.canvas, o.move = p, false
	o.rows = resize(o.rows, p.h)
	share := len(p.pix) > shareFloats
	e.workers.run(o, p.h, share)
	o.gain, o.offset = t.Shift(o.tone(), amount)
	o.move = true
	e.workers.run(o, p.h, share)
	return nil
}

// hold measures a canvas's tone, then, with move set, changes it; an item is a row.
type hold struct {
	canvas       *canvas
	rows         []moments
	move         bool
	gain, offset [3]float32
}

// moments is the sums and sums of squares of opponent colours.
type moments struct{ sum, squares [3]float64 }

func (o *hold) run(_ *worker, y int) {
	row := o.canvas.row(y)
	if !o.move {
		o.rows[y] = momentsOf(row)
		return
	}
	for i := 0; i+4 <= len(row); i += 4 {
		p := row[i:][:3]
		v := nn.Opponent(p[0], p[1], p[2])
		r, g, b := nn.RGB([3]float32{o.gain[0]*v[0] + o.offset[0], o.gain[1]*v[1] + o.offset[1], o.gain[2]*v[2] + o.offset[2]})
		p[0], p[1], p[2] = clipped(r), clipped(g), clipped(b)
	}
}

// momentsOf are those of a row of pixels.
func momentsOf(row []float32) (m moments) {
	var s0, s1, s2, q0, q1, q2 float64
	for i := 0; i+4 <= len(row); i += 4 {
		p := row[i:][:3]
		v := nn.Opponent(p[0], p[1], p[2])
		a, b, c := float64(v[0]), float64(v[1]), float64(v[2])
		s0, s1, s2 = s0+a, s1+b, s2+c
		q0, q1, q2 = q0+a*a, q1+b*b, q2+c*c
	}
	return moments{[3]float64{s0, s1, s2}, [3]float64{q0, q1, q2}}
}

// tone is the measured tone of the whole canvas.
func (o *hold) tone() (t nn.Tone) {
	var all moments
	for _, m := range o.rows {
		for k := range m.sum {
			all.sum[k] += m.sum[k]
			all.squares[k] += m.squares[k]
		}
	}
	n := float64(o.canvas.w * o.canvas.h)
	for k := range all.sum {
		mean := all.sum[k] / n
		t.Mean[k] = float32(mean)
		t.Spread[k] = float32(math.Sqrt(max(all.squares[k]/n-mean*mean, 0)))
	}
	return t
}

// resize is a slice of n elements, the old one where it has room.
func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
