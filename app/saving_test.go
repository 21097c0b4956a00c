package app

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	ewidget "github.com/ebitenui/ebitenui/widget"

	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/nn"
)

// TestSaveSheet saves the picture as it is dreamed, as large as it is seen, twice as large with detail of its own, and
// as a print, each with its recipe.
func TestSaveSheet(t *testing.T) {
	for _, screen := range []image.Point{{1366, 768}, {640, 400}} {
		t.Run(fmt.Sprintf("%dx%d", screen.X, screen.Y), func(t *testing.T) {
			w := openManaged(t, "small", screen, 0)
			w.dreaming()
			w.key("space")
			s := w.until("it stands", func(s state) bool { return s.Stands })
			files := map[string]image.Point{"canvas": s.Size, "window": s.Canvas.Size(), "2×": s.Size.Mul(2)}
			for word, want := range files {
				w.key("ctrl+s")
				s = w.until("the sheet is open", func(s state) bool { return s.Laid && !s.Spots["save "+word+" size"].Empty() })
				w.click(mid(s.Spots["save "+word+" size"]))
				w.settle()
				if word == "2×" {
					w.shot(fmt.Sprintf("save-%d", screen.X))
				}
				path := filepath.Join(w.home, "a.png")
				os.Remove(path)
				w.ask(request{Do: "save as", Path: path})
				s = w.until("it is saved", func(s state) bool { _, err := os.Stat(path); return err == nil && !s.Writing && s.Saving.Empty() })
				m, err := picture.Open(path)
				if err != nil || m.Rect.Size() != want {
					t.Fatalf("%s: what is saved is %v, want %v: %v", word, m.Rect.Size(), want, err)
				}
				r, err := record.ReadRecipe(path)
				if err != nil || r.Frames != 1 || (r.Large == want) != (word == "2×") {
					t.Errorf("%s: the recipe is of %d frames, large %v: %v", word, r.Frames, r.Large, err)
				}
			}
			w.key("ctrl+s")
			s = w.until("the sheet is open", func(s state) bool { return s.Laid && !s.Spots["save dossier"].Empty() })
			w.click(mid(s.Spots["save canvas size"]))
			w.click(mid(s.Spots["save dossier"]).Sub(image.Pt(s.Spots["save dossier"].Dx()/2-8, 0)))
			path := filepath.Join(w.home, "print.png")
			w.ask(request{Do: "save as", Path: path})
			w.until("it is printed", func(s state) bool { _, err := os.Stat(path); return err == nil && !s.Writing })
			m, err := picture.Open(path)
			if err != nil || m.Rect.Dx() <= s.Size.X || m.Rect.Dy() <= s.Size.Y {
				t.Fatalf("the print is %v: %v", m, err)
			}
			if c := m.RGBAAt(m.Rect.Dx()/2, (m.Rect.Dx()-s.Size.X)/2+10); c.R != c.G || c.G != c.B { // within the paper's edge
				t.Errorf("the print has the colour %v", c)
			}
			w.key("ctrl+s")
			w.until("the sheet is open", func(s state) bool { return !s.Saving.Empty() })
			w.key("Escape")
			w.until("the sheet is gone", func(s state) bool { return s.Saving.Empty() && !s.Folded })
			w.close()
		})
	}
}

// TestSaveAfterAnotherNet keeps a frame, opens another net, and saves the frame larger: the net that dreamed it does that.
func TestSaveAfterAnotherNet(t *testing.T) {
	var last atomic.Pointer[nn.Net]
	s := headless(t, func(c *Config) {
		open := c.Open
		c.Open = func(net *nn.Net) (nn.Engine, error) {
			last.Store(net)
			return open(net)
		}
	})
	s.dreaming(t)
	small, another := s.session.net, opened{net: dot(), id: record.Net{Name: "dot"}}
	s.panel, s.saving.root = &panel{}, ewidget.NewContainer() // as far as the sheet needs the window
	s.saving.size = saveDouble
	s.saveDialog()
	s.panel = nil
	kept := s.saving
	s.dreamOn(another)
	s.until(t, "the other net is there", func() bool { return s.session.id.Name == "dot" })
	path := filepath.Join(t.TempDir(), "a.png")
	s.saveAs(path, kept)
	s.until(t, "it is saved or not", func() bool { return len(s.recorder.jobs) == 0 })
	m, err := picture.Open(path)
	if err != nil || m.Rect.Size() != kept.frame.Image.Rect.Size().Mul(2) || last.Load() != small {
		t.Errorf("the net %s saves %v, %v; the notes are %+v", last.Load().Name, m, err, s.toasts.Texts())
	}
}

// A path without an ending becomes one that nothing has: the dialog has not asked about it.
func TestEndedReplacesNothing(t *testing.T) {
	s := &studio{recorder: newRecorder()}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.png"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for chosen, want := range map[string]string{"a": "a-2.png", "b": "b.png", "a.png": "a.png", "a.jpg": "a.jpg"} {
		if got := s.ended(filepath.Join(dir, chosen), ".png"); got != filepath.Join(dir, want) {
			t.Errorf("%s is saved as %s, want %s", chosen, got, want)
		}
	}
}

// TestFilmAgain records for a moment and has the film dreamed again at twice the size.
func TestFilmAgain(t *testing.T) {
	w := open(t, "small")
	s := w.dreaming()
	w.key("v")
	w.until("frames are recorded", func(s state) bool { return s.Recorded >= 3 })
	w.key("v")
	w.until("the recording is written", func(s state) bool { return s.told("recorded") })
	w.key("space")
	w.press("Last film at 2×")
	w.until("it is dreamed again", func(s state) bool { return s.told("twice as large") && !s.Writing })
	w.close()
	found, _ := filepath.Glob(filepath.Join(w.home, "dream-*-2x.gif"))
	if len(found) != 1 {
		t.Fatalf("there are %v", found)
	}
	r, err := record.ReadRecipe(found[0])
	first, ferr := record.ReadRecipe(strings.Replace(found[0], "-2x", "", 1))
	if err != nil || ferr != nil || r.Size() != s.Size.Mul(2) || r.Frames != first.Frames {
		t.Errorf("the film is of %v and %d frames, the first was of %v and %d: %v, %v", r.Size(), r.Frames, s.Size, first.Frames, err, ferr)
	}
}
