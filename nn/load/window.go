package load

import (
	"fmt"

	"zalgoscope/nn"
)

// pool appends a pool of the map's own window.
func (g *graph) pool(l label, in value, p nn.Pool) (value, error) {
	if in.flat && !g.pixel(in) {
		return value{}, unsupported("it pools a flattened map")
	}
	if err := in.first(); err != nil {
		return value{}, err
	}
	if p.Global {
		p.Window = nn.Square(1, 1, 0)
	} else if err := checkWindow(p.Window); err != nil {
		return value{}, err
	}
	if in.pad != [4]int{} && g.absorbsPool(&p, in) {
		if p.IncludePad = p.IncludePad || !p.Max; absorb(&p.Window, in.pad) {
			in.pad = [4]int{}
		}
	}
	return g.add(l, &p, in)
}

// absorbsPool tells whether taking zeros around the map into a pool changes nothing: for a maximum over values that
// are never negative, or a mean that counts its padding.
func (g *graph) absorbsPool(p *nn.Pool, in value) bool {
	switch {
	case p.Global || p.Ceil || p.Norm > 0 || p.Mode != nn.PadExplicit:
		return false
	case p.Max:
		return g.positive(in.layer)
	}
	return p.IncludePad || p.Pad == [4]int{}
}

// positive tells whether a layer's output cannot be negative.
func (g *graph) positive(layer int) bool {
	if layer == nn.Picture {
		return false
	}
	switch op := g.layers[layer].Op.(type) {
	case *nn.ReLU:
		return op.Slope == 0
	case *nn.Clip:
		return op.Min >= 0
	}
	return false
}

// absorbed is the value whose zeros around the map a convolution's window takes in, where it can.
func (g *graph) absorbed(win *nn.Window, in value) (value, error) {
	if absorb(win, in.pad) {
		in.pad = [4]int{}
	}
	return g.settle(in)
}

// absorb takes padding into a window that pads by itself no otherwise.
func absorb(win *nn.Window, pad [4]int) bool {
	if win.Mode != nn.PadExplicit {
		return false
	}
	for i, p := range pad {
		if win.Pad[i]+p > maxWindow {
			return false
		}
	}
	for i, p := range pad {
		win.Pad[i] += p
	}
	return true
}

func checkWindow(w nn.Window) error {
	for _, v := range [][]int{w.Kernel[:], w.Stride[:], w.Dilation[:]} {
		for _, n := range v {
			if n < 1 || n > maxWindow {
				return fmt.Errorf("kernel %v, stride %v, dilation %v: each must be 1 to %d", w.Kernel, w.Stride, w.Dilation, maxWindow)
			}
		}
	}
	for _, n := range w.Pad {
		if n < 0 || n > maxWindow {
			return fmt.Errorf("pad %v: each must be 0 to %d", w.Pad, maxWindow)
		}
	}
	return nil
}
