package nn

import (
	"fmt"
	"image"

	"gorgonia.org/tensor"
)

// Input says what a net expects of its picture: channel c of the input is
// (pixel * Range/255 - Mean[c]) / Std[c], pixel being the 0..255 value of the
// colour that stands at c.
type Input struct {
	Width, Height int        // the size that the net was trained at, 0 where unknown
	BGR           bool       // blue first, as Caffe's nets have it
	Range         float32    // the value of a full white pixel: 1 or 255
	Mean          [3]float32 // in input channel order, in units of Range
	Std           [3]float32 // in input channel order, in units of Range
}

// String tells the input for people: "RGB in 0..1, mean 0.5, spread 0.5".
func (in Input) String() string {
	order := "RGB"
	if in.BGR {
		order = "BGR"
	}
	text := fmt.Sprintf("%s in 0..%g", order, in.Range)
	if in.Mean != [3]float32{} {
		text += ", mean " + three(in.Mean)
	}
	if in.Std != [3]float32{1, 1, 1} {
		text += ", spread " + three(in.Std)
	}
	return text
}

// three is one number where all are alike.
func three(v [3]float32) string {
	if v[0] == v[1] && v[1] == v[2] {
		return fmt.Sprintf("%.4g", v[0])
	}
	return fmt.Sprintf("%.4g, %.4g, %.4g", v[0], v[1], v[2])
}

// DefaultInput is what is assumed of a net that says nothing: RGB in 0..1.
func DefaultInput() Input {
	return Input{Range: 1, Std: [3]float32{1, 1, 1}}
}

// Affine gives the preprocessing as one multiply-add for each input channel:
// x[c] = scale[c]*pixel[Colour(c)] + offset[c] for pixels in 0..255.
func (in Input) Affine() (scale, offset [3]float32) {
	for c := range scale {
		scale[c] = in.Range / 255 / in.Std[c]
		offset[c] = -in.Mean[c] / in.Std[c]
	}
	return scale, offset
}

// Colour is the colour (0 red, 1 green, 2 blue) that stands at input channel c.
func (in Input) Colour(c int) int {
	if in.BGR {
		return 2 - c
	}
	return c
}

// Tensor preprocesses a picture to the net's input of shape 3,H,W.
func (in Input) Tensor(m *image.RGBA) *tensor.Dense {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	x := NewTensor(tensor.Shape{3, h, w})
	data := Floats(x)
	scale, offset := in.Affine()
	for c := range 3 {
		for y := range h {
			row := m.Pix[y*m.Stride+in.Colour(c):]
			out := data[(c*h+y)*w:][:w]
			for i := range out {
				out[i] = scale[c]*float32(row[4*i]) + offset[c]
			}
		}
	}
	return x
}
