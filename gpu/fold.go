package gpu

import (
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// A picture that only convolutions of stride 2 read lies folded (space to depth): a
// cell holds the colours of 2x2 pixels, colour c of pixel x, y as channel
// 3*(2*(y%2)+x%2)+c of cell x/2, y/2. On that the convolution has stride 1 and half the taps each
// way, its blocks of channels are full, and its way back is one pass rather than four.
const foldedChannels = 12

func foldedChannel(c, y, x int) int { return 3*(2*(y%2)+x%2) + c }

// foldable tells whether the picture may lie folded.
func (l *layout) foldable() bool {
	found := false
	for i, layer := range l.net.Layers {
		if !l.computes(i) || !slices.Contains(layer.In, nn.Picture) {
			continue
		}
		op, ok := layer.Op.(*nn.Conv)
		if !ok || op.Groups != 1 || op.Stride != [2]int{2, 2} || op.Dilation != [2]int{1, 1} {
			return false
		}
		found = true
	}
	return found
}

// newPicture is the view of the input.
func (l *layout) newPicture() *view {
	if l.folded = l.foldable(); l.folded {
		return newView("picture", tensor.Shape{foldedChannels, (l.h + 1) / 2, (l.w + 1) / 2})
	}
	return newView("picture", tensor.Shape{3, l.h, l.w})
}

// pixels is the geometry of a pass over the picture's pixels that reads its blob.
func (l *layout) pixels() header {
	h := l.picture.header()
	h.Width, h.Height = int32(l.w), int32(l.h)
	return h
}

// forwardOf and backwardOf are the walks of a convolution whose input is x.
func (l *layout) forwardOf(op *nn.Conv, x *view) gather {
	y, x1, shift := l.spans(op, x)
	g := forwardOf(y, x1)
	g.folded, g.shift = l.folded && x == l.picture, shift
	return g
}

func (l *layout) backwardOf(op *nn.Conv, x *view) []gather {
	y, x1, shift := l.spans(op, x)
	all := backwardOf(y, x1)
	for i := range all {
		all[i].folded, all[i].shift = l.folded && x == l.picture, shift
	}
	return all
}

// spans lays a convolution out over its input. Over a folded one, tap k of an axis holds
// the weights 2k-shift and 2k-shift+1.
func (l *layout) spans(op *nn.Conv, in *view) (y, x nn.Span, shift [2]int) {
	h, w, folded := in.h, in.w, l.folded && in == l.picture
	if folded {
		h, w = l.h, l.w
	}
	y, x, err := op.Spans(h, w)
	if err != nil {
		panic(err) // the shapes were checked
	}
	if folded {
		y, shift[0] = fold(y)
		x, shift[1] = fold(x)
	}
	return y, x, shift
}

func fold(s nn.Span) (half nn.Span, shift int) {
	shift = s.Pad % 2
	return nn.Span{
		In: (s.In + 1) / 2, Out: s.Out, Kernel: (s.Kernel + shift + 1) / 2, Stride: 1, Dilation: 1, Pad: (s.Pad + 1) / 2,
	}, shift
}

// foldedWeight is the weight between output o and a channel of the folded picture at a tap.
func foldedWeight(op *nn.Conv, o, c, tapY, tapX int, shift [2]int) float32 {
	pixel := c / 3
	ky, kx := 2*tapY+pixel/2-shift[0], 2*tapX+pixel%2-shift[1]
	if s := op.W.Shape(); ky < 0 || kx < 0 || ky >= s[2] || kx >= s[3] {
		return 0
	}
	return weight(op, o, c%3, ky, kx)
}

// setPicture makes a preprocessed input (3,H,W) the plan's.
func (p *plan) setPicture(x *tensor.Dense) {
	l := p.layout
	if l.folded {
		f := nn.NewTensor(tensor.Shape{foldedChannels, l.picture.h, l.picture.w})
		from, to := nn.Floats(x), nn.Floats(f)
		l.eachFolded(func(pixel, at int) { to[at] = from[pixel] })
		x = f
	}
	p.engine.put("picture", l.picture, l.picture.act, x)
}

// pictureGradient is the gradient with respect to that input.
func (p *plan) pictureGradient() *tensor.Dense {
	l := p.layout
	dx := p.engine.get("picture", l.picture, l.picture.grad)
	if l.folded {
		f := dx
		dx = nn.NewTensor(tensor.Shape{3, l.h, l.w})
		from, to := nn.Floats(f), nn.Floats(dx)
		l.eachFolded(func(pixel, at int) { to[pixel] = from[at] })
	}
	return dx
}

// eachFolded visits where each value of an input stands in it, and in the folded one.
func (l *layout) eachFolded(visit func(pixel, at int)) {
	for c := range 3 {
		for y := range l.h {
			for x := range l.w {
				visit((c*l.h+y)*l.w+x, (foldedChannel(c, y, x)*l.picture.h+y/2)*l.picture.w+x/2)
			}
		}
	}
}
