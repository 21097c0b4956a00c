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
	e.crew.run(o, p.h, share)
	o.gain, o.offset = t.Shift(o.tone(), amount)
	o.move = true
	e.crew.run(o, p.h, share)
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
		var m moments
		for i := 0; i < len(row); i += 4 {
			for k, v := range nn.Opponent(row[i], row[i+1], row[i+2]) {
				m.sum[k] += float64(v)
				m.squares[k] += float64(v) * float64(v)
			}
		}
		o.rows[y] = m
		return
	}
	for i := 0; i < len(row); i += 4 {
		p := nn.Opponent(row[i], row[i+1], row[i+2])
		for k := range p {
			p[k] = o.gain[k]*p[k] + o.offset[k]
		}
		r, g, b := nn.RGB(p)
		row[i], row[i+1], row[i+2] = min(max(r, 0), 255), min(max(g, 0), 255), min(max(b, 0), 255)
	}
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
