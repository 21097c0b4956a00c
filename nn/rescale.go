package nn

import "math"

// Rescale makes an axis longer or shorter, as ONNX Resize and Upsample do. Coordinates are computed in
// single precision, as ONNX Runtime does, for on them hangs which cell is nearest.
type Rescale struct {
	Scale          float32 // output cells of one of the input; 0 for those of Size
	Size, Of       int     // Of cells become Size, and others in proportion
	Round          bool    // the size by Scale is rounded and not cut
	Mode           RescaleMode
	Coordinates    Coordinates
	Rounding       Rounding
	A              float64 // of the cubic's kernel
	ExcludeOutside bool    // what lies beyond the map counts nothing; else it is like the last cell
	Antialias      bool    // makes the kernel as wide as the cells that become one
	Roi            [2]float32
}

// RescaleMode is the kernel.
type RescaleMode int

const (
	NearestCell RescaleMode = iota
	Linearly
	Cubic
)

// Coordinates is where an output cell lies on the input.
type Coordinates int

const (
	HalfPixel Coordinates = iota
	HalfPixelSymmetric
	PyTorchHalfPixel
	AlignCorners // the last cell lies on the map's last, as PyTorch and ONNX Runtime have it, whatever of Scale's size is cut
	Asymmetric
	TFHalfPixel
	TFCropAndResize // cells of Roi, in shares of the map; those beyond the map have no taps
)

// Rounding is how a coordinate is rounded to a cell.
type Rounding int

const (
	RoundHalfDown Rounding = iota
	RoundHalfUp
	RoundToStart
	RoundToEnd
	RoundBySize // up where the map shrinks, else down (before opset 11)
)

func (o Rescale) Cells(n int) int {
	if o.Scale == 0 {
		return max((2*n*o.Size+o.Of)/(2*o.Of), 1)
	}
	size := float32(n) * o.Scale
	if o.Round {
		size += 0.5
	}
	return max(int(size), 1)
}

func (o Rescale) Taps(n int) *Taps {
	t, size := newTaps(n), o.Cells(n)
	scale := o.Scale
	if scale == 0 {
		scale = float32(size) / float32(n)
	}
	for i := range size {
		x := float32(i)
		if scale != 1 || o.Coordinates == TFCropAndResize {
			x = o.place(i, scale, size, n)
		}
		switch outside := x < 0 || x > float32(n-1); {
		case outside && o.Coordinates == TFCropAndResize:
		case o.Mode == NearestCell:
			t.tap(min(max(o.round(x, scale), 0), n-1), 1)
		default:
			o.kernel(t, float64(x), float64(scale))
		}
		t.end()
	}
	return t
}

// place is the coordinate of output cell i of size on a map of n cells.
func (o Rescale) place(i int, scale float32, size, n int) float32 {
	x, in, out := float32(i), float32(n), float32(size)
	switch o.Coordinates {
	case HalfPixelSymmetric:
		offset := in / 2 * (1 - out/(scale*in))
		return float32(float64(offset) + (float64(x)+0.5)/float64(scale) - 0.5) // in double precision, as ONNX Runtime has it here alone
	case PyTorchHalfPixel:
		if size == 1 {
			return 0
		}
	case AlignCorners:
		if out == 1 {
			return 0
		}
		return x * (in - 1) / (out - 1)
	case Asymmetric:
		return x / scale
	case TFHalfPixel:
		return (x + 0.5) / scale
	case TFCropAndResize:
		if size == 1 {
			return 0.5 * (o.Roi[0] + o.Roi[1]) * (in - 1)
		}
		return o.Roi[0]*(in-1) + x*(o.Roi[1]-o.Roi[0])*(in-1)/(out-1)
	}
	return (x+0.5)/scale - 0.5
}

func (o Rescale) round(x, scale float32) int {
	v := float64(x)
	if half := math.Floor(v) + 0.5; math.Abs(v-half) < 1e-6*max(half, 1) {
		v = half // but for rounding
	}
	switch o.Rounding {
	case RoundHalfUp:
		return int(math.Floor(v + 0.5))
	case RoundToStart:
		return int(math.Floor(v))
	case RoundToEnd:
		return int(math.Ceil(v))
	case RoundBySize:
		if scale < 1 {
			return int(math.Ceil(v))
		}
		return int(v)
	}
	return int(math.Ceil(v - 0.5))
}

// kernel adds the taps around x, whose weights sum to one.
func (o Rescale) kernel(t *Taps, x, scale float64) {
	weigh, reach, narrow := linear, 1.0, 1.0
	if o.Mode == Cubic {
		weigh, reach = o.cubic, 2
	}
	if o.Antialias && scale < 1 {
		reach, narrow = reach/scale, scale
	}
	var cells []int
	var weights []float64
	sum := 0.0
	for cell := int(math.Ceil(x - reach)); float64(cell) <= x+reach; cell++ {
		w := weigh(math.Abs(float64(cell)-x) * narrow)
		at := min(max(cell, 0), t.In-1)
		if w == 0 || at != cell && o.ExcludeOutside {
			continue
		}
		sum += w
		if k := len(cells) - 1; k >= 0 && cells[k] == at {
			weights[k] += w
		} else {
			cells, weights = append(cells, at), append(weights, w)
		}
	}
	for k, cell := range cells {
		t.tap(cell, float32(weights[k]/sum))
	}
}

func linear(d float64) float64 { return max(1-d, 0) }

func (o Rescale) cubic(d float64) float64 { return Keys(d, o.A) }

// Keys is the kernel of cubic convolution with parameter a at a distance of d cells (Keys, "Cubic convolution interpolation for digital
// image processing", 1981).
func Keys(d, a float64) float64 {
	switch {
	case d < 1:
		return ((a+2)*d-(a+3))*d*d + 1
	case d < 2:
		return a * (((d-5)*d+8)*d - 4)
	}
	return 0
}
