package app

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
)

// TestBrush paints where nothing and where something else is to be dreamed, sees the dream take it up, undoes it stroke
// by stroke, and finds it in the recipe of a picture.
func TestBrush(t *testing.T) {
	for _, size := range []image.Point{{1366, 768}, {640, 400}} {
		t.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(t *testing.T) {
			w := openManaged(t, "small", size, 0)
			s := w.dreaming()
			centre := s.Want.CentreX
			w.key("d")
			left, right := at(s.Canvas, 0.2), at(s.Canvas, 0.8)
			w.drag(left, left.Add(image.Pt(0, s.Canvas.Dy()/4)))
			s = w.until("a region is painted", func(s state) bool { return s.Want.Where != "" && settled(s) })
			one := s.Want.Where
			m, err := dream.ParseMap(one)
			if err != nil || m.Share(dream.Never) < 0.02 || m.Share(dream.Never) > 0.5 || m.Share(dream.Other) > 0 {
				t.Errorf("the map is %q: %v", one, err)
			}
			if s.Want.CentreX != centre {
				t.Error("the brush steers")
			}
			w.press("other brush")
			w.drag(right, right.Add(image.Pt(0, s.Canvas.Dy()/4)))
			s = w.until("another region is painted", func(s state) bool { return strings.Contains(s.Want.Where, "o") && s.Want.Other != "" && settled(s) })
			two := s.Want.Where
			w.move(mid(s.Canvas))
			w.shot(fmt.Sprintf("brush-%d", size.X))
			path := filepath.Join(w.home, "regions.png")
			w.ask(request{Do: "save", Path: path})
			w.until("it is saved", func(state) bool { _, err := os.Stat(path); return err == nil })
			if r, err := record.ReadRecipe(path); err != nil || r.Last().Where != two || r.Last().Other != s.Want.Other {
				t.Errorf("the recipe has the map %q and %q, %v", r.Last().Where, r.Last().Other, err)
			}
			w.key("ctrl+z")
			w.until("one stroke is undone", func(s state) bool { return s.Want.Where == one && settled(s) })
			w.key("ctrl+z")
			w.until("the other stroke is undone", func(s state) bool { return !strings.Contains(s.Want.Where, "n") && settled(s) })
			w.key("ctrl+y")
			w.until("it is done again", func(s state) bool { return s.Want.Where == one && settled(s) })
			w.press("Clear map")
			w.until("nothing is painted", func(s state) bool { return s.Want.Where == "" && settled(s) })
			w.key("d")
			w.drag(left, right)
			if s = w.state(); s.Want.Where != "" || s.Want.CentreX == centre {
				t.Error("without the brush the picture is painted, or is not steered")
			}
			w.close()
		})
	}
}
