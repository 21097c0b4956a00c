package saver

import (
	"image"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
)

// menagerie is the net that the program dreams with.
func menagerie(t testing.TB) *nn.Net {
	t.Helper()
	data, ok := assets.Net(assets.DefaultNet)
	if !ok {
		t.Fatalf("there is no net %q", assets.DefaultNet)
	}
	net, err := load.ONNX(data, assets.DefaultNet, load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// quick is an engine whose gradient step is only a little noise.
type quick struct {
	nn.Engine
	steps uint64
}

func (q *quick) Ascend(c nn.Canvas, _ nn.Objective, _ nn.Step) (float32, error) {
	q.steps++
	w, h := c.Size()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	if err := c.Read(m); err != nil {
		return 0, err
	}
	for i := range m.Pix {
		m.Pix[i] += uint8((q.steps*2654435761 + uint64(i)*40503) >> 7 & 15)
	}
	return 0, c.Write(m)
}

// simulation dreams as fast as the test asks, in a time of its own.
type simulation struct {
	t        *testing.T
	dream    *dream.Dream
	settings dream.Settings
	frozen   bool
	begins   int
	last     *image.RGBA
	number   int
}

func (s *simulation) Set(settings dream.Settings) { s.settings = settings }

func (s *simulation) Begin(start *image.RGBA, seed uint64) {
	s.begins++
	s.last, s.number = start, 0
	if err := s.dream.Begin(dream.StillOf("", start), dream.Options{Seed: seed}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *simulation) frame(at time.Time) *dream.Frame {
	s.t.Helper()
	if err := s.dream.Check(s.settings); err != nil {
		s.t.Fatalf("the settings cannot be dreamed: %v", err)
	}
	if !s.frozen || s.last == nil {
		if _, err := s.dream.Frame(dream.Fixed(s.settings)); err != nil {
			s.t.Fatal(err)
		}
		s.last = s.dream.Image()
	}
	s.number++
	return &dream.Frame{Image: s.last, Number: s.number, Settings: s.settings, Motion: nn.Warp{A: 1, E: 1}, Done: at}
}

// simulate makes a show whose dream is simulated.
func simulate(t *testing.T, frozen bool) (*Show, *simulation) {
	t.Helper()
	net := menagerie(t)
	reference, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reference.Close() })
	show, err := NewShow(Config{Options: Defaults()}, image.Pt(32, 24))
	if err != nil {
		t.Fatal(err)
	}
	if show.wander, err = NewWanderer(net, show.cfg.Options); err != nil {
		t.Fatal(err)
	}
	show.scene = show.wander.Scene()
	d, err := dream.New(net, &quick{Engine: reference}, dream.StillOf("", show.start()), dream.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Release)
	sim := &simulation{t: t, dream: d, settings: show.settings(0), frozen: frozen}
	show.dreams = sim
	return show, sim
}

// Four hours: the scenes change, no setting jumps, nothing is kept.
func TestFourHours(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	show, sim := simulate(t, false)
	scenes, layers := map[string]bool{}, map[string]bool{}
	at, changes, scene := time.Unix(0, 0), 0, ""
	var memory [4]uint64
	before := sim.settings
	for second := range 4 * 3600 {
		at = at.Add(time.Second)
		show.push(sim.frame(at))
		if _, _, err := show.Tick(at, 1); err != nil {
			t.Fatal(err)
		}
		s := sim.settings
		if d := s.Zoom - before.Zoom; d > 0.04 || d < -0.04 {
			t.Fatalf("second %d: zoom jumps from %g to %g", second, before.Zoom, s.Zoom)
		}
		if d := s.Step - before.Step; d > 1.6 || d < -1.6 {
			t.Fatalf("second %d: step jumps from %g to %g", second, before.Step, s.Step)
		}
		before = s
		if name := show.wander.Scene(); name != scene {
			scene = name
			changes++
			scenes[name] = true
		}
		layers[s.Layer] = true
		if second%3600 == 3599 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			memory[second/3600] = m.HeapAlloc
		}
	}
	if changes < 150 || len(scenes) < 25 || len(layers) < 25 {
		t.Errorf("%d changes to %d scenes over %d mixes of layers, want many", changes, len(scenes), len(layers))
	}
	if memory[3] > memory[0]+1<<20 {
		t.Errorf("the heap grows hour by hour: %d", memory)
	}
	t.Logf("%d changes, %d scenes, %d mixes of layers, %d new beginnings, heap %d", changes, len(scenes), len(layers), sim.begins, memory)
}

// A frozen engine makes the watch go on to another scene and then begin anew, again and again.
func TestFrozenEngine(t *testing.T) {
	show, sim := simulate(t, true)
	at, last, scenes := time.Unix(0, 0), show.wander.Scene(), 0
	var shown *image.RGBA
	for second := range 60 {
		at = at.Add(time.Second)
		show.push(sim.frame(at))
		m, _, err := show.Tick(at, 1)
		if err != nil {
			t.Fatal(err)
		}
		if now := show.wander.Scene(); now != last {
			last, scenes = now, scenes+1
		}
		if second == 5 {
			shown = image.NewRGBA(m.Rect)
			copy(shown.Pix, m.Pix)
		}
		if second == 59 {
			if d := difference(sampled(m), sampled(shown)); d < alive {
				t.Errorf("the picture is still that of the beginning, %g from it", d)
			}
		}
	}
	if sim.begins < 2 || scenes < 2 {
		t.Errorf("%d new beginnings and %d other scenes, want several of each", sim.begins, scenes)
	}
}

// Frames that no longer come count as frozen too.
func TestAbsentFrames(t *testing.T) {
	show, sim := simulate(t, false)
	at := time.Unix(0, 0)
	show.push(sim.frame(at))
	for range int(2.4 * absence) {
		at = at.Add(time.Second)
		if _, _, err := show.Tick(at, 1); err != nil {
			t.Fatal(err)
		}
	}
	if sim.begins == 0 {
		t.Error("no new beginning")
	}
}

// Pictures of a folder come in one after the other, shown faintly dreamed at first.
func TestImages(t *testing.T) {
	show, sim := simulate(t, false)
	folder := t.TempDir()
	for i, name := range []string{"a.png", "b.jpg"} {
		if err := picture.Save(filepath.Join(folder, name), dream.Clouds(50, 40, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "broken.png"), []byte("no picture"), 0o644); err != nil {
		t.Fatal(err)
	}
	var err error
	if show.images, err = openImages(folder, show.rng); err != nil {
		t.Fatal(err)
	}
	if len(show.images.paths) != 3 {
		t.Errorf("found %d files, want 3", len(show.images.paths))
	}
	at := time.Unix(0, 0)
	for range 300 {
		at = at.Add(time.Second)
		begins := sim.begins
		show.push(sim.frame(at))
		if _, _, err := show.Tick(at, 1); err != nil {
			t.Fatal(err)
		}
		if age := show.time - show.begun; sim.begins > begins && age != 0 {
			t.Errorf("a new picture is %g seconds old", age)
		}
	}
	if sim.begins < 3 {
		t.Errorf("%d pictures in five minutes, want one a scene", sim.begins)
	}
	show.begun = show.time
	early := show.settings(0).Step
	show.begun = show.time - emerging
	if late := show.settings(0).Step; early >= late/2 {
		t.Errorf("the step is %g at first and %g later, want it faint at first", early, late)
	}
	if _, err := openImages(t.TempDir(), show.rng); err == nil {
		t.Error("an empty folder: no error")
	}
}
