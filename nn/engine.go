package nn

import (
	"fmt"
	"image"

	"gorgonia.org/tensor"
)

// Engine is one net on one device. It is used by one goroutine at a time; the
// pictures that it made belong to it. The same calls give the same bits.
type Engine interface {
	// Device names what runs the net, such as "cpu avx512, 4 threads".
	Device() string
	// NewPicture makes a black canvas of w x h pixels on the device.
	NewPicture(w, h int) (Canvas, error)
	// NewMemory makes an empty memory, on the device, of a layer of that many channels.
	NewMemory(channels int) (Memory, error)
	// Warp sets every pixel of dst from src: dst(p) = src(m(p)), bilinear. The sizes may differ.
	Warp(dst, src Canvas, m Warp, edge Edge) error
	// Combine sets dst to the weighted sum of canvases of its size, dst itself allowed among them.
	Combine(dst Canvas, terms ...Term) error
	// Mix moves dst to src, both of one size, at each pixel as far as the mask says there: not at all where its red is
	// 0, all the way where it is 255. All three are different canvases.
	Mix(dst, src, mask Canvas) error
	// Hold moves the canvas's tone towards the given one by Tone.Shift and clips to 0..255.
	Hold(c Canvas, tone Tone, amount float32) error
	// Ascend makes one gradient step on the canvas, which the objective's memories remember, and returns the
	// objective's value before it.
	// It is not finite where a value of the gradient or the canvas was not, which Step tells the fate of.
	// A device that works ahead may return the value of an earlier step.
	Ascend(c Canvas, obj Objective, step Step) (score float32, err error)
	// Bend makes the calls that follow run net, a rewriting of the one that the engine was opened
	// with (package bend); nil brings that one back. What both have in common stays on the device, and
	// operations whose parameters change are run as they are at each call. The same net again goes
	// on where it was left, unless another but the engine's own was bent in between.
	Bend(net *Net) error
	// Activation runs the preprocessed input x (3,H,W) forward and returns a layer's output.
	Activation(x *tensor.Dense, layer string) (*tensor.Dense, error)
	// Gradient returns the objective's gradient with respect to the preprocessed input x, and its value. Memories stay as they are.
	Gradient(x *tensor.Dense, obj Objective) (dx *tensor.Dense, score float32, err error)
	// Close frees the device. Canvases are gone with it.
	Close() error
}

// Moved is the error of a call that found its device failed, or its canvases gone with one: the
// engine goes on on another device. All canvases made until then are void: calls that
// are given one, or memories, fail likewise. Whoever wants to go on makes new ones and writes them again.
type Moved struct {
	Device string // that the engine goes on on
	Cause  error  // what the failed device said
}

func (m *Moved) Error() string { return fmt.Sprintf("%v; %s goes on", m.Cause, m.Device) }
func (m *Moved) Unwrap() error { return m.Cause }

// Canvas is a float picture on an engine's device: three colours, nominally 0..255, unbounded while combined.
type Canvas interface {
	Size() (w, h int)
	// Write sets the canvas from an image of its size, whose bounds begin at 0,0.
	Write(m *image.RGBA) error
	// Read sets an image of the canvas's size, rounded to nearest and clipped to 0..255, opaque.
	Read(m *image.RGBA) error
	// Release frees the canvas; it must not be used after.
	Release()
}

// Reading is an image on its way from a canvas.
type Reading interface {
	// Done tells whether Wait would not wait.
	Done() bool
	// Wait returns when the image is set.
	Wait() error
}

// StartRead begins to read a canvas, as it is now, into an image as Canvas.Read does. Where the device can, it
// goes on with other work meanwhile; else the image is set at once. The canvas may be changed before the image
// has come, but neither read again nor released.
func StartRead(c Canvas, m *image.RGBA) (Reading, error) {
	if s, ok := c.(interface {
		StartRead(m *image.RGBA) (Reading, error)
	}); ok {
		return s.StartRead(m)
	}
	return arrived{}, c.Read(m)
}

// arrived is a reading that has ended.
type arrived struct{}

func (arrived) Done() bool  { return true }
func (arrived) Wait() error { return nil }

// Term is one weighted canvas of a Combine.
type Term struct {
	Canvas Canvas
	Weight float32
}

// Step is how Ascend moves: the canvas is rolled by Shift (wrapping round, the
// notebook's jitter), the gradient with respect to the 0..255 pixels is evened out over its levels of detail
// (Depth), divided by its mean absolute value and multiplied by Size, added, rolled back, and clipped to
// 0..255. Where the gradient is zero everywhere the canvas stays as it is. A value of the
// gradient that is not finite counts as zero, and a value of the canvas that is not finite becomes
// mid grey, so that a damaged net cannot spoil more than its own step.
type Step struct {
	Size           float32
	ShiftX, ShiftY int
	Depth          Depth
	Number         int64 // of the step in its dream, from 0: what an engine draws at random follows from it
}

// Warp maps the centre of a target pixel to the point of the source that it
// shows; both count whole pixels from the centre of the top left one:
// x' = A*x + B*y + C, y' = D*x + E*y + F.
type Warp struct{ A, B, C, D, E, F float64 }

// Resize maps a target of dw x dh onto a source of sw x sh, corner pixel on
// corner pixel, as scipy.ndimage.zoom does in the deepdream notebook.
func Resize(dw, dh, sw, sh int) Warp {
	return Warp{A: ratio(sw, dw), E: ratio(sh, dh)}
}

func ratio(src, dst int) float64 {
	if dst < 2 {
		return 0
	}
	return float64(src-1) / float64(dst-1)
}

// Edge says what a warp sees beyond the source's border.
type Edge int

const (
	Mirror Edge = iota // reflected at the outer pixels' centres (d c b | a b c d | c b a)
	Wrap               // the opposite side
)
