package app

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// TestHeartsLoseNothing makes scenes favourites beside another studio and by many clicks: the file has the hearts of
// both, each as the last click had it.
func TestHeartsLoseNothing(t *testing.T) {
	s := headless(t, nil)
	if err := writeTOML(heartFile(), func() ([]byte, error) { return toml.Marshal(heartList{[]string{"Another's", "B"}}) }); err != nil {
		t.Fatal(err)
	}
	for range 7 {
		s.toggleHeart("A")
	}
	for range 4 {
		s.toggleHeart("B")
	}
	s.toggleHeart("C")
	s.renameHeart("C", "D")
	s.until(t, "it is written", func() bool { return s.files.Load() == 0 })
	data, err := os.ReadFile(heartFile())
	if want := "favourites = ['A', \"Another's\", 'D']\n"; err != nil || string(data) != want {
		t.Errorf("the favourites are %q, %v, want %q", data, err, want)
	}
}

// TestDamagedListsStay adds to lists that cannot be read: they stay as they are, and that is told.
func TestDamagedListsStay(t *testing.T) {
	for name, c := range map[string]struct {
		path func() string
		add  func(s *studio)
	}{
		"favourites": {heartFile, func(s *studio) { s.toggleHeart("A") }},
		"nets":       {ownFile, func(s *studio) { s.rememberNet("a.onnx") }},
	} {
		t.Run(name, func(t *testing.T) {
			s := headless(t, nil)
			const torn = "favourites = ['Dusk', 'Da"
			if err := os.MkdirAll(filepath.Dir(c.path()), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(c.path(), []byte(torn), 0o644); err != nil {
				t.Fatal(err)
			}
			c.add(s)
			s.until(t, "it is told", func() bool { return s.files.Load() == 0 && s.told("damaged") })
			if data, err := os.ReadFile(c.path()); err != nil || string(data) != torn {
				t.Errorf("the file holds %q, %v", data, err)
			}
		})
	}
}
