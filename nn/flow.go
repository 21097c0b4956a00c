package nn

import "image"

// FlowEngine is an engine on whose device optical flow is found too, by the algorithm of package app/flow.
type FlowEngine interface {
	Engine
	// NewFlow makes room for the flow between pictures of w x h pixels. The error tells what speaks against it on this
	// device; it leaves the engine as it was, but where the device fails in it.
	NewFlow(w, h int, o FlowOptions) (Flow, error)
}

// FlowOptions say how finely a flow is found.
type FlowOptions struct {
	Levels int // of the pyramid, each of half the size of the one before
	Finest int // the level on which the flow descends last before it does so by the picture's own pixels
	Reach  int // pixels to each side over which means of the flow are taken
}

// Flow finds the motion between two pictures, one after the other by Set, Find and Seen. Its fields of motion are rows of
// two numbers for each pixel, how far what it shows lies to the right and below in the other picture, in pixels. It is used
// by its engine's goroutine.
type Flow interface {
	// Set takes the pictures, and gives the luma (0 to 255, row by row) of each at a level.
	Set(before, now *image.RGBA, level int) (a, b []float32, err error)
	// Level gives those at another level.
	Level(level int) (a, b []float32, err error)
	// Find finds the flow from the first picture to the second and back. Lift is by how much brighter most of the second
	// is, and of the first. It sets miss, for each pixel of the second, to how far the flow back misses its colours; outside
	// the first picture to 8.
	Find(lift [2]float32, miss []float32) error
	// Seen sets the flows, and seen to how sure it is that each pixel of the second picture was seen in the first where
	// the flow back says, 0 to 1: misses up to least are as good as none, and those over most tell of something else.
	Seen(least, most float32, ahead, back [][2]float32, seen []float32) error
	// Release frees the device's memory.
	Release()
}
