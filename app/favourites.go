package app

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"

	"github.com/adrg/xdg"
	"github.com/pelletier/go-toml/v2"

	"zalgoscope/nn/disk"
)

// hearts are the scenes that are favourites, by their names.
type hearts struct {
	mu    sync.Mutex
	names map[string]bool // changed by the window's goroutine only, under mu, as others read it
	only  bool            // only they are shown
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
	h.set(name, !h.has(name))
	s.keepHearts(name)
}

func (h *hearts) set(name string, on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if on {
		h.names[name] = true
	} else {
		delete(h.names, name)
	}
}

// renameHeart follows a scene to its new name; "" for one that is gone.
func (s *studio) renameHeart(from, to string) {
	h := &s.presets.hearts
	if !h.has(from) {
		return
	}
	h.set(from, false)
	if to == "" {
		s.keepHearts(from)
		return
	}
	h.set(to, true)
	s.keepHearts(from, to)
}

// keepHearts writes down whether some scenes are favourites; those that another studio wrote stay. It is what they are by
// the time of writing, so that the last click counts in whatever order the writers come.
func (s *studio) keepHearts(names ...string) {
	s.drawn.stale = true
	h := &s.presets.hearts
	s.write(func() {
		err := updateTOML(heartFile(), func(list *heartList) {
			h.mu.Lock()
			defer h.mu.Unlock()
			list.Favourites = slices.DeleteFunc(list.Favourites, func(name string) bool { return slices.Contains(names, name) })
			for _, name := range names {
				if h.names[name] {
					list.Favourites = append(list.Favourites, name)
				}
			}
			slices.Sort(list.Favourites)
		})
		if err != nil {
			s.post(func() { s.warn(err) })
		}
	})
}
