package teach

import (
	"math"
	"math/rand/v2"
	"sync"

	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// Variety is how a picture is changed each time that it is shown.
type Variety struct {
	Area   float64 // the smallest share of the picture's square that is cut out
	Aspect float64 // the largest change of its shape, as a factor's logarithm
	Flip   bool
	Colour float64 // the largest change of brightness, contrast and saturation, as a share
	Erase  float64 // how often a rectangle of it is made grey
	Mixup  float64 // alpha of the share in which two pictures are mixed, 0 for not
}

// Usual is for pictures of things.
func Usual() *Variety {
	return &Variety{Area: 0.5, Aspect: 0.2, Flip: true, Colour: 0.3, Erase: 0.25, Mixup: 0.2}
}

// sampler makes batches of a set.
type sampler struct {
	set     *Set
	side    int
	input   nn.Input
	v       Variety
	smooth  float32
	threads int
	classes [][]int // the pictures that are learnt from, by class
}

func newSampler(set *Set, side int, in nn.Input, v Variety, smooth float32, threads int) *sampler {
	s := &sampler{set: set, side: side, input: in, v: v, smooth: smooth, threads: threads, classes: make([][]int, len(set.Classes))}
	for i, p := range set.Pictures {
		if !p.Test {
			s.classes[p.Class] = append(s.classes[p.Class], i)
		}
	}
	return s
}

// epoch is the pictures of an epoch in order, n of them: every class as often, each of its pictures in turn.
func (s *sampler) epoch(seed uint64, epoch, n int) []int {
	rng := rand.New(rand.NewPCG(seed, uint64(epoch)))
	var out []int
	k := len(s.classes)
	for c, all := range s.classes {
		for want := n*(c+1)/k - n*c/k; want > 0; {
			turn := rng.Perm(len(all))
			for _, i := range turn[:min(want, len(turn))] {
				out = append(out, all[i])
			}
			want -= len(turn)
		}
	}
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// batch sets b to pictures, each changed at random, which does not depend on the number of threads.
func (s *sampler) batch(b *train.Batch, pictures []int, rng *rand.Rand) error {
	b.N = len(pictures)
	k, each, seed := len(s.classes), 3*s.side*s.side, rng.Uint64()
	errs := make([]error, b.N)
	s.each(b.N, func(i int) {
		p := &s.set.Pictures[pictures[i]]
		errs[i] = s.one(p, rand.New(rand.NewPCG(seed, uint64(i))), b.X[i*each:(i+1)*each])
		train.Smooth(b.Y[i*k:(i+1)*k], p.Class, s.smooth)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	if s.v.Mixup > 0 {
		share := float32(beta(s.v.Mixup, rng))
		s.each(b.N/2, func(i int) { mix(b, i, each, k, share) })
	}
	return nil
}

// each visits 0 to n-1 on all threads.
func (s *sampler) each(n int, visit func(i int)) {
	var wait sync.WaitGroup
	for thread := range s.threads {
		wait.Go(func() {
			for i := n * thread / s.threads; i < n*(thread+1)/s.threads; i++ {
				visit(i)
			}
		})
	}
	wait.Wait()
}

// mix blends picture i, of so many values, and its shares of k classes, with the i-th from the back.
func mix(b *train.Batch, i, each, k int, share float32) {
	share = max(share, 1-share)
	j := b.N - 1 - i
	blend(b.X[i*each:(i+1)*each], b.X[j*each:(j+1)*each], share)
	blend(b.Y[i*k:(i+1)*k], b.Y[j*k:(j+1)*k], share)
}

func blend(a, b []float32, share float32) {
	b = b[:len(a)]
	for i, v := range a {
		w := b[i]
		a[i], b[i] = share*v+(1-share)*w, share*w+(1-share)*v
	}
}

// beta draws from the symmetric beta distribution, by Johnk's method.
func beta(alpha float64, rng *rand.Rand) float64 {
	for {
		u, v := math.Pow(rng.Float64(), 1/alpha), math.Pow(rng.Float64(), 1/alpha)
		if u+v > 0 && u+v <= 1 {
			return u / (u + v)
		}
	}
}

// view is where a picture is looked at: a part of it, as wide and high as the side in the end.
type view struct {
	x, y, w, h float64
	flip       bool
}

// centre is the middle square.
func centre(p *Picture) view {
	short := float64(min(p.W, p.H))
	return view{(float64(p.W) - short) / 2, (float64(p.H) - short) / 2, short, short, false}
}

// one sets out, 3 x side x side, to a picture changed at random.
func (s *sampler) one(p *Picture, rng *rand.Rand, out []float32) error {
	short := float64(min(p.W, p.H))
	size := short * math.Sqrt(s.v.Area+(1-s.v.Area)*rng.Float64())
	shape := math.Exp(s.v.Aspect * (2*rng.Float64() - 1) / 2)
	v := view{w: min(size*shape, float64(p.W)), h: min(size/shape, float64(p.H))}
	v.x, v.y = (float64(p.W)-v.w)*rng.Float64(), (float64(p.H)-v.h)*rng.Float64()
	v.flip = s.v.Flip && rng.IntN(2) == 1
	if err := s.look(p, v, out); err != nil {
		return err
	}
	jitter := func() float32 { return float32(1 + s.v.Colour*(2*rng.Float64()-1)) }
	recolour(out, jitter(), jitter(), jitter())
	if rng.Float64() < s.v.Erase {
		s.erase(out, rng)
	}
	s.prepare(out)
	return nil
}

// plain sets out to the middle of a picture as it is.
func (s *sampler) plain(p *Picture, out []float32) error {
	if err := s.look(p, centre(p), out); err != nil {
		return err
	}
	s.prepare(out)
	return nil
}

// look reads a view of a picture by bilinear interpolation, as values of 0 to 255 in RGB.
func (s *sampler) look(p *Picture, v view, out []float32) error {
	pix, err := s.set.Pixels(p)
	if err != nil {
		return err
	}
	n := s.side * s.side
	red, green, blue := out[:n], out[n:2*n], out[2*n:3*n]
	columns, rows := between(v.x, v.w, s.side, p.W), between(v.y, v.h, s.side, p.H)
	for y, row := range rows {
		top, low := pix[3*p.W*row.a:][:3*p.W], pix[3*p.W*row.b:][:3*p.W]
		for x, column := range columns {
			at := y*s.side + x
			if v.flip {
				at = y*s.side + s.side - 1 - x
			}
			a, b := (*[3]byte)(top[3*column.a:]), (*[3]byte)(top[3*column.b:])
			c, d := (*[3]byte)(low[3*column.a:]), (*[3]byte)(low[3*column.b:])
			red[at] = bilinear(a[0], b[0], c[0], d[0], column.share, row.share)
			green[at] = bilinear(a[1], b[1], c[1], d[1], column.share, row.share)
			blue[at] = bilinear(a[2], b[2], c[2], d[2], column.share, row.share)
		}
	}
	return nil
}

// cells is two cells of a row or column and how far a position lies towards the second.
type cells struct {
	a, b  int
	share float32
}

// between is the cells of size around n positions over a range.
func between(from, wide float64, n, size int) []cells {
	out := make([]cells, n)
	for i := range out {
		u := min(max(from+(float64(i)+0.5)*wide/float64(n)-0.5, 0), float64(size-1))
		a := int(u)
		out[i] = cells{a, min(a+1, size-1), float32(u - float64(a))}
	}
	return out
}

// bilinear is a value between those at the top, a and b, and at the bottom, c and d.
func bilinear(a, b, c, d byte, x, y float32) float32 {
	top, low := float32(a), float32(c)
	top += x * (float32(b) - top)
	low += x * (float32(d) - low)
	return top + y*(low-top)
}

// recolour changes brightness, contrast about the mean, and saturation.
func recolour(m []float32, bright, contrast, colour float32) {
	n := len(m) / 3
	r, g, b := m[:n], m[n:][:n], m[2*n:][:n]
	sum := float32(0)
	for i := range r {
		sum += 0.299*r[i] + 0.587*g[i] + 0.114*b[i]
	}
	mean := bright * sum / float32(n)
	for i := range r {
		grey := 0.299*r[i] + 0.587*g[i] + 0.114*b[i]
		changed := func(v float32) float32 {
			v = bright * (grey + colour*(v-grey))
			return min(max(mean+contrast*(v-mean), 0), 255)
		}
		r[i], g[i], b[i] = changed(r[i]), changed(g[i]), changed(b[i])
	}
}

// erase makes a rectangle grey.
func (s *sampler) erase(m []float32, rng *rand.Rand) {
	area := float64(s.side*s.side) * (0.02 + 0.2*rng.Float64())
	shape := math.Exp(2*rng.Float64() - 1)
	w, h := min(int(math.Sqrt(area*shape)), s.side), min(int(math.Sqrt(area/shape)), s.side)
	x, y := rng.IntN(s.side-w+1), rng.IntN(s.side-h+1)
	for c := range 3 {
		for i := range h {
			row := m[(c*s.side+y+i)*s.side+x:][:w]
			for j := range row {
				row[j] = 127.5
			}
		}
	}
}

// prepare turns values of 0 to 255 in RGB into the net's input.
func (s *sampler) prepare(m []float32) {
	scale, offset := s.input.Affine()
	n := len(m) / 3
	if s.input.BGR {
		for i := range n {
			m[i], m[2*n+i] = m[2*n+i], m[i]
		}
	}
	for c := range 3 {
		for i := range n {
			m[c*n+i] = scale[c]*m[c*n+i] + offset[c]
		}
	}
}
