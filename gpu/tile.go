package gpu

import "zalgoscope/nn"

// tileSize is the size of the pieces that a canvas is dreamed in: its own where it fits.
func (e *Engine) tileSize(layers []int, w, h int) (int, int) { return w, h }

func (e *Engine) ascendTiles(c *Picture, layers []int, obj nn.Objective, step nn.Step, w, h int) float32 {
	return 0
}
