package cpu

import (
	"math"
	"unsafe"

	"zalgoscope/nn"
)

// entry brings the net's input in: a canvas, rolled and preprocessed, or a tensor.
type entry struct {
	out    view
	input  nn.Input
	canvas *canvas
	shiftX int
	shiftY int
	tensor []float32 // 3,H,W, of each of a worker's pictures, where canvas is nil
}

func (o *entry) write(w *worker, r region) {
	scale, offset := o.input.Affine()
	width, step := o.out.w, o.out.cell/4
	for y := r.y0; y < r.y1; y++ {
		row := w.floats(o.out.at(0, y, 0), width*step)
		if o.canvas == nil {
			for c := range 3 {
				for x, v := range o.tensor[((3*w.picture+c)*o.out.h+y)*width:][:width] {
					row[x*step+c] = v
				}
			}
			for x := 3; step == 4 && x < len(row); x += 4 {
				row[x] = 0
			}
			continue
		}
		src := o.canvas.row(mod(y-o.shiftY, o.out.h))
		// The row begins at column -shiftX of the canvas and goes round once.
		at := mod(-o.shiftX, width)
		o.colours(row, src[at*4:], step, &scale, &offset)
		o.colours(row[(width-at)*step:], src[:at*4], step, &scale, &offset)
	}
}

// colours preprocesses a run of pixels.
func (o *entry) colours(row, src []float32, step int, scale, offset *[3]float32) {
	red, blue := o.input.Colour(0), o.input.Colour(2)
	for i, j := 0, 0; i+3 < len(src); i, j = i+4, j+step {
		in, out := src[i:i+4:i+4], row[j:j+4:j+4]
		out[0] = scale[0]*in[red] + offset[0]
		out[1] = scale[1]*in[1] + offset[1]
		out[2] = scale[2]*in[blue] + offset[2]
		out[3] = 0
	}
}

// pictureGradient is where the gradient at the net's input lies: direct from
// first-layer convolutions four pixels to a cell, else one.
type pictureGradient struct {
	view
	h, w   int // of the picture
	direct bool
	evened []float32 // instead of all this, where depth has evened it out: four floats a pixel
}

// row is a row of the picture; the three values of its pixel x begin at place(x).
func (g *pictureGradient) row(w *worker, y int) []float32 {
	if g.evened != nil {
		return g.evened[4*g.w*y:][:4*g.w]
	}
	if g.direct {
		return w.floats(g.at(0, y/2, 0), g.view.w*g.cell/4)[y%2*8:]
	}
	return w.floats(g.at(0, y, 0), g.view.w*g.cell/4)
}

func (g *pictureGradient) place(x int) int {
	if g.evened != nil {
		return 4 * x
	}
	if g.direct {
		return x/2*(g.cell/4) + x%2*4
	}
	return x * (g.cell / 4)
}

// steps is how many bytes lie from a pixel to the next, from the row's first one on by turns.
func (g *pictureGradient) steps() [2]int {
	return [2]int{4 * g.place(1), 4 * (g.place(2) - g.place(1))}
}

// climb is the update of a canvas by a normalised gradient. As a job it first
// measures the gradient, then, with move set, changes the canvas; an item is a row.
// What is not finite counts as zero in the gradient and becomes mid grey on the canvas.
type climb struct {
	k              *kernels
	grad           pictureGradient
	canvas         *canvas
	scale          [3]float32 // of the preprocessing
	colour         [3]int     // canvas colour of each input channel
	shiftX, shiftY int
	move           bool
	rate           float32
	sums           []float64 // of |gradient| over each row
	healed         []bool    // rows that had something not finite
}

const grey = 127.5 // the middle of 0..255

// finite looks at the bits: where products and differences are fused, as on arm64, v-v need not be zero.
func finite(v float32) bool { return math.Float32bits(v)&0x7f800000 != 0x7f800000 }

func (o *climb) run(w *worker, y int) {
	t, grad := &w.pyramid, o.grad.row(w, y)
	t.steps, t.weights = o.grad.steps(), [5]float32{o.scale[0], o.scale[1], o.scale[2]}
	if !o.move {
		t.x[0], t.n = unsafe.Pointer(&grad[0]), o.grad.w
		o.k.sizeRow(t)
		o.sums[y] = t.sums[0] + t.sums[1] + t.sums[2]
		o.healed[y] = !whole(t)
		return
	}
	row := o.canvas.row(mod(y-o.shiftY, o.grad.h))
	if o.rate == 0 {
		o.healed[y] = heal(row) || o.healed[y]
		return
	}
	t.own, t.from = o.rate, [4]int32{3, 3, 3, 3}
	for c, k := range o.colour {
		t.from[k] = int32(c)
	}
	// The gradient's row goes round the canvas once, from column -shiftX on.
	at := mod(-o.shiftX, o.grad.w)
	first := o.grad.w - at
	o.climb(t, row[4*at:], grad, first, y)
	if at > 0 {
		if first%2 == 1 {
			t.steps[0], t.steps[1] = t.steps[1], t.steps[0]
		}
		o.climb(t, row, grad[o.grad.place(first):], at, y)
	}
}

// climb takes n pixels of a row a step along their gradient.
func (o *climb) climb(t *pyramidTile, row, grad []float32, n, y int) {
	t.y, t.x[0], t.n = unsafe.Pointer(&row[0]), unsafe.Pointer(&grad[0]), n
	o.k.climbRow(t)
	o.healed[y] = o.healed[y] || !whole(t)
}

// whole tells whether a kernel found all of three colours finite.
func whole(t *pyramidTile) bool {
	return finite(t.trace[0]) && finite(t.trace[1]) && finite(t.trace[2])
}

// heal makes grey what is not finite in a row of the canvas, and tells whether there was such.
func heal(row []float32) (healed bool) {
	for i, v := range row {
		if !finite(v) {
			row[i], healed = grey, true
		}
	}
	return healed
}

// clipped is a colour value within its range.
func clipped(v float32) float32 {
	if v < 0 {
		return 0
	}
	if v > 255 {
		return 255
	}
	return v
}
