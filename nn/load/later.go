package load

import (
	"sync"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// later is a convolution's weights that are decoded when they are first asked for.
type later struct {
	shape tensor.Shape
	read  func(dst []float32) error
	scale []float32 // for each output, applied after reading; nil for none

	once sync.Once
	data any // []float32, boxed once: engines ask for every single number
	err  error
}

func (w *later) Shape() tensor.Shape { return w.shape }

func (w *later) Fetch() error {
	w.once.Do(func() {
		v := make([]float32, w.shape.TotalSize())
		if w.err = w.read(v); w.err != nil {
			clear(v)
		}
		per := len(v) / w.shape[0]
		for c, s := range w.scale {
			for i := range v[c*per : (c+1)*per] {
				v[c*per+i] *= s
			}
		}
		w.data, w.read = v, nil
	})
	return w.err
}

func (w *later) Data() any {
	_ = w.Fetch() // zeros tell nothing, but who asks without Fetch wants to hear nothing
	return w.data
}

// rescale makes a convolution do what it and then a did.
func (w *later) rescale(conv *nn.Conv, a *nn.Affine) {
	if conv.Bias == nil {
		conv.Bias = make([]float32, len(a.Scale))
	}
	for c, s := range a.Scale {
		conv.Bias[c] = s*conv.Bias[c] + a.Shift[c]
	}
	w.scale = a.Scale
}
