package govern

import (
	"image"
	"math/rand/v2"
	"testing"
	"time"
)

// engine takes its time over a dream.
type engine struct {
	speed float64 // pixels a second
	noise float64 // share by which a dream may take longer or shorter
	fixed float64 // seconds of every dream
	setup float64 // seconds more of a size's first dream
}

// play has a canvas dreamed on an engine for so many seconds, and gives how often its size changed and the
// longer side that was least.
func play(c *Canvas, e engine, asked, room, seconds float64) (changes int, least float64) {
	rng := rand.New(rand.NewPCG(1, 2))
	least = c.Side
	fresh := true
	for t := 0.0; t < seconds; {
		w, h := c.Size()
		took := (e.fixed + w*h/e.speed) * (1 + e.noise*(2*rng.Float64()-1))
		if fresh {
			took += e.setup
		}
		t += took
		c.Dreamed(time.Duration(took * float64(time.Second)))
		fresh = c.Govern(asked, func() float64 { return room })
		if fresh {
			changes++
		}
		least = min(least, c.Side)
	}
	return changes, least
}

func TestGovern(t *testing.T) {
	const floor = 240 * 400 / 250 // longer side of 240 pixels at 640x400
	for _, c := range []struct {
		name        string
		sharp       bool
		engine      engine
		begin       float64
		asked, room float64
		min, max    float64 // of the longer side at the end
		changes     int     // at most, in two minutes
	}{
		{"quick, at once as large as the window shows", false, engine{speed: 5e7}, floor, 0, 960, 960, 960, 1},
		{"quick enough for the newcomer's size", false, engine{speed: 7 * 640 * 400}, floor, 0, 960, 600, 680, 1},
		{"some dreams a second at the floor", false, engine{speed: 5 * floor * 240}, floor, 0, 960, floor, floor, 0},
		{"a dream a second at the floor, which stays", false, engine{speed: floor * 240}, floor, 0, 960, floor, floor, 0},
		{"a dream a second from large, with noise", false, engine{speed: floor * 240, noise: 0.4, setup: 1}, 1280, 0, 960, floor, floor, 2},
		{"a dream in two seconds is just possible", false, engine{speed: 0.51 * floor * 240, noise: 0.2}, floor, 0, 960, 300, floor, 3},
		{"a dream in three seconds at the floor, which gives way", false, engine{speed: 0.33 * floor * 240}, floor, 0, 960, 220, 320, 3},
		{"far too slow", false, engine{speed: 2000}, floor, 0, 960, smallest, smallest, 2},
		{"from small up to the floor", false, engine{speed: 2 * floor * 240}, 128, 0, 960, floor, floor, 1},
		{"sharp: the same engine has a larger canvas", true, engine{speed: 5 * floor * 240, noise: 0.2}, floor, 0, 1400, 800, 1100, 2},
		{"sharp: no larger than the window", true, engine{speed: 5e6, noise: 0.2}, floor, 0, 960, 960, 960, 1},
		{"sharp: too slow for it", true, engine{speed: 0.8 * floor * 240, noise: 0.2}, floor, 0, 960, floor, floor, 0},
		{"a small canvas is asked for", false, engine{speed: 1e7}, 200, 200, 960, 200, 200, 0},
		{"a large one is asked for", false, engine{speed: 8 * 384 * 240}, 2000, 2000, 2000, floor, 460, 2},
		{"dreams that cost little by size", false, engine{speed: 3e6, fixed: 0.2, noise: 0.3}, 1200, 0, 1200, floor, 1200, 3},
	} {
		canvas := Canvas{Shape: image.Pt(640, 400), Sharp: c.sharp}
		canvas.Resize(c.begin)
		changes, least := play(&canvas, c.engine, c.asked, c.room, 120)
		if canvas.Side < c.min || canvas.Side > c.max {
			t.Errorf("%s: the longer side settles at %g, want %g to %g", c.name, canvas.Side, c.min, c.max)
		}
		if changes > c.changes {
			t.Errorf("%s: the size changed %d times in two minutes, want %d at most", c.name, changes, c.changes)
		}
		if possible := c.engine.speed/(floor*240) >= 0.6 && c.asked == 0; possible && least < min(floor, c.begin) {
			t.Errorf("%s: the longer side fell to %g, below the floor, where a dream in two seconds is possible", c.name, least)
		}
	}
}

// TestReach asks for sizes that are dreamed in time, and for one whose first dream would take a minute.
func TestReach(t *testing.T) {
	for _, c := range []struct {
		name        string
		sharp       bool
		dreams      int // that were measured
		speed       float64
		asked, want float64
	}{
		{"smaller", false, 20, 6 * 384 * 240, 200, 200},
		{"larger, and quick enough", false, 20, 20 * 384 * 240, 640, 640},
		{"far larger", false, 20, 16 * 384 * 240, 3200, 768},
		{"far larger on a slow machine", false, 20, 384 * 240, 3200, 384},
		{"far larger, sharp", true, 20, 8 * 384 * 240, 3200, 1536},
		{"larger, when nothing is known", false, 0, 1e9, 3200, 384},
		{"smaller, when nothing is known", false, 0, 1e9, 100, 100},
	} {
		canvas := Canvas{Shape: image.Pt(640, 400), Sharp: c.sharp}
		canvas.Resize(384)
		for range c.dreams {
			canvas.Dreamed(time.Duration(384 * 240 / c.speed * float64(time.Second)))
		}
		if got := canvas.Reach(c.asked); got != c.want {
			t.Errorf("%s: the longer side goes to %g, want %g", c.name, got, c.want)
		}
	}
}

// TestSwitch goes from fluid to sharp and back on an engine that was measured already.
func TestSwitch(t *testing.T) {
	c := Canvas{Shape: image.Pt(640, 400)}
	c.Resize(c.Least())
	e := engine{speed: 6 * 384 * 240, noise: 0.2}
	play(&c, e, 0, 1280, 30)
	before := c.Side
	c.Sharp = true
	if changes, _ := play(&c, e, 0, 1280, 60); changes != 1 || c.Side < 2*before {
		t.Errorf("sharp, the longer side goes from %g to %g in %d changes", before, c.Side, changes)
	}
	c.Sharp = false
	if changes, _ := play(&c, e, 0, 1280, 60); changes != 1 || c.Side != before {
		t.Errorf("fluid again, the longer side is %g after %d changes, and was %g", c.Side, changes, before)
	}
}

// TestBusyMachine is quick for a minute, has others beside it for five seconds, and is quick again.
func TestBusyMachine(t *testing.T) {
	c := Canvas{Shape: image.Pt(640, 400)}
	c.Resize(640)
	e := engine{speed: 6 * 640 * 400, noise: 0.2}
	play(&c, e, 0, 960, 60)
	busy := e
	busy.speed *= 0.7
	a, _ := play(&c, busy, 0, 960, 5)
	b, _ := play(&c, e, 0, 960, 60)
	if a+b != 0 {
		t.Errorf("a short disturbance changes the size %d times and leaves the longer side at %g", a+b, c.Side)
	}
}
