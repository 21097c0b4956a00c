//go:build unix

package midi

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"gitlab.com/gomidi/midi/v2"

	"zalgoscope/app/control/surface"
	"zalgoscope/app/toolstest"
)

// inputs is what bytes of a device say was done.
func inputs(t *testing.T, b []byte) (list []surface.Input, ticks int) {
	t.Helper()
	var d decoder
	var c Clock
	now := time.Now()
	p := newParser(func(m midi.Message) {
		if c.hear(m, now) {
			ticks++
			return
		}
		list = append(list, d.decode(m, now)...)
	})
	p.write(b)
	return append(list, d.flush(now.Add(time.Second))...), ticks
}

// names are the controls and values of inputs, without pairs of 14 bits where they are not asked for.
func names(list []surface.Input) (got []string) {
	for _, in := range list {
		got = append(got, fmt.Sprintf("%s=%d", in.Control, in.Raw))
	}
	return got
}

// Byte streams as devices send them, and as cables cut them.
func TestStreams(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes []byte
		want  []string
		ticks int
	}{
		{"a controller", []byte{0xb0, 70, 64}, []string{"cc 1 70=64"}, 0},
		{"running status", []byte{0xb3, 70, 1, 70, 2, 71, 3}, []string{"cc 4 70=1", "cc 4 70=2", "cc 4 71=3"}, 0},
		{"clock inside a message", []byte{0xb0, 0xf8, 70, 0xf8, 64, 0xf8, 70, 0xf8, 65}, []string{"cc 1 70=64", "cc 1 70=65"}, 4},
		{"active sensing inside", []byte{0x90, 60, 0xfe, 100}, []string{"note 1 60=100"}, 0},
		{"a key at no velocity", []byte{0x9f, 60, 100, 60, 0, 0x8f, 61, 64}, []string{"note 16 60=100", "note 16 60=0", "note 16 61=0"}, 0},
		{"the wheel", []byte{0xe0, 0, 64, 127, 127, 0, 0}, []string{"bend 1=8192", "bend 1=16383", "bend 1=0"}, 0},
		{"a program", []byte{0xc1, 5}, []string{"program 2=5", "program 2 5=5"}, 0},
		{"pressure", []byte{0xd0, 5, 6}, []string{"pressure 1=5", "pressure 1=6"}, 0},
		{"a message of a device's own between, with the clock in it", append(append([]byte{0xb0, 70, 1, 0xf0}, slices.Repeat([]byte{1, 0xf8}, 3000)...), 0xf7, 0xb0, 70, 2), []string{"cc 1 70=1", "cc 1 70=2"}, 3000},
		{"a message that is cut off", []byte{0xb0, 70, 0x90, 60, 100}, []string{"note 1 60=100"}, 0},
		{"one that a device's own cuts off", []byte{0xb0, 70, 0xf0, 1, 2, 0xf7, 0xb0, 71, 3}, []string{"cc 1 71=3"}, 0},
		{"the middle of a message first", []byte{64, 64, 0xb0, 70, 1}, []string{"cc 1 70=1"}, 0},
		{"what ends running status", []byte{0xb0, 70, 1, 0xf6, 70, 2, 0xb0, 70, 3}, []string{"cc 1 70=1", "cc 1 70=3"}, 0},
		{"song position and time code", []byte{0xf2, 1, 2, 0xf1, 3, 0xf3, 4, 0xb0, 70, 3}, []string{"cc 1 70=3"}, 0},
		{"14 bits, the upper half first", []byte{0xb0, 1, 0x40, 33, 0x01}, []string{"cc 1 1=64", "cc 1 33=1", "cc14 1 1=8193"}, 0},
		{"14 bits, the lower half first", []byte{0xb0, 33, 0x01, 1, 0x40}, []string{"cc 1 33=1", "cc 1 1=64", "cc14 1 1=8193"}, 0},
		{"14 bits, the upper half once", []byte{0xb0, 1, 0x40, 33, 1, 33, 2}, []string{"cc 1 1=64", "cc 1 33=1", "cc14 1 1=8193", "cc 1 33=2", "cc14 1 1=8194"}, 0},
		{"7 bits alone", []byte{0xb0, 1, 64}, []string{"cc 1 1=64"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, ticks := inputs(t, c.bytes)
			if got := names(list); !slices.Equal(got, c.want) || ticks != c.ticks {
				t.Errorf("got %q and %d ticks, want %q and %d", got, ticks, c.want, c.ticks)
			}
		})
	}
}

