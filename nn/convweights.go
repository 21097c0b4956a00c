package nn

import "gorgonia.org/tensor"

// WeightGradient adds to dw, in the order of W, and to db, which may be nil, the gradient with respect to the weights and
// biases, given dy, the gradient with respect to the output that Forward gave for x.
func (o *Conv) WeightGradient(dw, db []float32, dy, x *tensor.Dense) {
	s, d := dy.Shape(), Floats(dy)
	p := s[1] * s[2]
	perGroup := s[0] / o.Groups
	ys, xs, _ := o.Spans(x.Shape()[1], x.Shape()[2])
	for g := range o.Groups {
		t := o.columns(x, g, ys, xs)
		if err := t.T(); err != nil {
			panic(err)
		}
		part := product(TensorOf(d[g*perGroup*p:(g+1)*perGroup*p], perGroup, p), t)
		accumulate(dw[g*len(dw)/o.Groups:], Floats(part))
	}
	for c := range db {
		for _, v := range d[c*p : (c+1)*p] {
			db[c] += v
		}
	}
}
