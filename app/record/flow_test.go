package record

import (
	"context"
	"errors"
	"image"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// flowing is an engine that is asked for motion.
type flowing struct {
	nn.Engine
	asked int
}

func (f *flowing) NewFlow(int, int, nn.FlowOptions) (nn.Flow, error) {
	f.asked++
	return nil, errors.New("no room")
}

// footage is a film of two pictures.
type footage struct{}

func (footage) Identity() dream.Identity {
	return dream.Identity{Name: "footage", Width: 32, Height: 24, Rate: 10, SHA256: "ab"}
}
func (footage) Rate() float64                      { return 10 }
func (footage) Sized(int, int) *image.RGBA         { return nil }
func (footage) Picture(n int) (*image.RGBA, error) { return dream.Clouds(32, 24, uint64(n)), nil }

// A film that was dreamed when motion was found by the processor is dreamed so again; the recipe of a later one says so.
func TestDeviceFlow(t *testing.T) {
	for _, device := range []bool{true, false} {
		r := Recipe{Seed: 1, Frames: 2, Start: StartOf(footage{}), Changes: []Change{{Settings: dream.Defaults()}}}
		r.Changes[0].Settings.Steps, r.Changes[0].Settings.Octaves = 1, 1
		if !r.Start.DeviceFlow {
			t.Fatal("a new dream's motion is not the device's")
		}
		r.Start.DeviceFlow = device
		again, err := Decode(r.Encode())
		if err != nil {
			t.Fatal(err)
		}
		net := tinyNet()
		e := &flowing{Engine: engineOf(t, net)}
		err = Replay(context.Background(), again, net, e, ReplayOptions{Start: footage{}}, func(*image.RGBA) error { return nil }, func(int, int) {})
		if err != nil || (e.asked > 0) != device {
			t.Errorf("device %t: the engine was asked for motion %d times, %v", device, e.asked, err)
		}
	}
}
