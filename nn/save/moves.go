package save

import (
	"math"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

func init() {
	writes((*graph).sample)
	writes((*graph).rearrange)
}

// sample writes how a map is laid out anew: rows and columns by one node where they are alike, else by one after the other.
func (g *graph) sample(l layer, op *nn.Sample) error {
	name, in, shapes := l.name, l.in, l.shapes
	if op.Rows == nil {
		g.fit(name, in, shapes)
		return nil
	}
	rows, columns := op.Rows, op.Columns
	if together(rows, columns) {
		return g.lay(name, name, in[0], op, rows, columns)
	}
	x, left := in[0], []nn.Axis{rows, columns}
	for i, axis := range left {
		if _, idle := axis.(nn.Keep); idle {
			continue
		}
		own := [2]nn.Axis{nn.Keep{}, nn.Keep{}}
		own[i] = axis
		out := name
		if i == 0 {
			if _, idle := columns.(nn.Keep); !idle {
				out = g.own(name + "/rows")
			}
		}
		if err := g.lay(name, out, x, op, own[0], own[1]); err != nil {
			return err
		}
		x = out
	}
	if x == in[0] {
		g.add("Identity", name, name, in)
	}
	return nil
}

// together tells whether one node can do both axes.
func together(rows, columns nn.Axis) bool {
	switch r := rows.(type) {
	case nn.Rescale:
		c, ok := columns.(nn.Rescale)
		c.Scale, c.Size, c.Of, c.Roi = r.Scale, r.Size, r.Of, r.Roi
		return ok && c == r
	case nn.Pad:
		c, ok := columns.(nn.Pad)
		return ok && c.With == r.With
	case nn.Crop:
		_, ok := columns.(nn.Crop)
		return ok
	case nn.Tile:
		_, ok := columns.(nn.Tile)
		return ok
	}
	return false
}

// lay writes a node that does an axis, or two alike.
func (g *graph) lay(layer, out, x string, op *nn.Sample, rows, columns nn.Axis) error {
	axes := []nn.Axis{rows, columns}
	some := rows
	if _, idle := rows.(nn.Keep); idle {
		some = columns
	}
	switch a := some.(type) {
	case nn.Rescale:
		return g.resize(layer, out, x, op, a, axes)
	case nn.Pad:
		pads := make([]int, 8)
		for i, axis := range axes {
			if p, ok := axis.(nn.Pad); ok {
				pads[2+i], pads[6+i] = p.Before, p.After
			}
		}
		in := []string{x, g.whole(layer+".pads", pads...)}
		if a.With == nn.FillConstant {
			in = append(in, g.constant(layer+".fill", []float32{op.Fill}))
		}
		g.add("Pad", out, out, in, word("mode", map[nn.Filling]string{nn.FillConstant: "constant", nn.FillEdge: "edge", nn.FillReflection: "reflect", nn.FillWrap: "wrap"}[a.With]))
		if a.With == nn.FillWrap {
			g.since(19)
		}
	case nn.Crop:
		var from, to, which, by []int
		for i, axis := range axes {
			if c, ok := axis.(nn.Crop); ok {
				from, to, which, by = append(from, c.From), append(to, c.To), append(which, 2+i), append(by, c.Step)
			}
		}
		g.add("Slice", out, out, []string{x, g.whole(layer+".starts", from...), g.whole(layer+".ends", to...), g.whole(layer+".axes", which...), g.whole(layer+".steps", by...)})
	case nn.Tile:
		times := []int{1, 1, 1, 1}
		for i, axis := range axes {
			if t, ok := axis.(nn.Tile); ok {
				times[2+i] = t.Times
			}
		}
		g.add("Tile", out, out, []string{x, g.whole(layer+".repeats", times...)})
	case nn.Roll:
		axis := 2
		if _, rolls := rows.(nn.Roll); !rolls {
			axis = 3
		}
		g.roll(layer, out, x, axis, a.By)
	case nn.Fit:
		axis, pads := 2, make([]int, 8)
		if _, fits := rows.(nn.Fit); !fits {
			axis = 3
		}
		if pads[4+axis] = a.To - 1; a.To > 1 {
			x = g.part(layer, "edge", "Pad", []string{x, g.whole(layer+".pads", pads...)}, word("mode", "edge"))
		}
		g.add("Slice", out, out, []string{x, g.whole(layer+".start", 0), g.whole(layer+".end", a.To), g.whole(layer+".axis", axis)})
	case nn.Take:
		axis := 2
		if _, takes := rows.(nn.Take); !takes {
			axis = 3
		}
		cells := g.part(layer, "cells", "Shape", []string{x}, integer("start", axis), integer("end", axis+1))
		list := g.part(layer, "share", "Mul", []string{g.whole(layer+".list", a.From...), cells})
		list = g.part(layer, "list", "Div", []string{list, g.whole(layer+".of", a.Of)})
		g.add("Gather", out, out, []string{x, list}, integer("axis", axis))
	default:
		return unwritten(op)
	}
	return nil
}

// fit writes how a map gets the size of another, which it mostly has at the net's own.
func (g *graph) fit(name string, in []string, shapes []tensor.Shape) {
	if slices.Equal(shapes[0][1:], shapes[1][1:]) {
		g.add("Identity", name, name, in[:1])
		return
	}
	size := g.part(name, "size", "Shape", in[1:], integer("start", 2), integer("end", 4))
	if shapes[0][1] == 1 && shapes[0][2] == 1 {
		whole := g.part(name, "shape", "Concat", []string{g.whole(name+".ones", 1, 1), size}, integer("axis", 0))
		g.add("Expand", name, name, []string{in[0], whole})
		return
	}
	x := in[0]
	for i := range 2 { // the cells up to the size of the other map, beyond the last that one again
		cells := g.part(name, "cells", "Shape", []string{x}, integer("start", 2+i), integer("end", 3+i))
		last := g.part(name, "last", "Sub", []string{cells, g.whole(name+".one", 1)})
		to := g.part(name, "to", "Gather", []string{size, g.scalar(name+".axis", i)}, integer("axis", 0))
		list := g.part(name, "count", "Range", []string{g.scalar(name+".from", 0), to, g.scalar(name+".step", 1)})
		list = g.part(name, "list", "Min", []string{list, last})
		out := name
		if i == 0 {
			out = g.own(name + "/rows")
		}
		g.add("Gather", out, out, []string{x, list}, integer("axis", 2+i))
		x = out
	}
}

// The words of ONNX for what nn.Rescale says.
var (
	coordinates = map[nn.Coordinates]string{
		nn.HalfPixel: "half_pixel", nn.PyTorchHalfPixel: "pytorch_half_pixel", nn.AlignCorners: "align_corners", nn.Asymmetric: "asymmetric",
		nn.TFHalfPixel: "tf_half_pixel_for_nn", nn.TFCropAndResize: "tf_crop_and_resize", nn.HalfPixelSymmetric: "half_pixel_symmetric",
	}
	roundings = map[nn.Rounding]string{nn.RoundHalfDown: "round_prefer_floor", nn.RoundHalfUp: "round_prefer_ceil", nn.RoundToStart: "floor", nn.RoundToEnd: "ceil"}
	modes     = map[nn.RescaleMode]string{nn.NearestCell: "nearest", nn.Linearly: "linear", nn.Cubic: "cubic"}
)

// resize writes Resize. A size that is rounded, for which it has no word, is refused.
func (g *graph) resize(layer, out, x string, op *nn.Sample, r nn.Rescale, axes []nn.Axis) error {
	coordinate, rounding := coordinates[r.Coordinates], roundings[r.Rounding]
	if r.Rounding == nn.RoundBySize && r.Coordinates == nn.Asymmetric && r.Mode != nn.NearestCell {
		rounding = "floor" // of no moment
	}
	scales, roi := []float32{1, 1, 1, 1}, []float32{0, 0, 0, 0, 1, 1, 1, 1}
	for i, axis := range axes {
		s, ok := axis.(nn.Rescale)
		if !ok {
			continue
		}
		if scales[2+i] = s.Scale; s.Scale == 0 {
			scales[2+i] = float32(s.Size) / float32(s.Of)
			if int(float32(s.Of)*scales[2+i]) < s.Size { // what Resize cuts
				scales[2+i] = math.Nextafter32(scales[2+i], float32(s.Size))
			}
		}
		roi[2+i], roi[6+i] = s.Roi[0], s.Roi[1]
		if rounding == "" && s.Rounding == nn.RoundBySize {
			rounding = "floor"
			if scales[2+i] < 1 {
				rounding = "ceil"
			}
		}
	}
	switch {
	case rounding == "" || r.Round:
		return unwritten(op)
	case r.Coordinates == nn.HalfPixelSymmetric:
		g.since(19)
	case r.Antialias:
		g.since(18)
	}
	in := []string{x, "", g.constant(layer+".scales", scales, 4)}
	attributes := [][]byte{word("mode", modes[r.Mode]), word("coordinate_transformation_mode", coordinate), word("nearest_mode", rounding), real("cubic_coeff_a", float32(r.A))}
	if r.Antialias {
		attributes = append(attributes, integer("antialias", 1))
	}
	if r.ExcludeOutside {
		attributes = append(attributes, integer("exclude_outside", 1))
	}
	if r.Coordinates == nn.TFCropAndResize {
		in[1] = g.constant(layer+".roi", roi, 8)
		attributes = append(attributes, real("extrapolation_value", op.Fill))
	}
	g.add("Resize", out, out, in, attributes...)
	return nil
}

// rearrange writes a choice of channels and what exchanges positions and channels.
func (g *graph) rearrange(l layer, op *nn.Rearrange) error {
	name, x, in := l.name, l.in[0], l.shapes[0]
	if in[1]%op.In[0] != 0 || in[2]%op.In[1] != 0 {
		return unwritten(op) // cells that are cut
	}
	square := op.In[0] == op.In[1] && op.Out[0] == op.Out[1]
	cells := "" // rows and columns of them, where those are not square
	if !square {
		size := g.part(name, "size", "Shape", []string{x}, integer("start", 2), integer("end", 4))
		cells = g.part(name, "grid", "Div", []string{size, g.whole(name+".cell", op.In[0], op.In[1])})
	}
	switch {
	case op.In == [2]int{1, 1}:
	case square:
		x = g.part(name, "cells", "SpaceToDepth", []string{x}, integer("blocksize", op.In[0]))
	default:
		rows, columns := g.at(name, cells, 0), g.at(name, cells, 1)
		dims := g.part(name, "dims", "Concat", []string{g.whole(name+".map", 0, in[0]), rows, g.whole(name+".high", op.In[0]), columns, g.whole(name+".wide", op.In[1])}, integer("axis", 0))
		x = g.part(name, "apart", "Reshape", []string{x, dims})
		x = g.part(name, "turned", "Transpose", []string{x}, integers("perm", 0, 3, 5, 1, 2, 4))
		dims = g.part(name, "dims", "Concat", []string{g.whole(name+".depth", 0, in[0]*op.In[0]*op.In[1]), cells}, integer("axis", 0))
		x = g.part(name, "cells", "Reshape", []string{x, dims})
	}
	from, last := op.From, op.Out == [2]int{1, 1}
	if slices.Min(from) < 0 { // the value after the last is what fills
		from = slices.Clone(from)
		for i, v := range from {
			if v < 0 {
				from[i] = -1
			}
		}
		x = g.part(name, "filled", "Pad", []string{x, g.whole(name+".pads", 0, 0, 0, 0, 0, 1, 0, 0), g.constant(name+".fill", []float32{op.Fill})})
	}
	list := g.whole(name+".channels", from...)
	if last {
		g.add("Gather", name, name, []string{x, list}, integer("axis", 1))
		return nil
	}
	x = g.part(name, "channels", "Gather", []string{x, list}, integer("axis", 1))
	if square {
		g.add("DepthToSpace", name, name, []string{x}, integer("blocksize", op.Out[0]), word("mode", "DCR"))
		return nil
	}
	dims := g.part(name, "dims", "Concat", []string{g.whole(name+".cells", 0, op.Out[0], op.Out[1], op.Channels()), cells}, integer("axis", 0))
	x = g.part(name, "apart", "Reshape", []string{x, dims})
	x = g.part(name, "turned", "Transpose", []string{x}, integers("perm", 0, 3, 4, 1, 5, 2))
	size := g.part(name, "high", "Mul", []string{cells, g.whole(name+".out", op.Out[0], op.Out[1])})
	dims = g.part(name, "dims", "Concat", []string{g.whole(name+".whole", 0, op.Channels()), size}, integer("axis", 0))
	g.add("Reshape", name, name, []string{x, dims})
	return nil
}

// at is a list of a number of another.
func (g *graph) at(layer, list string, i int) string {
	return g.part(layer, "one", "Gather", []string{list, g.whole(layer+".at", i)}, integer("axis", 0))
}
