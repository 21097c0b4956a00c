package record

import (
	"slices"
	"sync"

	"zalgoscope/app/dream"
)

// Log keeps the recipe of a running dream. A dream that begins again needs a new
// log. Its methods may be called from any goroutine.
type Log struct {
	guides *Guides // nil where none can be opened

	mu     sync.Mutex
	recipe Recipe // guarded by mu
}

// NewLog begins the recipe of a dream that is about to begin; its changes come from Change,
// and its guide pictures are those that the dream opens by guides, which may be nil.
func NewLog(head Recipe, guides *Guides) *Log {
	head.Changes, head.Guides = nil, nil
	return &Log{recipe: head, guides: guides}
}

// Change takes a change of the settings down; it is made for dream.OnChange.
func (l *Log) Change(tick int64, s dream.Settings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recipe.Changes = append(l.recipe.Changes, Change{At: tick, Settings: s})
	known := func(g Guide) bool { return g.Name == s.Guide }
	if s.Guide != "" && !slices.ContainsFunc(l.recipe.Guides, known) {
		if g, ok := l.guides.followed(s.Guide); ok {
			l.recipe.Guides = append(l.recipe.Guides, g)
		}
	}
}

// Move takes down that the dream went on on another device; it is made for dream.OnMove.
func (l *Log) Move(device string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recipe.Device += ", then " + device
}

// Recipe is the recipe so far. It does not change when the dream goes on, and costs
// no copy of the changes.
func (l *Log) Recipe() Recipe {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.recipe
	n := len(r.Changes)
	r.Changes = r.Changes[:n:n]
	r.Guides = slices.Clip(r.Guides)
	return r
}

// Since is Recipe for a recording that begins when so many frames have been dreamed.
func (l *Log) Since(frames int) func() Recipe {
	return func() Recipe {
		r := l.Recipe()
		r.From = frames
		return r
	}
}
