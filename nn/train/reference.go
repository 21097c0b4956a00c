package train

import (
	"fmt"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Reference is the plain learner: every layer by its own Op, one picture after another.
type Reference struct {
	m    *Model
	w, h int
}

var _ Learner = (*Reference)(nil)

// NewReference makes the plain learner for pictures of w x h.
func NewReference(m *Model, w, h int) (*Reference, error) {
	if _, err := m.Net.Shapes(w, h); err != nil {
		return nil, err
	}
	return &Reference{m, w, h}, nil
}

func (*Reference) Changed()     {}
func (*Reference) Close() error { return nil }

// walk is one run over a batch: of each layer the maps of all pictures.
type walk struct {
	*Reference
	b     *Batch
	x     []*tensor.Dense
	acts  [][]*tensor.Dense
	norms []norms // of batch norms
	dx    []*tensor.Dense
	grads [][]*tensor.Dense
	note  bool
}

// norms is a batch's mean and variance of each channel.
type norms struct{ mean, variance []float64 }

func (r *Reference) forward(b *Batch, learning, note bool) (*walk, error) {
	if b.N < 1 || len(b.X) < b.N*3*r.w*r.h {
		return nil, fmt.Errorf("train: a batch of %d pictures of %dx%d has %d values", b.N, r.w, r.h, len(b.X))
	}
	k := &walk{Reference: r, b: b, norms: make([]norms, len(r.m.Net.Layers)), note: note}
	for n := range b.N {
		k.x = append(k.x, nn.TensorOf(b.X[n*3*r.w*r.h:][:3*r.w*r.h], 3, r.h, r.w))
	}
	shapes, err := r.m.Net.Shapes(r.w, r.h)
	if err != nil {
		return nil, err
	}
	for i, l := range r.m.Net.Layers {
		var y []*tensor.Dense
		for range b.N {
			y = append(y, nn.NewTensor(shapes[i]))
		}
		if norm, ok := l.Op.(*BatchNorm); ok && learning {
			if err := k.norm(i, norm, y); err != nil {
				return nil, err
			}
		} else {
			for n := range y {
				l.Op.Forward(y[n], k.reads(l, n))
			}
		}
		k.acts = append(k.acts, y)
	}
	return k, nil
}

func (k *walk) reads(l nn.Layer, n int) (x []*tensor.Dense) {
	for _, j := range l.In {
		x = append(x, k.maps(j)[n])
	}
	return x
}

func (k *walk) maps(i int) []*tensor.Dense {
	if i == nn.Picture {
		return k.x
	}
	return k.acts[i]
}

// norm runs a batch norm as it learns.
func (k *walk) norm(i int, op *BatchNorm, y []*tensor.Dense) error {
	x := k.maps(k.m.Net.Layers[i].In[0])
	p := len(nn.Floats(y[0])) / len(op.Scale)
	m := p * k.b.N
	if err := CheckBatch(m); err != nil {
		return err
	}
	for c := range op.Scale {
		mean, variance := 0.0, 0.0
		each(x, c, p, func(v *float32) { mean += float64(*v) / float64(m) })
		each(x, c, p, func(v *float32) { d := float64(*v) - mean; variance += d * d / float64(m) })
		k.norms[i].mean, k.norms[i].variance = append(k.norms[i].mean, mean), append(k.norms[i].variance, variance)
		scale, shift := op.Apply(c, mean, variance)
		for n := range y {
			out := nn.Floats(y[n])[c*p : (c+1)*p]
			for j, v := range nn.Floats(x[n])[c*p : (c+1)*p] {
				out[j] = scale*v + shift
			}
		}
		if k.note {
			op.Note(c, m, mean, variance)
		}
	}
	return nil
}

// each visits the values of channel c, p a picture.
func each(x []*tensor.Dense, c, p int, visit func(v *float32)) {
	for _, t := range x {
		f := nn.Floats(t)[c*p : (c+1)*p]
		for i := range f {
			visit(&f[i])
		}
	}
}

// logits is the mean of the last layer's channels over the positions, N,K.
func (k *walk) logits() (out []float32) {
	for _, t := range k.acts[len(k.acts)-1] {
		p := t.Shape()[1] * t.Shape()[2]
		for c := range t.Shape()[0] {
			sum := 0.0
			for _, v := range nn.Floats(t)[c*p : (c+1)*p] {
				sum += float64(v)
			}
			out = append(out, float32(sum/float64(p)))
		}
	}
	return out
}

// backward runs the loss's gradient back to the picture, through the parameters on the way if learning.
func (k *walk) backward(logits []float32, learning bool) (loss float64) {
	layers := k.m.Net.Layers
	k.grads = make([][]*tensor.Dense, len(layers))
	for i := range layers {
		k.grads[i] = zeros(k.acts[i])
	}
	k.dx = zeros(k.x)
	classes := len(logits) / k.b.N
	slope := make([]float32, classes)
	for n, t := range k.grads[len(layers)-1] {
		p := t.Shape()[1] * t.Shape()[2]
		loss += CrossEntropy(logits[n*classes:][:classes], k.b.Y[n*classes:][:classes], slope, 1/float64(k.b.N)) / float64(k.b.N)
		for i := range nn.Floats(t) {
			nn.Floats(t)[i] = slope[i/p] / float32(p)
		}
	}
	for i := len(layers) - 1; i >= 0; i-- {
		if op, ok := layers[i].Op.(*BatchNorm); ok {
			k.normBack(i, op, learning)
			continue
		}
		for n := range k.b.N {
			var dx []*tensor.Dense
			for _, j := range layers[i].In {
				if j == nn.Picture {
					dx = append(dx, k.dx[n])
				} else {
					dx = append(dx, k.grads[j][n])
				}
			}
			x := k.reads(layers[i], n)
			layers[i].Op.Backward(dx, k.grads[i][n], k.acts[i][n], x)
			if op, ok := layers[i].Op.(*nn.Conv); ok && learning {
				of, db := k.m.Of(i), []float32(nil)
				if op.Bias != nil {
					db = of[1].Grad
				}
				op.WeightGradient(of[0].Grad, db, k.grads[i][n], x[0])
			}
		}
	}
	return loss
}

func zeros(like []*tensor.Dense) (out []*tensor.Dense) {
	for _, t := range like {
		out = append(out, nn.NewTensor(t.Shape()))
	}
	return out
}

func (k *walk) normBack(i int, op *BatchNorm, learning bool) {
	in := k.m.Net.Layers[i].In[0]
	x, dy := k.maps(in), k.grads[i]
	dx := k.dx
	if in != nn.Picture {
		dx = k.grads[in]
	}
	p := len(nn.Floats(dy[0])) / len(op.Scale)
	for c := range op.Scale {
		sum, product := 0.0, 0.0
		for n := range dy {
			d, v := nn.Floats(dy[n])[c*p:(c+1)*p], nn.Floats(x[n])[c*p:(c+1)*p]
			for j := range d {
				sum += float64(d[j])
				product += float64(d[j]) * float64(v[j])
			}
		}
		mean, variance := k.norms[i].mean[c], k.norms[i].variance[c]
		a, b, s := op.Slope(c, p*k.b.N, mean, variance, sum, product)
		for n := range dy {
			d, v, out := nn.Floats(dy[n])[c*p:(c+1)*p], nn.Floats(x[n])[c*p:(c+1)*p], nn.Floats(dx[n])[c*p:(c+1)*p]
			for j := range d {
				out[j] += a*d[j] + b*v[j] + s
			}
		}
		if learning {
			of := k.m.Of(i)
			of[0].Grad[c], of[1].Grad[c] = op.Grads(mean, variance, sum, product)
		}
	}
}

// Precision is that of all plain maths.
func (r *Reference) Precision() nn.Precision { return nn.FP32 }

func (r *Reference) Learn(b *Batch) (Outcome, error) {
	k, err := r.forward(b, true, true)
	if err == nil && b.Stop != nil {
		err = b.Stop()
	}
	if err != nil {
		return Outcome{}, err
	}
	for _, p := range r.m.Params {
		clear(p.Grad)
	}
	o := Outcome{Logits: k.logits()}
	o.Loss = k.backward(o.Logits, true)
	return o, nil
}

func (r *Reference) Slope(b *Batch, dx []float32) error {
	k, err := r.forward(b, true, false)
	if err != nil {
		return err
	}
	k.backward(k.logits(), false)
	for n, t := range k.dx {
		copy(dx[n*3*r.w*r.h:], nn.Floats(t))
	}
	return nil
}

func (r *Reference) Guess(x []float32, n int) ([]float32, error) {
	k, err := r.forward(&Batch{N: n, X: x}, false, false)
	if err != nil {
		return nil, err
	}
	return k.logits(), nil
}
