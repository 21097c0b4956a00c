package gpu

import "fmt"

// kernel is a way to compute a convolution. All add in the same order.
type kernel struct {
	PX, OC int // positions and blocks of outputs of an invocation
	// Of a work group that shares a tile; 0 for registers alone.
	Rows, Cols int // positions and blocks of outputs
	Depth      int // blocks of inputs at a time
	Texel      bool
}

func (k kernel) String() string {
	name := fmt.Sprintf("%dx%d", k.PX, 4*k.OC)
	if k.Rows > 0 {
		name = fmt.Sprintf("tile %dx%dx%d %s", k.Rows, 4*k.Cols, 4*k.Depth, name)
	}
	if k.Texel {
		name += " texel"
	}
	return name
}

// tiled are the shapes that ggml's Vulkan convolution found best, positions by
// outputs by inputs, the largest first, and a smaller one for maps of 14x14.
var tiled = []kernel{
	{PX: 8, OC: 2, Rows: 128, Cols: 32, Depth: 4},
	{PX: 8, OC: 1, Rows: 128, Cols: 16, Depth: 4},
	{PX: 8, OC: 1, Rows: 256, Cols: 8, Depth: 4},
	{PX: 4, OC: 1, Rows: 32, Cols: 16, Depth: 8},
	{PX: 4, OC: 1, Rows: 32, Cols: 8, Depth: 4},
}

// registers are the shapes without shared memory, the usual best first: seven
// positions divide the maps of a picture of 224 pixels.
var registers = []kernel{{PX: 7, OC: 2}, {PX: 8, OC: 2}, {PX: 4, OC: 2}, {PX: 4, OC: 4}, {PX: 7, OC: 1}, {PX: 8, OC: 1}, {PX: 4, OC: 1}}

// threads is the work group of a tiled kernel, shared the bytes that it shares.
func (k kernel) threads() int { return k.Rows / k.PX * (k.Cols / k.OC) }
func (k kernel) shared() int  { return (k.Rows + 4*k.Cols) * k.Depth * texel }

// able tells whether a kernel can compute the convolution on the device.
func (e *Engine) able(k kernel, c *convolution) bool {
	blocks := int(c.header.Blocks)
	switch {
	case k.Texel && !e.fitsTexels([]use{c.src, c.weights.read(1)}):
		return false
	case k.Texel && c.activated != nil && !e.fitsTexels([]use{*c.activated}):
		return false
	case k.Rows > 0:
		return blocks == c.groupOut4 && k.threads() <= e.device.Limits.Threads && k.shared() <= e.device.Limits.Shared
	}
	return k.OC <= blocks && c.groupOut4%k.OC == 0 || k.OC <= blocks && c.groupOut4 == blocks
}

// candidates are the kernels worth measuring for the convolution, the likely best first.
func (e *Engine) candidates(c *convolution) (all []kernel) {
	all = append(all, e.usual(c))
	add := func(k kernel) {
		if k != all[0] && e.able(k, c) && e.waste(k, c) < 2 {
			all = append(all, k)
		}
	}
	for _, k := range registers {
		k.Texel = true
		add(k)
	}
	if e.device.Software {
		return all
	}
	for _, k := range tiled {
		add(k)
	}
	for _, k := range registers {
		add(k)
	}
	return all
}

// waste is how much more a kernel computes than it must, through ragged ends.
func (e *Engine) waste(k kernel, c *convolution) float64 {
	up := func(n, to int) float64 { return float64((n+to-1)/to*to) / float64(n) }
	blocks := up(int(c.header.Blocks), k.OC)
	if k.Rows > 0 {
		return up(c.walk.grid[0]*c.walk.grid[1], k.Rows) * up(int(c.header.Blocks), k.Cols)
	}
	return up(c.walk.grid[1], k.PX) * blocks
}

// usual is the kernel to begin with: on hardware the largest tile that gives
// each of some 32 cores two of them, on a software rasteriser and where no tile
// fits the registers alone.
func (e *Engine) usual(c *convolution) kernel {
	const enough = 2 * 32
	if !e.device.Software {
		var small *kernel
		for i, k := range tiled {
			if !e.able(k, c) || e.waste(k, c) > 1.5 {
				continue
			}
			small = &tiled[i]
			positions := c.walk.grid[0] * c.walk.grid[1]
			if groups(positions, k.Rows)*groups(int(c.header.Blocks), k.Cols) >= enough {
				return k
			}
		}
		if small != nil {
			return *small
		}
	}
	best, least := kernel{PX: 4, OC: 1}, 0.0
	for _, k := range registers {
		k.Texel = e.device.Software
		if !e.able(k, c) {
			k.Texel = false
		}
		// A position wasted costs as much as one needed; wider tiles load less for each.
		if cost := e.waste(k, c) * (1 + 4/float64(k.PX) + 2/float64(k.OC)); e.able(k, c) && (least == 0 || cost < least) {
			best, least = k, cost
		}
	}
	return best
}
