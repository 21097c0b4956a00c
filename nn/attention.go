package nn

import (
	"fmt"
	"image"
	"math"

	"gorgonia.org/tensor"
)

func init() { operation(&Attention{Heads: 2, Scale: 0.5}, 3) }

// Attention is scaled dot-product attention of several heads (Vaswani et al. 2017, section 3.2): each position of a map of queries takes a
// mean of the values, weighted by the softmax of its products with their keys. It reads queries, keys and values, whose channels
// are those of one head after the other; keys and values are maps of one size.
type Attention struct {
	Heads  int
	Scale  float32 // of the products
	Window [2]int  // rows and columns of windows, laid from the top left, that each attend to themselves (Liu et al. 2021); 0,0 for the whole map

	// Bias is added to the scaled products of positions in a window, counted row by row: places x heads x queries x keys, where one
	// place or head stands for all. Of four places a window takes the second in the last column of windows, the third in the last row
	// and the fourth in both. Nil for none, and where there are no windows.
	Bias *tensor.Dense
}

func (*Attention) Kind() string { return "attention" }

func (o *Attention) Shape(in []tensor.Shape) (tensor.Shape, error) {
	if err := arity(in, 3); err != nil {
		return nil, err
	}
	q, k, v := in[0], in[1], in[2]
	switch {
	case o.Heads < 1 || q[0]%o.Heads != 0 || v[0]%o.Heads != 0:
		return nil, fmt.Errorf("%d heads do not divide %d channels of queries and %d of values", o.Heads, q[0], v[0])
	case q[0] != k[0] || k[1] != v[1] || k[2] != v[2]:
		return nil, fmt.Errorf("queries of %v, keys of %v and values of %v do not fit", q, k, v)
	case min(o.Window[0], o.Window[1]) < 0 || (o.Window[0] == 0) != (o.Window[1] == 0):
		return nil, fmt.Errorf("its windows are %v", o.Window)
	case o.Windowed() && (q[1] != k[1] || q[2] != k[2]):
		return nil, fmt.Errorf("windows of queries of %v and keys of %v do not fit", q, k)
	}
	if o.Bias != nil {
		s, n := o.Bias.Shape(), o.Window[0]*o.Window[1]
		if len(s) != 4 || s[0] != 1 && s[0] != 4 || s[1] != 1 && s[1] != o.Heads || n == 0 || s[2] != n || s[3] != n {
			return nil, fmt.Errorf("its bias of %v does not fit %d heads and windows of %v", s, o.Heads, o.Window)
		}
	}
	return tensor.Shape{v[0], q[1], q[2]}, nil
}

// Windowed tells whether there are windows.
func (o *Attention) Windowed() bool { return o.Window[0] > 0 }

func (o *Attention) MACs(in []tensor.Shape) int64 {
	n := 0
	for _, m := range o.Meetings(in[0], in[1]) {
		n += area(m.Queries) * area(m.Keys)
	}
	return int64(n) * int64(in[0][0]+in[2][0])
}

func area(r image.Rectangle) int { return r.Dx() * r.Dy() }

// Meeting is queries and the keys that they meet, as parts of their maps, with the place of their bias.
type Meeting struct {
	Queries, Keys image.Rectangle
	Place         int
}

// Meetings lists what meets in maps of queries and keys of the given shapes.
func (o *Attention) Meetings(q, k tensor.Shape) []Meeting {
	whole := image.Rect(0, 0, q[2], q[1])
	if !o.Windowed() {
		return []Meeting{{whole, image.Rect(0, 0, k[2], k[1]), 0}}
	}
	var all []Meeting
	for y := 0; y < q[1]; y += o.Window[0] {
		for x := 0; x < q[2]; x += o.Window[1] {
			r := image.Rect(x, y, x+o.Window[1], y+o.Window[0])
			place := 0
			if o.Bias != nil && o.Bias.Shape()[0] == 4 {
				if r.Max.X >= q[2] {
					place++
				}
				if r.Max.Y >= q[1] {
					place += 2
				}
			}
			r = r.Intersect(whole)
			all = append(all, Meeting{r, r, place})
		}
	}
	return all
}

// BiasOf is what is added to the products of query i with the keys of its window, in the given place and head; nil for nothing.
func (o *Attention) BiasOf(place, head, i int) []float32 {
	if o.Bias == nil {
		return nil
	}
	s := o.Bias.Shape()
	at := ((place*s[1]+head%s[1])*s[2] + i) * s[3]
	return Floats(o.Bias)[at : at+s[3]]
}

