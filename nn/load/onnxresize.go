package load

import (
	"fmt"

	"zalgoscope/nn"
)

// resize is Resize and Upsample of all opsets.
func (m *onnx) resize(n *node, in []operand) (value, error) {
	x, err := one(in, 1)
	if err != nil {
		return x, err
	}
	dims := m.dims(x)
	base, err := m.rescale(n)
	if err != nil {
		return x, err
	}
	list, err := m.numbersOf(n, nil, "axes", 0)
	if err != nil {
		return x, err
	}
	if list == nil {
		list = &numbers{ints: upTo(len(dims))}
	}
	for i, axis := range list.ints {
		if axis < 0 {
			list.ints[i] += len(dims)
		}
		if list.ints[i] < 0 || list.ints[i] >= len(dims) {
			return x, fmt.Errorf("resizes axis %d of %v", axis, dims)
		}
	}
	scales, sizes, roi, err := m.extents(n, in, len(list.ints))
	if err != nil {
		return x, err
	}
	if sizes != nil {
		n.keepAspect(list.ints, dims, &scales, &sizes, &base.Round)
	}
	var axes layout
	for i, axis := range list.ints {
		r := base
		if r.Coordinates == nn.TFCropAndResize {
			if roi == nil {
				return x, fmt.Errorf("lacks its roi")
			}
			if r.Roi = [2]float32{roi[i], roi[i+len(list.ints)]}; !(r.Roi[0] < r.Roi[1] && r.Roi[0] > -maxWide && r.Roi[1] < maxWide) {
				return x, unsupported(fmt.Sprintf("its roi is %v", r.Roi))
			}
		}
		if sizes != nil {
			r.Size, r.Of = sizes[i], dims[axis]
		} else {
			r.Scale = scales[i]
		}
		if idle := r.Scale == 1 || sizes != nil && r.Size == r.Of; idle && (r.Coordinates != nn.TFCropAndResize || r.Roi == [2]float32{0, 1}) {
			continue
		}
		if out := r.Cells(dims[axis]); sizes == nil && !(r.Scale >= 1.0/maxWide) || sizes != nil && (r.Size < 1 || r.Size > maxWide) || out < 1 || out > maxWide {
			return x, fmt.Errorf("makes %d cells of %d, by the scale %g", out, dims[axis], r.Scale)
		}
		at, err := m.mapAxis(x, axis)
		if err != nil {
			return x, err
		}
		axes[at] = r
	}
	return m.moved(n.label, x, axes, n.number("extrapolation_value", 0))
}

// rescale is what the attributes say.
func (m *onnx) rescale(n *node) (r nn.Rescale, err error) {
	switch mode := n.word("mode"); mode {
	case "", "NEAREST":
	case "LINEAR", "BILINEAR":
		r.Mode = nn.Linearly
	case "CUBIC":
		r.Mode = nn.Cubic
	default:
		return r, fmt.Errorf("mode is %q", mode)
	}
	if n.kind == "Upsample" || m.opset < 11 {
		r.Coordinates, r.Rounding = nn.Asymmetric, nn.RoundBySize
		return r, nil
	}
	var ok bool
	if r.Coordinates, ok = coordinates[n.word("coordinate_transformation_mode")]; !ok {
		return r, unsupported(fmt.Sprintf("its coordinates are %q", n.word("coordinate_transformation_mode")))
	}
	if r.Rounding, ok = roundings[n.word("nearest_mode")]; !ok {
		return r, fmt.Errorf("nearest_mode is %q", n.word("nearest_mode"))
	}
	r.A = float64(n.number("cubic_coeff_a", -0.75))
	r.ExcludeOutside = n.integer("exclude_outside", 0) != 0
	r.Antialias = n.integer("antialias", 0) != 0
	return r, nil
}

var coordinates = map[string]nn.Coordinates{
	"": nn.HalfPixel, "HALF_PIXEL": nn.HalfPixel, "HALF_PIXEL_SYMMETRIC": nn.HalfPixelSymmetric, "PYTORCH_HALF_PIXEL": nn.PyTorchHalfPixel,
	"ALIGN_CORNERS": nn.AlignCorners, "ASYMMETRIC": nn.Asymmetric, "TF_HALF_PIXEL_FOR_NN": nn.TFHalfPixel, "TF_CROP_AND_RESIZE": nn.TFCropAndResize,
}

var roundings = map[string]nn.Rounding{
	"": nn.RoundHalfDown, "ROUND_PREFER_FLOOR": nn.RoundHalfDown, "ROUND_PREFER_CEIL": nn.RoundHalfUp, "FLOOR": nn.RoundToStart, "CEIL": nn.RoundToEnd,
}

// extents are the scales or the sizes of so many axes, and what of them is shown: the scales of Upsample and of
// opset 10 are the second input or attributes, later ones the third, sizes the fourth.
func (m *onnx) extents(n *node, in []operand, axes int) (scales []float32, sizes []int, roi []float32, err error) {
	at := 2
	if n.kind == "Upsample" || m.opset < 11 {
		at = 1
	} else if len(in) > 1 && in[1].array != nil && in[1].array.len() > 0 {
		if roi, err = in[1].array.floats(2 * axes); err != nil {
			return nil, nil, nil, fmt.Errorf("roi %w", err)
		}
	}
	switch {
	case at < len(in) && in[at].array != nil && in[at].array.len() > 0:
		if scales, err = in[at].array.floats(axes); err != nil {
			err = fmt.Errorf("scales %w", err)
		}
	case at == 2 && len(in) > 3 && in[3].array != nil:
		if sizes, err = in[3].array.ints(); err == nil && len(sizes) != axes {
			err = fmt.Errorf("has %d sizes for %d axes", len(sizes), axes)
		} else if err != nil {
			err = unsupported("its sizes are not constant")
		}
	case n.attrs["scales"].floats != nil:
		a := &array{dims: []int{len(n.attrs["scales"].floats) / 4}, kind: float32s, data: n.attrs["scales"].floats}
		if scales, err = a.floats(axes); err != nil {
			err = fmt.Errorf("scales %w", err)
		}
	case n.has("height_scale") && n.has("width_scale") && axes == 4:
		scales = []float32{1, 1, n.number("height_scale", 1), n.number("width_scale", 1)}
	default:
		err = fmt.Errorf("has neither scales nor sizes")
	}
	return scales, sizes, roi, err
}

func (n *node) has(name string) bool {
	_, ok := n.attrs[name]
	return ok
}

// keepAspect turns sizes into the one scale that a policy keeps on all axes.
func (n *node) keepAspect(axes, dims []int, scales *[]float32, sizes *[]int, round *bool) {
	best, policy := float32(0), n.word("keep_aspect_ratio_policy")
	if policy == "" || policy == "STRETCH" {
		return
	}
	for i, size := range *sizes {
		scale := float32(size) / float32(dims[axes[i]])
		if i == 0 || policy == "NOT_LARGER" && scale < best || policy == "NOT_SMALLER" && scale > best {
			best = scale
		}
	}
	*scales, *sizes, *round = make([]float32, len(axes)), nil, true
	for i := range axes {
		(*scales)[i] = best
	}
}
