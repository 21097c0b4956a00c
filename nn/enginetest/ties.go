package enginetest

import (
	"image"
	"math"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// gradients compares the gradients of an engine with those of a more exact one.
//
// A gradient jumps where two values under a max pool's window tie, or where a rectifier's
// input is zero. Values that the engine's sums cannot tell apart may fall to the other side of such
// a jump than in a float64 reference, and both sides are right.
type gradients struct {
	net       *nn.Net
	got, want nn.Engine
	x         *tensor.Dense
}

// compare wants the gradient within the engine's tolerance wherever the picture does not see a pool or
// rectifier at which the engine fell to the other side; each of these has to be a tie.
// Without any that is everywhere.
func (g gradients) compare(t *testing.T, what string, got, want *tensor.Dense, layers ...string) {
	t.Helper()
	if !got.Shape().Eq(want.Shape()) {
		t.Fatalf("%s: got shape %v, want %v", what, got.Shape(), want.Shape())
	}
	all, tol := Error(got, want), tolerances(g.got)
	if tol.Tie == 0 {
		if few := want.Shape().TotalSize() < 300; !few && !(all <= tol.Near) { // where there are few, one decides
			t.Errorf("%s: relative L2 error %.2g, want at most %g", what, all, tol.Near)
		}
		return
	}
	if all <= tol.Error {
		return
	}
	out := g.fallen(t, layers)
	ref := nn.Floats(want)
	taken, sum, norm := 0, 0.0, 0.0
	for i, v := range nn.Floats(got) {
		norm += float64(ref[i]) * float64(ref[i])
		if out[i%len(out)] {
			taken++
			continue
		}
		d := float64(v) - float64(ref[i])
		sum += d * d
	}
	share, e := float64(taken)/float64(len(ref)), math.Sqrt(sum/norm)
	t.Logf("%s: relative L2 error %.2g, %.2g without the %.1f %% of the picture that see ties", what, all, e, 100*share)
	if !(e <= tol.Error && share <= tol.Share && all <= tol.Near) {
		t.Errorf("%s: relative L2 error %.2g, %.2g without the %.0f %% of the picture that see ties; want at most %g, %g and %.0f %%",
			what, all, e, 100*share, tol.Near, tol.Error, 100*tol.Share)
	}
}

// fallen marks the pixels that see a place upstream of the layers where the engines fall apart.
func (g gradients) fallen(t *testing.T, layers []string) []bool {
	t.Helper()
	var ends []int
	for _, layer := range layers {
		end, err := g.net.Find(layer)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	h, w := g.x.Shape()[1], g.x.Shape()[2]
	shapes, err := g.net.Shapes(w, h)
	if err != nil {
		t.Fatal(err)
	}
	picture := image.Rect(0, 0, w, h)
	out := make([]bool, h*w)
	for i, need := range g.net.Upto(ends...) {
		l := g.net.Layers[i]
		if !need || l.In[0] == nn.Picture {
			continue
		}
		visit := func(cells image.Rectangle, apart float32) {
			t.Logf("layer %q falls apart by %.2g of its largest value", l.Name, apart)
			if apart > tolerances(g.got).Tie {
				t.Errorf("layer %q falls apart by %.2g of its largest value, which is no tie", l.Name, apart)
			}
			b := seen(g.net, shapes, l.In[0], cells, picture)
			for y := b.Min.Y; y < b.Max.Y; y++ {
				for x := b.Min.X; x < b.Max.X; x++ {
					out[y*w+x] = true
				}
			}
		}
		switch op := l.Op.(type) {
		case *nn.Pool:
			if op.Max {
				got, want := g.activations(t, g.net.Layers[l.In[0]].Name)
				movedMaxima(got, want, op, visit)
			}
		case *nn.ReLU:
			got, want := g.activations(t, g.net.Layers[l.In[0]].Name)
			movedSigns(got, want, visit)
		}
	}
	return out
}

func (g gradients) activations(t *testing.T, layer string) (got, want *tensor.Dense) {
	t.Helper()
	got, err := g.got.Activation(g.x, layer)
	if err != nil {
		t.Fatal(err)
	}
	if want, err = g.want.Activation(g.x, layer); err != nil {
		t.Fatal(err)
	}
	return got, want
}

// movedMaxima visits the windows whose largest value stands at another cell, and says how
// far below the largest that one was, of the map's largest.
func movedMaxima(got, want *tensor.Dense, pool *nn.Pool, visit func(image.Rectangle, float32)) {
	c, h, w := want.Shape()[0], want.Shape()[1], want.Shape()[2]
	ys, xs, err := pool.Over(h, w)
	if err != nil {
		return
	}
	g, r := nn.Floats(got), nn.Floats(want)
	top := largest(r)
	for k := range c {
		for i := range ys.Out {
			for j := range xs.Out {
				win := image.Rect(xs.Start(j), ys.Start(i), xs.Start(j)+xs.Reach(), ys.Start(i)+ys.Reach()).Intersect(image.Rect(0, 0, w, h))
				a, b := argmax(g, k*h, w, i, j, ys, xs), argmax(r, k*h, w, i, j, ys, xs)
				// Zeros behind a rectifier tie everywhere and pass no gradient.
				if a != b && b >= 0 && r[b] > 0 {
					visit(win, (r[b]-r[a])/top)
				}
			}
		}
	}
}

// argmax is the first largest cell of the window at row i and column j in the map that begins at a row, or -1.
func argmax(data []float32, row, w, i, j int, ys, xs nn.Span) int {
	best := -1
	y0, y1 := ys.Under(i)
	x0, x1 := xs.Under(j)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			at := (row+ys.Start(i)+y*ys.Dilation)*w + xs.Start(j) + x*xs.Dilation
			if best < 0 || data[at] > data[best] {
				best = at
			}
		}
	}
	return best
}

