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
	if p.Dilation != [2]int{1, 1} {
		return value{}, unsupported("it has a dilated window")
	}
	if in.pad != [4]int{} {
		if err := g.absorbPool(&p, in); err != nil {
			return value{}, err
		}
		in.pad = [4]int{}
	}
	return g.add(l, &p, in)
}

// absorbPool takes zeros around the map into a pool where that changes nothing:
// a maximum over values that are never negative, a mean that counts its padding.
func (g *graph) absorbPool(p *nn.Pool, in value) error {
	if p.Global || p.Ceil {
		return unsupported("it pools a padded map")
	}
	if p.Max && !g.positive(in.layer) {
		return unsupported("it takes a maximum over padding")
	}
	if !p.Max && !p.IncludePad {
		if p.Pad != [4]int{} {
			return unsupported("it counts one padding and not the other")
		}
		p.IncludePad = true
	}
	return absorb(&p.Window, in.pad)
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

func absorb(win *nn.Window, pad [4]int) error {
	if pad != [4]int{} && win.Mode != nn.PadExplicit {
		return unsupported("it pads a padded map by itself")
	}
	for i, p := range pad {
		win.Pad[i] += p
	}
	return nil
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
