package load

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"zalgoscope/nn"
	"zalgoscope/nn/load/prototxt"
)

// unknownSide is the picture size assumed of a net that names none.
const unknownSide = 224

// said is what a file says about itself beside its layers.
type said struct {
	width, height   int       // 0 where unknown
	batch           int       // 0 where unknown
	input           *nn.Input // nil where the file says nothing of pixels
	labels          []string
	producer, graph string
}

// reference is the size at which dense layers see their input.
func (s *said) reference() (w, h int) {
	if s.width == 0 {
		return unknownSide, unknownSide
	}
	return s.width, s.height
}

// size takes the picture's size from the dimensions N,C,H,W of an input; an
// unknown dimension is below one.
func (s *said) size(dims []int64) error {
	if len(dims) == 0 {
		return nil
	}
	if len(dims) != 4 {
		return fmt.Errorf("has %d dimensions, not the 4 of a picture", len(dims))
	}
	if dims[1] != 3 && dims[1] > 0 {
		return fmt.Errorf("has %d channels; only nets that see 3 colours, channels first, can dream", dims[1])
	}
	s.batch = int(max(dims[0], 0))
	if dims[2] < 1 || dims[3] < 1 {
		return nil
	}
	if dims[2] > maxSide || dims[3] > maxSide {
		return fmt.Errorf("is made for pictures of %dx%d; %d is the most", dims[3], dims[2], maxSide)
	}
	s.width, s.height = int(dims[3]), int(dims[2])
	return nil
}

// transform takes what a Caffe data layer does to its pictures.
func (s *said) transform(l *prototxt.Layer) {
	t := l.GetTransformParam()
	if t == nil || len(t.MeanValue) != 1 && len(t.MeanValue) != 3 {
		return
	}
	in := nn.Input{BGR: true, Range: 255 * t.GetScale(), Std: [3]float32{1, 1, 1}}
	for c := range in.Mean {
		in.Mean[c] = t.MeanValue[c%len(t.MeanValue)] * t.GetScale()
	}
	s.input = &in
}

// properties takes ONNX metadata: labels, and input.order, .range, .mean, .std
// and .size. Those that the options override are not looked at.
func (s *said) properties(p map[string]string, o Options) error {
	if text := p["labels"]; text != "" {
		s.labels = parseLabels([]byte(text))
	}
	if size := p["input.size"]; size != "" {
		n, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil || n < 1 || n > maxSide {
			return fmt.Errorf("metadata: input.size is %q, not a number up to %d", cut(size), maxSide)
		}
		s.width, s.height = n, n
	}
	order, scale, mean, std := p["input.order"], p["input.range"], p["input.mean"], p["input.std"]
	if order+scale+mean+std == "" || o.Input != nil {
		return nil
	}
	in, err := ParseInput(nn.DefaultInput(), order, scale, mean, std)
	if err != nil {
		return fmt.Errorf("metadata: %w", err)
	}
	s.input = &in
	return nil
}

// ParseInput changes base as texts say: order "RGB" or "BGR", scale the value
// of white as "0..1", "0..255", "1" or "255", mean and std one number or three
// with commas or spaces between, in input channel order. An empty text changes nothing.
func ParseInput(base nn.Input, order, scale, mean, std string) (nn.Input, error) {
	switch strings.ToUpper(strings.TrimSpace(order)) {
	case "":
	case "RGB":
		base.BGR = false
	case "BGR":
		base.BGR = true
	default:
		return base, fmt.Errorf("order is %q, not RGB or BGR", cut(order))
	}
	switch strings.TrimPrefix(strings.TrimSpace(scale), "0..") {
	case "":
	case "1":
		base.Range = 1
	case "255":
		base.Range = 255
	default:
		return base, fmt.Errorf("range is %q, not 0..1 or 0..255", cut(scale))
	}
	if err := triple("mean", mean, &base.Mean); err != nil {
		return base, err
	}
	if err := triple("std", std, &base.Std); err != nil {
		return base, err
	}
	return base, checkInput(base)
}

func triple(what, text string, to *[3]float32) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	if len(parts) == 1 {
		parts = []string{parts[0], parts[0], parts[0]}
	}
	if len(parts) != 3 {
		return fmt.Errorf("%s is %q, not three numbers", what, cut(text))
	}
	for i, p := range parts {
		v, err := strconv.ParseFloat(p, 32)
		if err != nil {
			return fmt.Errorf("%s is %q, not three numbers", what, cut(text))
		}
		to[i] = float32(v)
	}
	return nil
}

// checkInput refuses preprocessing that would divide by zero or overflow.
func checkInput(in nn.Input) error {
	bad := func(v float32) bool { return math.IsNaN(float64(v)) || math.Abs(float64(v)) > 1e6 }
	for c := range 3 {
		if bad(in.Mean[c]) || bad(in.Std[c]) || in.Std[c] < 1e-6 {
			return fmt.Errorf("mean %v with std %v is no preprocessing", in.Mean, in.Std)
		}
	}
	if bad(in.Range) || in.Range < 1e-6 {
		return fmt.Errorf("a white pixel of %g is no preprocessing", in.Range)
	}
	return nil
}

// cut shortens a text for an error message.
func cut(s string) string {
	const most = 100
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