// A fader of 14 bits that goes all the way stands right after each pair, whichever half comes first, and never jumps.
func TestPairs(t *testing.T) {
	for name, order := range map[string][2]int{"upper first": {0, 1}, "lower first": {1, 0}} {
		var d decoder
		now := time.Now()
		for v := range 1 << 14 {
			half := [2]uint8{uint8(v >> 7), uint8(v & 127)}
			var got []int
			for _, which := range order {
				for _, in := range d.decode(midi.ControlChange(2, uint8(5+32*which), half[which]), now) {
					if in.Control == "cc14 3 5" {
						got = append(got, in.Raw)
					}
				}
			}
			now = now.Add(time.Millisecond)
			for _, in := range d.flush(now) {
				got = append(got, in.Raw)
			}
			if !slices.Equal(got, []int{v}) {
				t.Fatalf("%s: at %d it says %v", name, v, got)
			}
		}
	}
}

// Anything at all is heard without a crash, and nothing out of range comes of it.
func FuzzStream(f *testing.F) {
	f.Add([]byte{0xb0, 70, 0x90, 60, 100})
	f.Add([]byte{0xf0, 1, 0xf8, 0xf7, 0xf4, 1, 0xf5, 0xfd, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _ := inputs(t, b)
		for _, in := range list {
			if !(in.Value >= 0 && in.Value <= 1) {
				t.Errorf("%s stands at %g", in.Control, in.Value)
			}
		}
	})
}

// ticking is a clock that has ticked so often by a tempo, each tick late by up to so much.
func ticking(tempo float64, ticks int, late time.Duration) (*Clock, time.Time) {
	var c Clock
	rng := rand.New(rand.NewPCG(1, uint64(tempo)))
	start := time.Now()
	now := start
	c.hear(midi.Start(), now)
	for i := range ticks {
		now = start.Add(time.Duration(float64(i) * 60 / tempo / perBeat * float64(time.Second)))
		c.hear(midi.TimingClock(), now.Add(time.Duration(rng.Float64()*float64(late))))
	}
	return &c, now
}

func TestClock(t *testing.T) {
	for _, tempo := range []float64{30, 60, 120, 174, 300} {
		c, now := ticking(tempo, 10*perBeat+12+1, 3*time.Millisecond)
		b := c.beat(now.Add(3 * time.Millisecond))
		if math.Abs(b.Tempo-tempo) > 0.005*tempo || b.Count != 10 || math.Abs(b.Phase-0.5) > 0.06 {
			t.Errorf("%g a minute is heard as %+v", tempo, b)
		}
		if b := c.beat(now.Add(time.Second)); b.Tempo != 0 {
			t.Errorf("a clock that is silent has a tempo of %g", b.Tempo)
		}
		c.hear(midi.Stop(), now)
		if b := c.beat(now); b.Tempo != 0 {
			t.Errorf("a clock that was stopped has a tempo of %g", b.Tempo)
		}
		c.hear(midi.Continue(), now)
		if b := c.beat(now); b.Count != 10 {
			t.Errorf("it goes on at beat %d", b.Count)
		}
	}
	var none Clock
	if b := none.beat(time.Now()); b != (Beat{}) {
		t.Errorf("without a clock there is %+v", b)
	}
	// Another tempo is taken up.
	c, now := ticking(120, 200, 0)
	for i := range mostTicks {
		c.hear(midi.TimingClock(), now.Add(time.Duration(i+1)*10*time.Millisecond))
	}
	if b := c.beat(now.Add(mostTicks * 10 * time.Millisecond)); math.Abs(b.Tempo-250) > 0.5 {
		t.Errorf("the new tempo is %g", b.Tempo)
	}
}

// heard collects what devices say.
type heard struct {
	mu    sync.Mutex
	list  []string
	notes []Note
}

func (h *heard) hear(device string, in surface.Input, _ time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list = append(h.list, fmt.Sprintf("%s: %s=%d", device, in.Control, in.Raw))
}

func (h *heard) note(n Note) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notes = append(h.notes, n)
}

func (h *heard) all() (list []string, notes []Note) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.list), slices.Clone(h.notes)
}

