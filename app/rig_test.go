package app

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"gitlab.com/gomidi/midi/v2/drivers"
)

// rig is a driver with one device of the test's own.
type rig struct {
	name string

	mu     sync.Mutex
	reader *drivers.Reader
	told   []string
}

func (r *rig) Ins() ([]drivers.In, error) { return []drivers.In{r}, nil }

func (r *rig) Outs() ([]drivers.Out, error) { return []drivers.Out{r}, nil }

func (r *rig) String() string { return r.name }

func (r *rig) Close() error { return nil }

func (r *rig) Open() error { return nil }

func (r *rig) IsOpen() bool { return true }

func (r *rig) Number() int { return 0 }

func (r *rig) Underlying() interface{} { return nil }

func (r *rig) Listen(hear func([]byte, int32), _ drivers.ListenConfig) (func(), error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reader = drivers.NewReader(drivers.ListenConfig{}, hear)
	return func() {}, nil
}

func (r *rig) Send(b []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = append(r.told, fmt.Sprintf("% x", b))
	return nil
}

// say says bytes, as the device's cable carries them.
func (r *rig) say(b ...byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reader.EachMessage(b, 0)
}

func (r *rig) wasTold(message ...byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.told, fmt.Sprintf("% x", message))
}

// rigged is a studio without its window that a device plays.
func rigged(t *testing.T, name string) (*studio, *rig) {
	t.Helper()
	r := &rig{name: name}
	s := headless(t, func(c *Config) { c.MIDI = func() (drivers.Driver, error) { return r, nil } })
	s.until(t, "it dreams", func() bool { return s.session != nil })
	s.until(t, "the device is there", func() bool { return s.surfaces.devices != nil && len(s.surfaces.devices.Names()) == 1 && s.told(name) })
	return s, r
}

// tick is what Update does of playing.
func (s *studio) playTick(now time.Time) {
	s.runPosted()
	s.play()
	s.tendSurfaces(now)
	s.attend(now)
}
