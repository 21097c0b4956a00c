package app

import (
	"image"
	"image/gif"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/nn/enginetest"
)

// TestSliders drags every slider with the mouse and sees its knob change, and the
// dream take the change up.
func TestSliders(t *testing.T) {
	w := open(t, "small")
	s := w.dreaming()
	w.shot("sliders-1280x800")
	if len(s.Sliders) < 16 {
		t.Fatalf("the panel has only the sliders %v", s.Sliders)
	}
	for _, name := range s.Sliders {
		w.ask(request{Do: "reveal", Name: name})
		w.settle()
		before := w.ask(request{Name: name})
		target := 0.8
		if (before.Value-before.Min)/(before.Max-before.Min) > 0.6 {
			target = 0.2
		}
		from := 0.5
		switch name {
		case "canvas":
			from, target = 0.02, 0.14 // the others are seen soon
		case "steps":
			target = 0.2
		case "octaves":
			target = 0.3
		}
		w.drag(at(before.Rect, from), at(before.Rect, target))
		after := w.ask(request{Name: name})
		if after.Value == before.Value {
			t.Errorf("dragging %s left it at %g", name, before.Value)
		}
		w.until(name+" is dreamed", func(s state) bool { return settled(s) })
		if name == "zalgo" {
			w.drag(at(before.Rect, target), at(before.Rect, -0.1)) // its bends would slow the others down
			w.until("zalgo is off", func(s state) bool { return s.Want.Zalgo == 0 })
		}
	}
	w.close()
}

// settled tells whether the last frame was dreamed with what the knobs stand at.
func settled(s state) bool {
	got, want := s.Settings, s.Sent
	got.Pace, want.Pace = 0, 0
	return got == want
}

// TestPictureFollowsKnobs dreams the first frames again and again from the start picture: the same
// knobs give the same picture, another knob another one, and double clicking it the first again.
func TestPictureFollowsKnobs(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.key("space")
	w.until("it stands", func(s state) bool { return s.Stands })
	a := w.again()
	if again := w.again(); again != a {
		t.Errorf("the same knobs gave another picture")
	}
	for _, name := range []string{"step", "jitter", "octave scale", "layer"} {
		w.ask(request{Do: "reveal", Name: name})
		w.settle()
		before := w.ask(request{Name: name})
		r := before.Rect
		w.drag(at(r, 0.5), at(r, 0.9))
		if b := w.again(); b == a {
			t.Errorf("the picture does not follow %s", name)
		}
		w.move(at(r, 0.4))
		w.until("a double click puts "+name+" back", func(state) bool {
			w.doubleClick()
			w.settle()
			return w.ask(request{Name: name}).Value == before.Value
		})
		if b := w.again(); b != a {
			t.Errorf("a double click on %s does not bring the picture back", name)
		}
	}
	w.close()
}

// TestKeys goes through the keys that change how the window looks and goes on.
func TestKeys(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	check := func(what string, ok func(state) bool) {
		t.Helper()
		w.until(what, ok)
	}
	w.key("Tab")
	check("the panel is folded", func(s state) bool { return s.Folded && s.Panel.Empty() })
	w.key("Escape")
	check("the panel is back", func(s state) bool { return !s.Folded && !s.Panel.Empty() })
	w.key("F1")
	check("help is shown", func(s state) bool { return s.Help })
	w.shot("help")
	w.key("Escape")
	check("help is gone", func(s state) bool { return !s.Help && !s.Folded })
	w.key("space")
	check("it is paused", func(s state) bool { return s.Stands })
	n := w.state().Frame
	w.key("Return")
	check("one frame came", func(s state) bool { return s.Frame == n+1 && s.Paused })
	w.key("space")
	check("it goes on", func(s state) bool { return !s.Paused && s.Frame > n+2 })
	zoom := w.state().Want.Zoom
	w.key("equal", "equal")
	check("zoom is up", func(s state) bool { return s.Want.Zoom > zoom })
	layer := w.state().Want.Layer
	w.key("Left")
	check("the layer changes", func(s state) bool { return s.Want.Layer != layer })
	w.until("the change is history", func(s state) bool { return settled(s) })
	w.key("ctrl+z")
	check("undo brings the layer back", func(s state) bool { return s.Want.Layer == layer || s.Want.Zoom == zoom })
	w.key("ctrl+shift+z")
	check("redo takes it away", func(s state) bool { return s.Want.Layer != layer })
	w.key("n")
	name := w.state().Preset
	w.key("n")
	check("the next preset", func(s state) bool { return s.Preset != name })
	w.key("p")
	check("the preset before", func(s state) bool { return s.Preset == name })
	w.close()
}

