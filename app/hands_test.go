package app

import (
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

var small, usual = image.Pt(640, 420), image.Pt(1366, 768)

// TestWheelStays turns the wheel on the panel until sliders come to lie under the pointer: they do not turn. The sheet of
// keys keeps wheel, clicks and keys from what is below it.
func TestWheelStays(t *testing.T) {
	w := openManaged(t, "small", small, 0)
	w.dreaming()
	w.key("space")
	s := w.slider("step")
	w.ask(request{Do: "scroll"})
	s = w.until("the panel is at its top", func(s state) bool { return s.Laid && s.Offset == 0 })
	before := s.Want
	w.move(image.Pt(mid(s.Tabs).X, s.View.Min.Y+4)) // where tracks pass by
	for range 24 {
		w.do("click", "5")
	}
	s = w.until("the panel has been scrolled", func(s state) bool { return s.Offset > 300 })
	if s.Want != before {
		t.Errorf("scrolling turned knobs from %+v to %+v", before, s.Want)
	}
	w.ask(request{Do: "reveal", Name: "start static"})
	s = w.until("what to begin with is in sight", func(s state) bool { return mid(s.Spots["start static"]).In(s.View) })
	offset := s.Offset
	w.move(mid(s.Spots["start static"]))
	w.do("click", "5")
	w.until("the panel goes on over pictures that are all in sight", func(s state) bool { return s.Offset > offset })
	w.key("F1")
	w.until("the keys are shown", func(s state) bool { return s.Help })
	w.shot("keys-640x400")
	w.move(mid(s.Area))
	w.do("click", "4", "click", "4")
	w.key("w", "n", "x")
	w.move(mid(s.Foot))
	w.do("click", "4")
	s = w.state()
	if !s.Help || s.Want != before || !s.Paused {
		t.Errorf("below the keys things react: %+v", s.Want)
	}
	w.click(mid(s.Spots["More"]))
	s = w.until("a click ends the keys", func(s state) bool { return !s.Help })
	w.settle()
	if s = w.state(); !s.Spots["Undo"].Empty() || s.Want != before {
		t.Error("the click that ends the keys is heard below them")
	}
	w.close()
}

// TestQuick presses keys and buttons for less than a frame, several in one: all count.
func TestQuick(t *testing.T) {
	w := openManaged(t, "small", small, 0)
	s := w.dreaming()
	for range 4 {
		w.do("key", "--delay", "0", "space", "c", "Tab")
		w.until("three keys count", func(s state) bool { return s.Paused && s.Folded })
		w.do("key", "--delay", "0", "space", "c", "Tab")
		w.until("and count back", func(s state) bool { return !s.Paused && !s.Folded && s.Laid && !s.Spots["More"].Empty() })
	}
	w.move(mid(s.Spots["More"]))
	for range 4 {
		w.do("mousedown", "1", "mouseup", "1")
		w.until("a click counts", func(s state) bool { return s.Laid && !s.Spots["Undo"].Empty() })
		w.move(mid(w.state().Spots["Less"]))
		w.do("mousedown", "1", "mouseup", "1")
		w.until("and counts back", func(s state) bool { return s.Laid && s.Spots["Undo"].Empty() && !s.Spots["More"].Empty() })
		w.move(mid(w.state().Spots["More"]))
	}
	w.close()
}

// TestPages opens the pages of what is dreamed: what goes on goes on, and its tab is lit, until there is something else.
func TestPages(t *testing.T) {
	w := openManaged(t, "small", usual, 30)
	s := w.dreaming()
	w.click(at(s.Tabs, 0.37))
	s = w.until("channels are shown", func(s state) bool { return s.Mode == "channel" && len(s.Cells) > 4 && s.Laid })
	w.click(mid(s.Cells[1]))
	channel := w.until("a channel is dreamed", func(s state) bool { return s.Want.Channel != "" && s.Lit == "channel" }).Want.Channel
	w.click(at(s.Tabs, 0.62))
	s = w.until("the class page is shown", func(s state) bool { return s.Mode == "class" && s.Laid })
	w.settle()
	if s = w.state(); s.Mode != "class" || s.Lit != "channel" || s.Want.Channel != channel {
		t.Errorf("on the page %s the tab %s is lit, and channel %q dreamed", s.Mode, s.Lit, s.Want.Channel)
	}
	w.click(mid(s.Search))
	w.until("the keyboard types", func(s state) bool { return s.Typing })
	w.do("type", "--delay", "60", "zzgh")
	w.settle()
	w.shot("unknown-word")
	w.key("Return")
	s = w.until("it is told", func(s state) bool { return s.told("no label with") })
	if s.Want.Channel != channel {
		t.Errorf("an unknown word ended the channel: %+v", s.Want)
	}
	w.click(mid(s.Search))
	w.until("the keyboard types", func(s state) bool { return s.Typing })
	w.key("BackSpace", "BackSpace", "BackSpace", "BackSpace")
	w.do("type", "--delay", "60", "spid")
	w.settle()
	w.key("Return")
	w.until("the class is dreamed", func(s state) bool { return s.Want.Class == "spider" && s.Lit == "class" })
	w.click(at(s.Tabs, 0.12))
	w.until("the layer is dreamed", func(s state) bool { return s.Lit == "layer" && s.Mode == "layer" && s.Want.Class == "" })
	w.close()
}

// TestRackButtonsStay puts in bends and repairs without moving the mouse between.
func TestRackButtonsStay(t *testing.T) {
	w := openManaged(t, "small", usual, 30)
	w.dreaming()
	w.press("Short circuit")
	for n := 1; n < 4; n++ {
		w.until("there is another bend", func(s state) bool { return len(strings.Fields(s.Want.Bend)) == n && s.Laid })
		w.do("mousedown", "1")
		w.settle()
		w.do("mouseup", "1")
		w.settle()
	}
	w.until("four bends are in", func(s state) bool { return len(strings.Fields(s.Want.Bend)) == 4 })
	w.shot("rack")
	w.close()
}

// TestFullScreenFirst leaves the full screen by Escape before anything else, and static fills whatever it is shown on.
func TestFullScreenFirst(t *testing.T) {
	w := openManaged(t, "small", usual, 30)
	s := w.dreaming()
	fills := func(s state) bool { return s.Area.In(s.Canvas) && s.Covers }
	if !fills(s) {
		t.Errorf("static stands at %v in %v", s.Canvas, s.Area)
	}
	w.key("F11")
	w.until("it is full screen", func(s state) bool { return s.Full && s.Window == usual && fills(s) })
	w.shot("full-screen")
	w.key("Escape")
	w.until("it is a window with its panel", func(s state) bool { return !s.Full && !s.Folded && s.Window != usual })
	// Begun anew it has the window's shape.
	w.key("BackSpace")
	w.until("static has the window's shape", func(s state) bool {
		return fills(s) && s.Canvas.Dx()-s.Area.Dx() < 40 && s.Canvas.Dy()-s.Area.Dy() < 40
	})
	w.close()
}

// TestPhotoStays drops a photo: nothing is asked, and it is dreamed in its place with some of itself in each frame, scene after
// scene, until a key flies into it. Static is flown into again.
func TestPhotoStays(t *testing.T) {
	w := openManaged(t, "small", usual, 30)
	w.dreaming()
	path := filepath.Join(t.TempDir(), "photo.png")
	if err := picture.Save(path, dream.Clouds(90, 60, 3)); err != nil {
		t.Fatal(err)
	}
	w.desktop().drop(path)
	stays := func(s state) bool { return s.Want.Stays() && s.Want.Blend > 0 }
	s := w.until("the photo is dreamed in its place", func(s state) bool {
		return s.Start == path && stays(s) && settled(s) && !s.Moved && s.Frame > 1 && !s.Covers
	})
	if s.Preset != "Photo" {
		t.Errorf("a photo is dreamed by the scene %q", s.Preset)
	}
	w.shot("photo")
	w.key("n")
	s = w.until("another scene stays too", func(s state) bool { return s.Preset != "Photo" && stays(s) })
	if strings.Contains(s.Preset, "*") {
		t.Errorf("the scene is called %q", s.Preset)
	}
	w.key("z")
	w.until("it is flown into", func(s state) bool { return s.Want.Zoom > 0 && s.Want.Blend == 0 && settled(s) && s.Moved })
	w.key("z")
	w.until("it stays", func(s state) bool { return stays(s) && settled(s) })
	w.press("start clouds")
	w.until("clouds are flown into", func(s state) bool { return s.Start == "clouds" && s.Want.Zoom > 0 && s.Want.Blend == 0 && s.Moved })
	w.press("start " + path)
	w.until("the last photo is dreamed in its place", func(s state) bool { return s.Start == path && stays(s) && settled(s) })
	w.settle()
	w.shot("starts")
	w.close()
}

// TestDropTogether drops a net and pictures at once: the net and the first picture are taken, and the others offered.
func TestDropTogether(t *testing.T) {
	w := openManaged(t, "small", usual, 30)
	w.dreaming()
	dir := t.TempDir()
	names := []string{"one.png", "two.png", "another.onnx"}
	for i, name := range names[:2] {
		if err := picture.Save(filepath.Join(dir, name), dream.Clouds(90, 60+8*i, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	net := filepath.Join(dir, names[2])
	if err := os.WriteFile(net, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	w.desktop().drop(filepath.Join(dir, names[0]), net, filepath.Join(dir, names[1]))
	s := w.until("net and picture are there", func(s state) bool { return s.Net == "another" && s.Start == filepath.Join(dir, names[0]) && s.Laid })
	if !s.told("the other 1") || s.Spots["start "+filepath.Join(dir, names[1])].Empty() {
		t.Errorf("of the other picture the notes are %q", s.Told)
	}
	w.close()
}

// TestDialogBelongsToWindow opens a file dialog: the window manager is told whose it is, and the window below takes no keys.
func TestDialogBelongsToWindow(t *testing.T) {
	w := openManaged(t, "small", usual, 30, "GTK_USE_PORTAL=0", "NO_AT_BRIDGE=1")
	w.dreaming()
	d := w.desktop()
	studio := d.studio()
	w.key("ctrl+o")
	w.until("a dialog is asked for", func(s state) bool { return s.Asking })
	w.do("search", "--sync", "--onlyvisible", "--name", "^Open a picture, a film or a net$", "windowfocus", "--sync")
	w.settle()
	w.shot("dialog")
	belongs := false
	var look func(in xproto.Window)
	look = func(in xproto.Window) {
		tree, err := xproto.QueryTree(d.conn, in).Reply()
		if err != nil {
			return
		}
		for _, c := range tree.Children {
			if of := d.numbers(c, "WM_TRANSIENT_FOR"); len(of) == 1 && of[0] == uint32(studio) {
				belongs = true
			}
			look(c)
		}
	}
	look(d.root)
	if !belongs {
		t.Error("the window manager does not know whose dialog it is")
	}
	before := w.state().Want
	w.do("search", "--class", "zalgoscope", "key", "n", "x")
	w.settle()
	if s := w.state(); s.Want != before || !s.Asking {
		t.Error("the window takes keys below its dialog")
	}
	w.do("key", "Escape")
	w.until("the dialog is gone and the window has the keyboard again", func(s state) bool { return !s.Asking && d.focus() == studio })
	w.key("space")
	w.until("the window takes keys again", func(s state) bool { return s.Paused })
	w.close()
}

// TestTypedNumbers types numbers and names into sliders; what is none is told of, and a double click still puts them back.
func TestTypedNumbers(t *testing.T) {
	w := openManaged(t, "small", usual, 30)
	w.dreaming()
	enter := func(name, text string) state {
		t.Helper()
		w.click(mid(w.slider(name).Number))
		w.until("a number is typed", func(s state) bool { return s.Typing })
		w.do("type", "--delay", "30", "--", text)
		w.settle()
		w.shot("typing-" + name)
		w.key("Return")
		return w.until("it is typed", func(s state) bool { return !s.Typing })
	}
	before := w.state()
	for _, c := range []struct {
		name, text string
		want       float64
	}{{"zoom", "12,5 %", 0.125}, {"rotate", "-7", -7}, {"jitter", "9.6", 10}, {"octaves", "400", 10}, {"layer", "norm1", 1}} {
		enter(c.name, c.text)
		if got := w.ask(request{Name: c.name}).Value; got != c.want {
			t.Errorf("%s typed into %s gives %g, want %g", c.text, c.name, got, c.want)
		}
	}
	s := enter("step", "much")
	if !s.told("is no value for step") || s.Want.Step != before.Want.Step {
		t.Errorf("a word typed into step makes it %g; the notes are %q", s.Want.Step, s.Told)
	}
	if s.Paused || s.Help || s.Preset == "" || s.Folded {
		t.Error("typing a number worked the window's keys")
	}
	enter("canvas", "96")
	w.until("the canvas has the size", func(s state) bool { return s.Sent.Width == 96 })
	w.close()
}

// TestEverythingSaysWhatItDoes points at controls of all kinds, and asks all others.
func TestEverythingSaysWhatItDoes(t *testing.T) {
	w := openManaged(t, "small", small, 0)
	w.dreaming()
	w.press("Short circuit")
	w.until("there is a bend", func(s state) bool { return s.Want.Bend != "" && s.Laid })
	w.press("Add bend")
	s := w.until("the kinds are shown", func(s state) bool { return s.Laid && !s.Spots["kind gain"].Empty() })
	if len(s.Helpless) > 0 {
		t.Errorf("these do not say what they do: %q", s.Helpless)
	}
	w.move(mid(s.Foot))
	w.move(mid(s.Spots["Record"]))
	w.until("a button says what it does", func(s state) bool { return strings.Contains(s.Hint, "film the dream") })
	w.move(mid(w.slider("octaves").Rect))
	w.until("a slider does", func(s state) bool { return strings.Contains(s.Hint, "larger shapes") })
	w.shot("hint-640x400")
	w.close()
}

// TestSecondWindow shows the picture alone in a second window: the same picture, until either window ends it.
func TestSecondWindow(t *testing.T) {
	for _, end := range []string{"Escape", "o"} { // o opened it, and the window has the keys itself
		t.Run("ended by "+end, func(t *testing.T) { secondWindow(t, end) })
	}
}

func secondWindow(t *testing.T, key string) {
	w := openManaged(t, "small", usual, 30)
	w.dreaming()
	d := w.desktop()
	w.key("o")
	w.until("there is a second window", func(s state) bool { return s.Output })
	second := func() (found xproto.Window) {
		var look func(in xproto.Window)
		look = func(in xproto.Window) {
			tree, err := xproto.QueryTree(d.conn, in).Reply()
			if err != nil {
				return
			}
			for _, c := range tree.Children {
				if d.class(c) == outputClass {
					found = c
				}
				look(c)
			}
		}
		look(d.root)
		return found
	}
	var window xproto.Window
	w.until("it is there", func(state) bool { window = second(); return window != 0 })
	w.do("search", "--classname", "^zalgoscope$", "windowfocus", "--sync")
	w.key("space")
	s := w.until("the dream stands", func(s state) bool { return s.Stands })
	// What lies over another window has its pixels: the second one goes beside.
	xproto.ConfigureWindow(d.conn, window, xproto.ConfigWindowX|xproto.ConfigWindowY|xproto.ConfigWindowWidth|xproto.ConfigWindowHeight,
		[]uint32{0, 0, uint32(s.Area.Dx() / 2), uint32(s.Area.Dy() / 2)})
	d.raise(d.studio())
	// Nobody touches a window that stands but to raise it, which this desktop does without the focus: a touch has it drawn at once.
	w.move(s.Area.Max.Div(2))
	drawn := w.state().Drawn
	w.until("it has its pixels again", func(s state) bool { return s.Drawn > drawn+5 })
	studio := d.thumbnail(d.studio(), s.Area)
	d.raise(window)
	w.shot("second-window")
	w.until("it shows the same picture", func(state) bool {
		size, _ := d.place(window)
		b := d.thumbnail(window, image.Rectangle{Max: size.Size()})
		sum := 0.0
		for i := range b {
			sum += max(studio[i]-b[i], b[i]-studio[i])
		}
		return len(b) == len(studio) && sum/float64(len(b)) < 12
	})
	w.do("search", "--classname", "^zalgoscope-output$", "windowfocus", "--sync", "key", "F11")
	w.until("it fills the screen", func(state) bool { at, _ := d.place(window); return at == image.Rectangle{Max: usual} })
	w.do("key", "Escape")
	w.until("it is a window again", func(state) bool { at, _ := d.place(window); return at.Dx() < usual.X })
	w.do("key", key)
	w.until("it is gone, which the studio knows", func(s state) bool { return !s.Output && second() == 0 })
	w.do("search", "--classname", "^zalgoscope$", "windowfocus", "--sync")
	w.key("o")
	w.until("it comes again", func(s state) bool { return s.Output && second() != 0 })
	w.close()
	for end := time.Now().Add(patience); second() != 0; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the second window outlives the studio")
		}
	}
}

// TestFirstHints starts for the first time: hints come one after another, go when they are done, and never come again.
func TestFirstHints(t *testing.T) {
	w := openManaged(t, "small", usual, 30, patientVar+"=1")
	s := w.dreaming()
	if len(s.Hints) == 0 || len(s.Hints) > 3 {
		t.Fatalf("the first start has the hints %q", s.Hints)
	}
	w.settle()
	w.shot("hint-scenes")
	w.key("n", "n")
	w.until("the next hint comes", func(s state) bool { return len(s.Hints) == 2 })
	w.settle()
	w.shot("hint-steer")
	w.click(image.Pt(s.Area.Min.X+60, s.Area.Min.Y+60))
	w.until("the last hint comes", func(s state) bool { return len(s.Hints) == 1 })
	w.settle()
	w.shot("hint-knobs")
	w.key("F1", "Escape")
	w.until("there is no hint", func(s state) bool { return len(s.Hints) == 0 })
	w.close()
	w.start()
	if s = w.dreaming(); len(s.Hints) > 0 {
		t.Errorf("the second start has the hints %q", s.Hints)
	}
	w.close()
}
