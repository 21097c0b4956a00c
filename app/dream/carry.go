package dream

import (
	"image"
	"math"
	"runtime"
	"sync"

	"zalgoscope/app/flow"
	"zalgoscope/nn"
)

// scene is what a dream of moving pictures knows of the picture that its last frame was dreamed on. It never changes.
type scene struct {
	picture *image.RGBA // at the canvas's size
	stir    []float32   // how much has moved at each pixel of late, 0 to 1; nil for nowhere
	fresh   bool        // nothing led to it from the picture before
}

// moves tells whether the input's pictures follow one another as a film's do.
func (d *Dream) moves() bool {
	_, ok := d.input.(Film)
	return ok
}

// follow begins a frame on the input's picture with the last frame's detail, carried along with what moves.
func (d *Dream) follow(s Settings) error {
	if err := d.collect(true); err != nil {
		return err
	}
	if err := d.frame.Write(d.lead(d.last.Picture(), s)); err != nil {
		return err
	}
	return d.tend(s)
}

// catchUp ends a frame of a live dream: what was dreamed in it is carried on to the input's picture of now, so that what
// is shown is no older than that, however long the frame took. The next one goes on from there.
func (d *Dream) catchUp(f *Frame, s Settings) error {
	if err := d.collect(true); err != nil {
		return err
	}
	w, h := d.Size()
	dreamed := image.NewRGBA(image.Rect(0, 0, w, h))
	reading, err := nn.StartRead(d.frame, dreamed)
	if err == nil {
		err = reading.Wait()
	}
	if err != nil {
		return err
	}
	if err := d.present(d.frames + 1); err != nil {
		return err
	}
	f.Image, f.Live = d.lead(dreamed, s), true
	memory, readings, err := d.fatigue.read(d.last.Memory)
	f.Memory = memory
	d.coming = &shot{f, readings}
	if err != nil {
		return err
	}
	return d.frame.Write(f.Image)
}

// lead is the input's picture at the canvas's size with the detail of what was dreamed on the one before, carried along
// with what moves.
func (d *Dream) lead(dreamed *image.RGBA, s Settings) *image.RGBA {
	w, h := d.Size()
	now := d.startAt(w, h)
	last := d.scene
	if last == nil { // the dream has not been one of moving pictures so far
		last = &scene{picture: now}
	}
	before := scaled(last.picture, w, h)
	dreamed = scaled(dreamed, w, h)
	var m *flow.Motion // nil where nothing moves
	if before != now {
		m = d.flows(w, h).Between(before, now)
	}
	next := &scene{picture: now, stir: stirred(last.stir, m, w, h), fresh: m != nil && m.Cut}
	base := now
	if !next.fresh {
		base = carry(dreamed, before, now, m, next.stir, Motion(s, d.time, w, h), s)
	}
	d.scene, d.offset = next, [2]float64{}
	return base
}

// tend has a share of the film's picture, and the tone that is held, come into a frame that begins.
func (d *Dream) tend(s Settings) error {
	if err := d.blend(s); err != nil {
		return err
	}
	// The film itself holds the tone as far as it shows.
	if hold := s.Hold * (1 - s.Source); hold > 0 {
		return d.engine.Hold(d.frame, dusk(d.tone, s.Zalgo), float32(hold))
	}
	return nil
}

// flows finds flow at the canvas's size, on the engine's device where that can and may.
func (d *Dream) flows(w, h int) *flow.Film {
	if d.flow == nil || d.flow.Size() != image.Pt(w, h) {
		d.dropFlow()
		d.flow = flow.NewFilm(w, h, d.effort)
		if !d.host {
			d.flow.On(d.engine)
		}
	}
	return d.flow
}

// dropFlow has flow be found anew.
func (d *Dream) dropFlow() {
	if d.flow != nil {
		d.flow.Release()
		d.flow = nil
	}
}

// stepsOf is the number of gradient steps in each octave of the frame in progress: in a scene's first frame so many that
// it is as deep as those that others led to.
func (d *Dream) stepsOf(s Settings) int {
	if d.scene == nil || !d.scene.fresh || d.live { // which is to be on time first
		return int(s.Steps)
	}
	return int(s.Steps * min(math.Round(1/(1-min(s.Carry, .99))), max(s.Opening, 1)))
}

// stirred is how much has moved at each pixel of late: it rises with motion at once, and falls slowly.
func stirred(before []float32, m *flow.Motion, w, h int) []float32 {
	if len(before) != w*h {
		before = nil
	}
	if m == nil && before == nil || m != nil && m.Cut {
		return nil
	}
	half := float32(math.Hypot(float64(w), float64(h)) / 250) // pixels of motion by which half the picture returns
	now := make([]float32, w*h)
	for i := range now {
		if m != nil {
			far := float32(math.Hypot(float64(m.Back.U[i]), float64(m.Back.V[i])))
			now[i] = max(far/(far+half), 1-m.Seen[i])
		}
	}
	soften(now, w, h, max(w, h)/40)
	for i, v := range before {
		if now[i] < v {
			now[i] += .9 * (v - now[i])
		} else {
			now[i] -= .5 * (now[i] - v)
		}
	}
	return now
}