// Devices that are plugged in are heard and told things, two of a name are kept apart, and one that comes back is heard again.
func TestHotPlug(t *testing.T) {
	var b bench
	first := b.plug("Pads")
	var h heard
	d := Open(&b, h.hear, h.note)
	defer d.Close()
	toolstest.Until(t, "the first is heard", func() bool { return len(d.Names()) == 1 })
	first.say(0x90, 1, 2)
	second := b.plug("Pads")
	toolstest.Until(t, "the second is heard", func() bool { return len(d.Names()) == 2 })
	second.say(0x90, 3, 4)
	list, _ := h.all()
	if want := []string{"Pads: note 1 1=2", "Pads (2): note 1 3=4"}; !slices.Equal(list, want) {
		t.Errorf("heard %q, want %q", list, want)
	}
	d.Tell("Pads (2)", []surface.Light{{Control: "note 1 3", Value: 5}, {Control: "cc14 2 1", Value: 8193}, {Control: "bend 1", Value: 16383}, {Control: "cc 3 9", Value: 7}})
	toolstest.Until(t, "it is told", func() bool { second.mu.Lock(); defer second.mu.Unlock(); return len(second.told) == 5 })
	if want := [][]byte{{0x90, 3, 5}, {0xb1, 1, 64}, {0xb1, 33, 1}, {0xe0, 127, 127}, {0xb2, 9, 7}}; !slices.EqualFunc(second.told, want, slices.Equal) || len(first.told) > 0 {
		t.Errorf("told % x, want % x", second.told, want)
	}
	// One that was away for less than a look has the same number, but hears and is heard by nobody until it is opened again.
	second.mu.Lock()
	second.open, second.parser, second.told = false, newParser(func(midi.Message) {}), nil
	second.mu.Unlock()
	toolstest.Until(t, "the second is opened again", second.IsOpen)
	toolstest.Until(t, "that is told", func() bool { _, notes := h.all(); return len(notes) == 4 })
	second.say(0x90, 5, 6)
	if list, notes := h.all(); list[len(list)-1] != "Pads (2): note 1 5=6" || !notes[2].Gone || notes[3] != (Note{Device: "Pads (2)"}) {
		t.Errorf("heard %q, with the notes %v", list, notes)
	}
	b.unplug(second)
	b.unplug(first)
	toolstest.Until(t, "both are gone", func() bool { return len(d.Names()) == 0 })
	again := b.plug("Pads")
	toolstest.Until(t, "it is back", func() bool { return len(d.Names()) == 1 })
	again.say(0xb0, 70, 1)
	list, notes := h.all()
	if list[len(list)-1] != "Pads: cc 1 70=1" || len(notes) != 7 {
		t.Errorf("heard %q, with the notes %v", list, notes)
	}
}

// The clock of one device counts, until it is silent.
func TestWhoseClock(t *testing.T) {
	var b bench
	b.plug("One")
	b.plug("Two")
	var h heard
	d := Open(&b, h.hear, h.note)
	defer d.Close()
	toolstest.Until(t, "both are heard", func() bool { return len(d.Names()) == 2 })
	start := time.Now()
	ticks := func(device string, from, n int) (now time.Time) {
		d.mu.Lock()
		p := d.ports[device]
		d.mu.Unlock()
		p.mu.Lock()
		defer p.mu.Unlock()
		for i := range n {
			now = start.Add(time.Duration(from+i) * 10 * time.Millisecond)
			p.clock.hear(midi.TimingClock(), now)
		}
		return now
	}
	now := ticks("Two", 0, 60)
	if got := d.Beat(now); math.Abs(got.Tempo-250) > 1 || d.clock != "Two" {
		t.Errorf("the clock of %q has %+v", d.clock, got)
	}
	ticks("One", 0, 60)
	now = ticks("Two", 60, 60)
	if d.Beat(now); d.clock != "Two" {
		t.Errorf("the clock of %q counts, though that of Two goes on", d.clock)
	}
	now = ticks("One", 60, 120)
	if got := d.Beat(now); math.Abs(got.Tempo-250) > 1 || d.clock != "One" {
		t.Errorf("the clock of %q has %+v when that of Two is silent", d.clock, got)
	}
	if got := d.Beat(now.Add(2 * pause)); got.Tempo != 0 {
		t.Errorf("a silent clock has %+v", got)
	}
}

// Windows names both ways of a device's second port alike, but for the word.
func TestPlainName(t *testing.T) {
	for name, want := range map[string]string{
		"nanoKONTROL2": "nanoKONTROL2", "MIDIIN2 (APC mini mk2)": "APC mini mk2 2", "MIDIOUT2 (APC mini mk2)": "APC mini mk2 2",
		"MIDIIN3 (a device with a long n": "a device with a long 3", "MIDIOUT3 (a device with a long ": "a device with a long 3",
	} {
		if got := plainName(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// A device whose bytes come by a pipe is heard, is heard again when it was away, and anything else is refused.
func TestRaw(t *testing.T) {
	path := filepath.Join(t.TempDir(), "device")
	var h heard
	d := Open(Raw(path), h.hear, h.note)
	defer d.Close()
	for round := range 2 {
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatal(err)
		}
		toolstest.Until(t, "it is heard", func() bool { return len(d.Names()) == 1 })
		w, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 1000 {
			if _, err := w.Write([]byte{0xb0, 70, byte(i % 128)}); err != nil {
				t.Fatal(err)
			}
		}
		toolstest.Until(t, "all is heard", func() bool { list, _ := h.all(); return len(list) == 1000*(round+1) })
		w.Close()
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		toolstest.Until(t, "it is gone", func() bool { return len(d.Names()) == 0 })
	}
	if err := os.WriteFile(path, []byte{0xb0, 70, 1}, 0o600); err != nil {
		t.Fatal(err)
	}
	toolstest.Until(t, "a plain file is refused", func() bool { _, notes := h.all(); return notes[len(notes)-1].Err != nil })
}