// TestFullScreenAndResize makes the window the screen's size, small, and large again.
func TestFullScreenAndResize(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.key("F11")
	w.until("it is full screen", func(s state) bool { return s.Full && s.Window == image.Pt(1280, 800) })
	w.key("f")
	w.until("it is a window", func(s state) bool { return !s.Full })
	for _, size := range []image.Point{{640, 400}, {900, 700}, {640, 400}} {
		w.do("search", "--class", "zalgoscope", "windowsize", itoa(size.X), itoa(size.Y))
		s := w.until("it has the size", func(s state) bool { return s.Window == size })
		if !s.Panel.In(image.Rectangle{Max: size}) || s.Panel.Dx() < 250 {
			t.Errorf("at %v the panel stands at %v", size, s.Panel)
		}
	}
	w.settle()
	w.shot("studio-640x400")
	w.close()
}

// TestCanvasMouse steers by dragging on the picture and zooms by the wheel over it.
func TestCanvasMouse(t *testing.T) {
	w := open(t, "small")
	s := w.dreaming()
	to := s.Canvas.Min.Add(image.Pt(s.Canvas.Dx()/4, s.Canvas.Dy()*3/4))
	w.drag(mid(s.Canvas), to)
	s = w.state()
	if math.Abs(s.Want.CentreX-0.25) > 0.01 || math.Abs(s.Want.CentreY-0.75) > 0.01 {
		t.Errorf("the vanishing point is at %g, %g, not where the drag ended", s.Want.CentreX, s.Want.CentreY)
	}
	zoom := s.Want.Zoom
	w.do("click", "4")
	w.until("the wheel zooms in", func(s state) bool { return s.Want.Zoom > zoom })
	w.until("the picture moves", func(s state) bool { return settled(s) && s.Moved })
	w.close()
}

// TestClassWord types a word and dreams the label that matches.
func TestClassWord(t *testing.T) {
	w := open(t, "small")
	s := w.dreaming()
	w.click(at(s.Tabs, 0.62))
	s = w.until("the class page is shown", func(s state) bool { return s.Mode == "class" })
	w.click(mid(s.Search))
	w.until("the keyboard types", func(s state) bool { return s.Typing })
	w.do("type", "--delay", "60", "spid")
	w.settle()
	w.key("Return")
	s = w.until("spider is dreamed", func(s state) bool { return s.Want.Class == "spider" && settled(s) })
	if s.Folded || s.Help || s.Paused {
		t.Error("typing a word worked the window's keys")
	}
	w.close()
}

// TestPickers chooses a layer and channels by their thumbnails, which the loop dreams itself.
func TestPickers(t *testing.T) {
	w := open(t, "small")
	w.until("thumbnails are there", func(s state) bool { return s.Thumbs >= 2 && len(s.Cells) >= 3 })
	s := w.state()
	w.click(mid(s.Cells[0]))
	one := enginetest.Small().Trunk()[0]
	s = w.until("the first layer is dreamed", func(s state) bool { return settled(s) && s.Want.Layer == one })
	w.do("keydown", "shift")
	w.click(mid(s.Cells[1]))
	w.do("keyup", "shift")
	s = w.until("two layers are mixed", func(s state) bool { return strings.HasPrefix(s.Want.Layer, one+",") && settled(s) })
	w.click(at(s.Tabs, 0.37))
	s = w.until("channels are shown", func(s state) bool { return s.Mode == "channel" && len(s.Cells) > 4 })
	w.click(mid(s.Cells[1]))
	s = w.until("a channel is dreamed", func(s state) bool { return s.Want.Channel != "" && settled(s) })
	w.do("keydown", "shift")
	w.click(mid(s.Cells[2]))
	w.do("keyup", "shift")
	w.until("two channels are mixed", func(s state) bool { return strings.Count(s.Want.Channel, ",") == 1 && settled(s) })
	w.close()
}