// soften takes means over r pixels to each side, along rows and then along columns.
func soften(p []float32, w, h, r int) {
	line := make([]float32, max(w, h))
	mean := func(at, step, n int) {
		sum, count := float32(0), 0
		for i := range min(r, n) {
			sum += p[at+i*step]
			count++
		}
		for i := range n {
			if i+r < n {
				sum += p[at+(i+r)*step]
				count++
			}
			if i-r-1 >= 0 {
				sum -= p[at+(i-r-1)*step]
				count--
			}
			line[i] = sum / float32(count)
		}
		for i := range n {
			p[at+i*step] = line[i]
		}
	}
	for y := range h {
		mean(y*w, 1, w)
	}
	for x := range w {
		mean(x, w, h)
	}
}

// carry is the picture that a frame begins with: the input's picture now, and on it what the last frame, dreamed, had more
// than the input's picture then, from where the motion says that it was. As far as the film is not to show, its picture
// then comes along with it in place of what it is now. Where nothing was seen before there is only the film.
func carry(dreamed, before, now *image.RGBA, m *flow.Motion, stir []float32, warp nn.Warp, s Settings) *image.RGBA {
	w, h := now.Rect.Dx(), now.Rect.Dy()
	hidden := 1 - float32(s.Source)
	detail := &detail{w: w, h: h, pix: make([]float32, 3*w*h)}
	rows(h, func(y int) {
		d, b := dreamed.Pix[y*dreamed.Stride:][:4*w], before.Pix[y*before.Stride:][:4*w]
		out := detail.pix[3*y*w:][:3*w]
		for x := range w {
			k := float32(s.Carry)
			if s.Gate > 0 {
				// What is still is dreamed deeper, and where something moves the picture returns.
				k = 1 - (1-k)*(1-.8*float32(s.Gate))
				if stir != nil {
					k *= 1 - float32(s.Gate)*stir[y*w+x]
				}
			}
			for c := range 3 {
				then := float32(b[4*x+c])
				out[3*x+c] = k*(float32(d[4*x+c])-then) + hidden*then
			}
		}
	})
	out := image.NewRGBA(now.Rect)
	rows(h, func(y int) {
		in, line := now.Pix[y*now.Stride:][:4*w], out.Pix[y*out.Stride:][:4*w]
		for x := range w {
			seen, fx, fy := float32(1), float64(x), float64(y)
			if m != nil {
				i := y*w + x
				seen = m.Seen[i]
				fx, fy = fx+float64(m.Back.U[i]), fy+float64(m.Back.V[i])
			}
			carried := detail.at(float32(warp.A*fx+warp.B*fy+warp.C), float32(warp.D*fx+warp.E*fy+warp.F))
			for c := range 3 {
				v := float32(in[4*x+c])
				v += seen * (carried[c] - hidden*v)
				line[4*x+c] = uint8(min(max(v, 0), 255) + .5)
			}
			line[4*x+3] = 255
		}
	})
	return out
}

// detail is a picture of signed values, three to a pixel.
type detail struct {
	w, h int
	pix  []float32
}

// at is the detail between pixels, by Catmull and Rom's cubic curves, with mirrored edges: bilinear sampling, frame after
// frame, would blur it.
func (d *detail) at(x, y float32) (v [3]float32) {
	x0, tx := taps(float64(x))
	y0, ty := taps(float64(y))
	if tx[1] == 1 && ty[1] == 1 {
		i := 3 * (mirrored(y0+1, d.h)*d.w + mirrored(x0+1, d.w))
		return [3]float32(d.pix[i:])
	}
	var at [4]int
	for k := range at {
		at[k] = 3 * mirrored(x0+k, d.w)
	}
	for j, t := range ty {
		row := d.pix[3*d.w*mirrored(y0+j, d.h):][:3*d.w]
		for k, s := range tx {
			p := row[at[k] : at[k]+3 : at[k]+3]
			s *= t
			v[0] += s * p[0]
			v[1] += s * p[1]
			v[2] += s * p[2]
		}
	}
	return v
}

// rows does each row, some at a time.
func rows(h int, do func(y int)) {
	n := min(runtime.GOMAXPROCS(0), h, 8)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			for y := i * h / n; y < (i+1)*h/n; y++ {
				do(y)
			}
		})
	}
	all.Wait()
}
