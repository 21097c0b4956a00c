package app

import (
	"runtime"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// dot is a net of one layer, so that an hour of frames takes seconds.
func dot() *nn.Net {
	w := nn.NewTensor([]int{4, 3, 3, 3})
	for i, v := range nn.Floats(w) {
		nn.Floats(w)[i] = v + float32(i*7919%13)/6 - 1
	}
	in := nn.Input{Width: 24, Height: 16, Range: 1, Mean: [3]float32{0.5, 0.5, 0.5}, Std: [3]float32{0.25, 0.25, 0.25}}
	conv := &nn.Conv{Window: nn.Square(3, 1, 1), Groups: 1, W: w}
	return &nn.Net{Name: "dot", Input: in, Layers: []nn.Layer{{Name: "conv", Op: conv, In: []int{nn.Picture}}}}
}

// TestHour dreams as many frames as an hour has at five a second, with feedback, the
// ring and the recipe's log: memory stays flat, brightness and contrast within bounds, and
// no goroutine is left.
func TestHour(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	const hour = 5 * 3600
	before := runtime.NumGoroutine()
	settings := dream.Live()
	settings.Layer, settings.Steps, settings.Octaves, settings.Jitter = "conv", 1, 1, 4
	ses, err := newSession(opening{net: dot(), start: dream.Make("static", 24, 16, 1), settings: settings},
		Config{Open: func(net *nn.Net) (nn.Engine, error) { return nn.NewReference(net) }})
	if err != nil {
		t.Fatal(err)
	}
	var early, late uint64
	var m meter
	for m.last == nil || m.last.Number < hour {
		frames, errs := ses.news()
		if len(errs) > 0 {
			t.Fatal(errs[0])
		}
		for _, f := range frames {
			m.frame(f.Frame)
			tone := nn.ToneOf(f.Image)
			if f.Number > 100 && (tone.Mean[0] < 60 || tone.Mean[0] > 195 || tone.Spread[0] < 15 || tone.Spread[0] > 120) {
				t.Fatalf("frame %d has a brightness of %.0f and a contrast of %.0f", f.Number, tone.Mean[0], tone.Spread[0])
			}
		}
		if m.last != nil && early == 0 && m.last.Number > hour/4 {
			early = held()
		}
		time.Sleep(5 * time.Millisecond)
	}
	late = held()
	// The ring holds seconds, of which a fast machine makes more frames.
	frames, _, _ := ses.ring.Held()
	if room := uint64(4<<20 + 4096*frames); late > early+room {
		t.Errorf("the hour's last three quarters took memory from %d to %d bytes", early, late)
	}
	if err := ses.close(); err != nil {
		t.Fatal(err)
	}
	for range 3000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("there were %d goroutines and are %d after closing", before, runtime.NumGoroutine())
}

// held is what is alive on the heap.
func held() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}
