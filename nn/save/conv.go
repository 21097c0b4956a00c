package save

import "zalgoscope/nn"

func init() {
	writes((*graph).conv)
	writes((*graph).convTranspose)
}

func (g *graph) conv(l layer, op *nn.Conv) error {
	s := op.W.Shape()
	in := append(l.in, g.constant(l.name+".weight", nn.Floats(op.W), s...))
	if op.Bias != nil {
		in = append(in, g.constant(l.name+".bias", op.Bias, s[0]))
	}
	g.add("Conv", l.name, l.name, in, append(window(op.Window), integer("group", op.Groups))...)
	return nil
}

func (g *graph) convTranspose(l layer, op *nn.ConvTranspose) error {
	s := op.Conv.W.Shape()
	in := append(l.in, g.constant(l.name+".weight", nn.Floats(op.Conv.W), s...))
	if op.Bias != nil {
		in = append(in, g.constant(l.name+".bias", op.Bias, len(op.Bias)))
	}
	g.add("ConvTranspose", l.name, l.name, in, append(window(op.Conv.Window), integer("group", op.Conv.Groups), integers("output_padding", op.Extra[0], op.Extra[1]))...)
	return nil
}

// window is a window's attributes; the dilation is the third.
func window(w nn.Window) [][]byte {
	out := [][]byte{
		integers("kernel_shape", w.Kernel[0], w.Kernel[1]), integers("strides", w.Stride[0], w.Stride[1]), integers("dilations", w.Dilation[0], w.Dilation[1]),
	}
	switch w.Mode {
	case nn.PadSameUpper:
		return append(out, word("auto_pad", "SAME_UPPER"))
	case nn.PadSameLower:
		return append(out, word("auto_pad", "SAME_LOWER"))
	}
	return append(out, integers("pads", w.Pad[0], w.Pad[1], w.Pad[2], w.Pad[3]))
}
