package failover

import (
	"errors"
	"image"

	"zalgoscope/nn"
)

var _ nn.FlowEngine = (*engine)(nil)

// flow is a flow on the device of the engine that was at work when it was made.
type flow struct {
	flow nn.Flow
	origin
}

// NewFlow is that of the engine at work, where it has one.
func (e *engine) NewFlow(w, h int, o nn.FlowOptions) (nn.Flow, error) {
	own, ok := e.Engine.(nn.FlowEngine)
	if !ok {
		return nil, errors.New("failover: " + e.Device() + " finds no flow")
	}
	f, err := own.NewFlow(w, h, o)
	if err != nil {
		return nil, e.check(err)
	}
	return &flow{f, origin{e, e.moved}}, nil
}

// do makes a call of the flow's device, while it is at work.
func (f *flow) do(call func() error) error {
	if err := f.here(); err != nil {
		return err
	}
	return f.engine.check(call())
}

func (f *flow) Set(before, now *image.RGBA, level int) (a, b []float32, err error) {
	err = f.do(func() (err error) { a, b, err = f.flow.Set(before, now, level); return err })
	return a, b, err
}

func (f *flow) Level(level int) (a, b []float32, err error) {
	err = f.do(func() (err error) { a, b, err = f.flow.Level(level); return err })
	return a, b, err
}

func (f *flow) Find(lift [2]float32, miss []float32) error {
	return f.do(func() error { return f.flow.Find(lift, miss) })
}

func (f *flow) Seen(least, most float32, ahead, back [][2]float32, seen []float32) error {
	return f.do(func() error { return f.flow.Seen(least, most, ahead, back, seen) })
}

// Release frees the flow, unless it has gone with its device.
func (f *flow) Release() {
	if f.here() == nil {
		f.flow.Release()
	}
}
