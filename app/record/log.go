package record

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"zalgoscope/app/dream"
)

// Log keeps the recipe of a running dream. A dream that begins again needs a new
// log. Its methods may be called from any goroutine.
type Log struct {
	guides *Guides // nil where none can be opened

	mu     sync.Mutex
	recipe Recipe            // guarded by mu
	names  map[string]string // of the guides, by their paths; guarded by mu
	before map[string]string // likewise, of those not opened since Resume, whose files may have changed; guarded by mu
}

// NewLog begins the recipe of a dream that is about to begin; its changes come from Change,
// and its guide pictures are those that the dream opens by guides, which may be nil.
func NewLog(head Recipe, guides *Guides) *Log {
	head.Changes, head.Guides = nil, nil
	return &Log{recipe: head, guides: guides}
}

// Change takes a change of the settings down; it is made for dream.OnChange. What comes after more changes than a recipe
// may have is not kept: the recipe is cut there.
func (l *Log) Change(tick int64, frame int, s dream.Settings) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.recipe.Changes) > mostChanges {
		return
	}
	if s.Guide != "" {
		s.Guide = l.guide(s.Guide)
	}
	if n := len(l.recipe.Changes); n > 0 && l.recipe.Changes[n-1].Settings == s {
		return // a dream that was gone on with tells anew
	}
	l.recipe.Changes = append(l.recipe.Changes, Change{At: tick, Frame: frame, Settings: s})
}

// guide gives the name by which the recipe knows a guide picture, and takes it down. Of two files of one name
// the second has its checksum before it. The mutex is held.
func (l *Log) guide(path string) string {
	if name, ok := l.names[path]; ok {
		return name
	}
	g := l.guides.followed(path)
	if g.SHA256 == "" { // it may be opened yet
		if name, ok := l.before[path]; ok {
			return name
		}
		return g.Name
	}
	other := func(o Guide) bool { return o.Name == g.Name && o.SHA256 != g.SHA256 }
	if slices.ContainsFunc(l.recipe.Guides, other) {
		g.Name = g.SHA256[:12] + "/" + g.Name
	}
	if !slices.Contains(l.recipe.Guides, g) {
		l.recipe.Guides = append(l.recipe.Guides, g)
	}
	if l.names == nil {
		l.names = map[string]string{}
	}
	l.names[path] = g.Name
	return g.Name
}

// LogState is what a log is gone on with by another program.
type LogState struct {
	Recipe string            // so far, as Encode gives it
	Names  map[string]string // of the guides, by their paths
}

// State is the log's of now.
func (l *Log) State() LogState {
	text := l.Recipe().Encode()
	l.mu.Lock()
	defer l.mu.Unlock()
	names := map[string]string{}
	maps.Copy(names, l.before)
	maps.Copy(names, l.names)
	return LogState{text, names}
}

// Resume goes on with what was taken down of the same dream before, maybe on another device.
func (l *Log) Resume(s LogState) error {
	r, err := Decode(s.Recipe)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if now := l.recipe.Device; r.Device != now && !strings.HasSuffix(r.Device, then+now) {
		r.Device += then + now
	}
	l.recipe, l.names, l.before = r, nil, maps.Clone(s.Names)
	return nil
}

// then is between the devices that a dream was on one after another.
const then = ", then "

// Move takes down that the dream went on on another device; it is made for dream.OnMove.
func (l *Log) Move(device string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recipe.Device += then + device
}

// On says on what the dream goes on, of which a recipe from now on tells as what it began with.
func (l *Log) On(in dream.Input) {
	l.mu.Lock()
	defer l.mu.Unlock()
	memory := l.recipe.Start.Memory
	l.recipe.Start = StartOf(in)
	l.recipe.Start.Memory = memory
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