// TestOpenAndSave drops a picture, saves the dream, drops the file back, and gets what made it.
func TestOpenAndSave(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	dir := t.TempDir()
	picturePath, saved := filepath.Join(dir, "start.png"), filepath.Join(dir, "dream.png")
	start := dream.Clouds(80, 60, 3)
	if err := picture.Save(picturePath, start); err != nil {
		t.Fatal(err)
	}
	desktop := w.desktop()
	desktop.drop(picturePath)
	w.until("the picture is dreamed on", func(s state) bool { return s.Start == picturePath && s.Frame >= 2 && settled(s) })
	w.key("equal", "2")
	s := w.until("the knobs are dreamed", settled)
	w.ask(request{Do: "save", Path: saved})
	w.until("it is saved", func(state) bool { _, err := os.Stat(saved); return err == nil })
	recipe, err := record.ReadRecipe(saved)
	if err != nil {
		t.Fatal(err)
	}
	if recipe.Seed != s.Seed || recipe.Net.Name != "small" || recipe.Start.Name != "start.png" || recipe.Start.SHA256 != dream.Hash(start) {
		t.Errorf("the recipe is of %+v, %+v, seed %d", recipe.Net, recipe.Start, recipe.Seed)
	}
	w.key("n")
	w.until("other knobs are dreamed", func(s state) bool { return settled(s) && s.Want != recipe.Last() })
	desktop.drop(saved)
	want := recipe.Last()
	want.Width, want.Height, want.Pace = 0, 0, 1
	s = w.until("the dream is back", func(s state) bool { return s.Start == saved && s.Want == want && settled(s) })
	if s.Preset != "dream" {
		t.Errorf("what came back is called %q", s.Preset)
	}
	if s.Seed != recipe.Seed || s.Net != "small" {
		t.Errorf("what came back is on %s with seed %d", s.Net, s.Seed)
	}
	// It goes on from the very picture: its recipe begins there.
	further := filepath.Join(dir, "further.png")
	w.ask(request{Do: "save", Path: further})
	w.until("it is saved", func(state) bool { _, err := os.Stat(further); return err == nil })
	m, err := picture.Open(saved)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := record.ReadRecipe(further); err != nil || r.Start.Name != "dream.png" || r.Start.SHA256 != dream.Hash(m) {
		t.Errorf("the dream of the picture dropped back begins with %+v: %v", r.Start, err)
	}
	// A net that cannot be loaded leaves the dream as it is.
	broken := filepath.Join(dir, "broken.onnx")
	if err := os.WriteFile(broken, []byte("no net"), 0o644); err != nil {
		t.Fatal(err)
	}
	n := s.Frame
	desktop.drop(broken)
	s = w.until("the error is shown", func(s state) bool { return s.told("no net") })
	w.shot("toast")
	w.until("the dream goes on", func(s state) bool { return s.Frame > n && s.Net == "small" })
	w.close()
}

// TestBeforeAndGuide shows the start picture while a key is held, and follows a guide picture
// until a button ends it.
func TestBeforeAndGuide(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.do("keydown", "b")
	w.until("the start picture is shown", func(s state) bool { return s.Before })
	w.do("keyup", "b")
	w.until("the dream is shown", func(s state) bool { return !s.Before })
	w.key("space")
	w.until("it stands", func(s state) bool { return s.Paused })
	plain := w.again()
	guide := filepath.Join(t.TempDir(), "guide.png")
	if err := picture.Save(guide, dream.Clouds(40, 30, 9)); err != nil {
		t.Fatal(err)
	}
	w.ask(request{Do: "guide", Path: guide})
	w.until("the guide's page is shown", func(s state) bool { return s.Want.Guide == guide && s.Mode == "guide" })
	if w.again() == plain {
		t.Error("the picture does not follow the guide")
	}
	w.press("None")
	w.until("there is no guide", func(s state) bool { return s.Want.Guide == "" })
	if w.again() != plain {
		t.Error("the guide leaves a trace")
	}
	w.close()
}

// TestRecord records for a moment with a key and finds a GIF of every frame with its recipe, and
// one of the last seconds by another key.
func TestRecord(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.key("v")
	w.until("frames are recorded", func(s state) bool { return s.Recorded >= 3 })
	w.shot("recording")
	w.key("v")
	s := w.until("the recording is written", func(s state) bool { return s.told("recorded") })
	w.key("i")
	s = w.until("the replay is written", func(s state) bool { return s.told("last seconds") })
	w.close()
	for _, pattern := range []string{"dream-*.gif", "replay-*.gif"} {
		found, _ := filepath.Glob(filepath.Join(w.home, pattern))
		if len(found) != 1 {
			t.Fatalf("there are %v; the notes are %q", found, s.Told)
		}
		file, err := os.Open(found[0])
		if err != nil {
			t.Fatal(err)
		}
		film, err := gif.DecodeAll(file)
		file.Close()
		if err != nil || len(film.Image) < 3 {
			t.Fatalf("%s has not three frames: %v", found[0], err)
		}
		recipe, err := record.ReadRecipe(found[0])
		if err != nil || recipe.Frames != len(film.Image) || recipe.From < 0 || recipe.Net.Name != "small" {
			t.Errorf("the recipe of %s is of %d frames from %d of %s: %v", pattern, recipe.Frames, recipe.From, recipe.Net.Name, err)
		}
	}
}
