package load

import (
	"sync"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// later is a convolution's weights that are decoded when they are first asked for, or those of a transposed one.
type later struct {
	shape tensor.Shape
	read  func(dst []float32) error
	scale []float32 // for each output, applied after reading; nil for none

	transposed bool // its outputs are the second axis
	groups     int  // of a transposed one

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
		w.scaled(v)
		w.data, w.read = v, nil
	})
	return w.err
}

// scaled multiplies what leads to each output. A transposed convolution has its outputs second, those of a group in each.
func (w *later) scaled(v []float32) {
	area := w.shape[2] * w.shape[3]
	for i := range v {
		switch o := i / area; {
		case w.scale == nil:
			return
		case w.transposed:
			v[i] *= w.scale[o/w.shape[1]/(w.shape[0]/w.groups)*w.shape[1]+o%w.shape[1]]
		default:
			v[i] *= w.scale[o/w.shape[1]]
		}
	}
}

func (w *later) Data() any {
	_ = w.Fetch() // zeros tell nothing, but who asks without Fetch wants to hear nothing
	return w.data
}

// rescale makes a convolution with a bias do what it and then a did.
func (w *later) rescale(bias *[]float32, a *nn.Affine) {
	if *bias == nil {
		*bias = make([]float32, len(a.Scale))
	}
	for c, s := range a.Scale {
		(*bias)[c] = s*(*bias)[c] + a.Shift[c]
	}
	w.scale = a.Scale
}
