package app

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"github.com/adrg/xdg"
	"github.com/pelletier/go-toml/v2"

	"zalgoscope/nn/disk"
)

// hearts are the scenes that are favourites, by their names.
type hearts struct {
	names map[string]bool
	only  bool // only they are shown
}

func (h *hearts) has(name string) bool { return h.names[name] }

// heartFile is where they are kept.
func heartFile() string { return filepath.Join(xdg.ConfigHome, "zalgoscope", "favourites.toml") }

type heartList struct {
	Favourites []string `toml:"favourites"`
}

// load reads the favourites; a file that cannot be read is told of and stays.
func (h *hearts) load(s *studio) {
	h.names = map[string]bool{}
	data, err := disk.Read(heartFile(), mostPresets)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	var list heartList
	if err == nil {
		err = toml.Unmarshal(data, &list)
	}
	if err != nil {
		s.post(func() { s.warn(fmt.Errorf("app: the favourites in %s: %w", heartFile(), err)) })
		return
	}
	for _, name := range list.Favourites {
		h.names[name] = true
	}
}

// toggleHeart makes a scene a favourite, or no longer.
func (s *studio) toggleHeart(name string) {
	h := &s.presets.hearts
	if h.names[name] {
		delete(h.names, name)
	} else {
		h.names[name] = true
	}
	s.keepHearts()
}

// renameHeart follows a scene to its new name; "" for one that is gone.
func (s *studio) renameHeart(from, to string) {
	h := &s.presets.hearts
	if !h.names[from] {
		return
	}
	delete(h.names, from)
	if to != "" {
		h.names[to] = true
	}
	s.keepHearts()
}

func (s *studio) keepHearts() {
	s.drawn.stale = true
	list := heartList{slices.Sorted(maps.Keys(s.presets.hearts.names))}
	s.write(func() {
		if err := writeTOML(heartFile(), func() ([]byte, error) { return toml.Marshal(list) }); err != nil {
			s.post(func() { s.warn(err) })
		}
	})
}