// attending is one query of one head with all that it meets.
type attending struct {
	query  int   // position in its map
	keys   []int // positions in theirs
	head   int
	shares []float64 // that it gives them, which sum to one
}

// each visits every query of every head.
func (o *Attention) each(q, k *tensor.Dense, visit func(a *attending)) {
	channels, qh, qw := chw(q.Shape())
	_, kh, kw := chw(k.Shape())
	per, a := channels/o.Heads, &attending{}
	queries, keys := Floats(q), Floats(k)
	for _, m := range o.Meetings(q.Shape(), k.Shape()) {
		var inside []int // keys' places in the window
		a.keys = a.keys[:0]
		for y := m.Keys.Min.Y; y < m.Keys.Max.Y; y++ {
			for x := m.Keys.Min.X; x < m.Keys.Max.X; x++ {
				a.keys = append(a.keys, y*kw+x)
				inside = append(inside, (y-m.Keys.Min.Y)*o.Window[1]+x-m.Keys.Min.X)
			}
		}
		for a.head = range o.Heads {
			for y := m.Queries.Min.Y; y < m.Queries.Max.Y; y++ {
				for x := m.Queries.Min.X; x < m.Queries.Max.X; x++ {
					a.query = y*qw + x
					a.shares = a.shares[:0]
					bias, top := o.BiasOf(m.Place, a.head, (y-m.Queries.Min.Y)*o.Window[1]+x-m.Queries.Min.X), math.Inf(-1)
					for i, j := range a.keys {
						s := 0.0
						for c := a.head * per; c < (a.head+1)*per; c++ {
							s += float64(queries[c*qh*qw+a.query]) * float64(keys[c*kh*kw+j])
						}
						s *= float64(o.Scale)
						if bias != nil {
							s += float64(bias[inside[i]])
						}
						a.shares, top = append(a.shares, s), max(top, s)
					}
					a.normalise(top)
					visit(a)
				}
			}
		}
	}
}

// normalise makes shares of products of which the largest is given.
func (a *attending) normalise(top float64) {
	sum := 0.0
	for i, s := range a.shares {
		a.shares[i] = math.Exp(s - top)
		sum += a.shares[i]
	}
	for i := range a.shares {
		a.shares[i] /= sum
	}
}

func (o *Attention) Forward(y *tensor.Dense, x []*tensor.Dense) {
	out, values := Floats(y), Floats(x[2])
	n, m, per := y.Shape()[1:].TotalSize(), x[2].Shape()[1:].TotalSize(), y.Shape()[0]/o.Heads
	o.each(x[0], x[1], func(a *attending) {
		for c := a.head * per; c < (a.head+1)*per; c++ {
			sum := 0.0
			for i, j := range a.keys {
				sum += a.shares[i] * float64(values[c*m+j])
			}
			out[c*n+a.query] = float32(sum)
		}
	})
}

// Backward sums in double precision. The gradient of a product is its share times what its value would change less the mean of that.
func (o *Attention) Backward(dx []*tensor.Dense, dy, y *tensor.Dense, x []*tensor.Dense) {
	q, k, v, d := Floats(x[0]), Floats(x[1]), Floats(x[2]), Floats(dy)
	n, m := y.Shape()[1:].TotalSize(), x[2].Shape()[1:].TotalSize()
	per, wide := x[0].Shape()[0]/o.Heads, y.Shape()[0]/o.Heads
	dq, dk, dv := make([]float64, len(q)), make([]float64, len(k)), make([]float64, len(v))
	var g []float64
	o.each(x[0], x[1], func(a *attending) {
		g = g[:0]
		mean := 0.0
		for i, j := range a.keys {
			s := 0.0
			for c := a.head * wide; c < (a.head+1)*wide; c++ {
				s += float64(d[c*n+a.query]) * float64(v[c*m+j])
				dv[c*m+j] += a.shares[i] * float64(d[c*n+a.query])
			}
			g, mean = append(g, s), mean+a.shares[i]*s
		}
		for i, j := range a.keys {
			s := a.shares[i] * (g[i] - mean) * float64(o.Scale)
			for c := a.head * per; c < (a.head+1)*per; c++ {
				dq[c*n+a.query] += s * float64(k[c*m+j])
				dk[c*m+j] += s * float64(q[c*n+a.query])
			}
		}
	})
	for i, sums := range [][]float64{dq, dk, dv} {
		if dx[i] == nil {
			continue
		}
		out := Floats(dx[i])
		for j, s := range sums {
			out[j] += float32(s)
		}
	}
}