// movedSigns visits the cells that one takes for positive and the other does not.
func movedSigns(got, want *tensor.Dense, visit func(image.Rectangle, float32)) {
	h, w := want.Shape()[1], want.Shape()[2]
	g, r := nn.Floats(got), nn.Floats(want)
	top := largest(r)
	for i, v := range r {
		if (v > 0) != (g[i] > 0) {
			x, y := i%w, i/w%h
			visit(image.Rect(x, y, x+1, y+1), max(v, -v)/top)
		}
	}
}

func largest(data []float32) float32 {
	top := float32(0)
	for _, v := range data {
		top = max(top, v, -v)
	}
	return top
}

// seen is the part of the picture that cells of layer i see.
func seen(net *nn.Net, shapes []tensor.Shape, i int, cells, picture image.Rectangle) image.Rectangle {
	if i == nn.Picture {
		return cells.Intersect(picture)
	}
	var out image.Rectangle
	for _, j := range net.Layers[i].In {
		in := picture
		if j != nn.Picture {
			in = image.Rect(0, 0, shapes[j][2], shapes[j][1])
		}
		under := cells
		if spans, ok := net.Layers[i].Op.(interface {
			Spans(h, w int) (y, x nn.Span, err error)
		}); ok {
			ys, xs, _ := spans.Spans(in.Dy(), in.Dx())
			under = image.Rect(xs.Start(cells.Min.X), ys.Start(cells.Min.Y),
				xs.Start(cells.Max.X-1)+(xs.Kernel-1)*xs.Dilation+1, ys.Start(cells.Max.Y-1)+(ys.Kernel-1)*ys.Dilation+1).Intersect(in)
		}
		switch op := net.Layers[i].Op.(type) {
		case *nn.Pool:
			if op.Global {
				under = in
			}
		case *nn.Sample, *nn.Rearrange, *nn.ConvTranspose, *nn.Concat:
			if s := shapes[i]; s[1] != in.Dy() || s[2] != in.Dx() {
				under = in // what moves cells may take them from anywhere
			}
		}
		out = out.Union(seen(net, shapes, j, under, picture))
	}
	return out
}
