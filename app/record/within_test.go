package record

import (
	"path/filepath"
	"slices"
	"testing"

	"zalgoscope/app/dream"
)

// TestLongRecipes records dreams of whose settings more was turned than a recipe may hold. What is written is
// read again, with the first changes and the last one, and says that there were more.
func TestLongRecipes(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long films")
	}
	turned := func(changes int) Recipe {
		s := dream.Defaults()
		r := Recipe{Program: "test", Net: Net{Name: "small"}, Start: Start{Identity: dream.Identity{Name: "static", Width: 8, Height: 8}}, Changes: []Change{{0, 0, s}}, FPS: 20}
		for i := range changes {
			s.Zoom, s.Rotate = 0.1/float64(i+3), 1/float64(i+7)
			r.Changes = append(r.Changes, Change{int64(i), i, s})
		}
		return r
	}
	m := newScene(8, 8).frame(0)
	for _, c := range []struct {
		file    string
		changes int
		cut     bool
	}{
		{"a.png", 1000, false}, {"b.png", 30_000, true}, {"d.gif", 30_000, false}, {"e.gif", mostChanges + 1000, true}, {"g.mp4", 30_000, false},
	} {
		for _, early := range []bool{true, false} { // before the recording, or in it
			if early == (c.file == "e.gif") && c.file != "d.gif" {
				continue
			}
			all := turned(c.changes)
			now := all
			if !early {
				now.Changes = all.Changes[:10]
			}
			path := filepath.Join(t.TempDir(), c.file)
			rec, err := Create(path, Options{Recipe: func() Recipe { return now }})
			if err != nil {
				t.Fatal(err)
			}
			for i := range 8 {
				if n := c.changes * i / 7; !early && n > 10 {
					now.Changes = all.Changes[:n+1]
				}
				if err := rec.Add(m); err != nil {
					t.Fatal(err)
				}
			}
			if err := rec.Close(); err != nil {
				t.Fatal(err)
			}
			got, err := ReadRecipe(path)
			if err != nil {
				t.Errorf("%s: %v", c.file, err)
				continue
			}
			n := len(got.Changes)
			if got.Cut != c.cut || !c.cut && n != len(all.Changes) || c.cut && (n < 1000 || n >= len(all.Changes)) {
				t.Errorf("%s: %d of %d changes, cut %v", c.file, n, len(all.Changes), got.Cut)
			}
			if got.Last() != all.Last() {
				t.Errorf("%s: it ends with zoom %g, want %g", c.file, got.Last().Zoom, all.Last().Zoom)
			}
			if !slices.Equal(got.Changes[:n-1], all.Changes[:n-1]) {
				t.Errorf("%s: the first changes are others", c.file)
			}
			if d := got.Differs(got.Net, got.Device, got.Precision); (len(d) > 0) != c.cut {
				t.Errorf("%s: it says %q", c.file, d)
			}
			if _, err := (ReplayOptions{To: 1}).Frames(got); (err != nil) != (c.cut && got.Frames == 1) {
				t.Errorf("%s: replaying it gives %v", c.file, err)
			}
		}
	}
}
