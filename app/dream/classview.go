package dream

import (
	"fmt"

	"zalgoscope/nn"
)

// ClassFrames is in how many frames from static a class is told best; later the picture moves on.
const ClassFrames = 16

// OfClass is how a label of a net is shown by itself: the knobs for some ClassFrames frames from static, and the side of a square
// canvas in px, about as large as the net's own pictures, so that a thing fills one as it filled those. All levels of detail count
// alike, and the frame turns and grows a little each time, so that what is seen from anywhere remains: forms, and no grain.
func OfClass(net *nn.Net, label int) (Settings, int) {
	s := Defaults()
	s.Layer, s.Channel = net.Layers[net.Scores()].Name, fmt.Sprint(label)
	s.Step, s.Steps, s.Octaves, s.OctaveScale, s.Jitter = 2, 6, 2, 2, 6
	s.Zoom, s.Rotate, s.Hold, s.Depth, s.DepthLevels = 0.015, 3, 0.5, 1, 5
	side, _ := net.Size()
	return s, min(max(side, 64), 112)
}
