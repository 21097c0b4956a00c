package app

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/app/visible"
	"zalgoscope/nn/disk"
)

// restore takes up the last session's knobs, where they were another net's only those that are not of a net.
// What cannot be taken up is left out, which the window tells when it is there.
func (s *studio) restore() {
	data, err := disk.Read(sessionFile(), 1<<18)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	table := map[string]any{}
	if err == nil {
		err = toml.Unmarshal(data, &table)
	}
	if err != nil {
		s.post(func() {
			s.warn(fmt.Errorf("app: the last session cannot be read, so all knobs stand as at the first start: %w", err))
		})
		return
	}
	l, odd := lastOf(table)
	if l.Net != s.cfg.NetID.Name {
		for _, name := range []string{"layer", "channel", "class", "where", "other"} {
			delete(l.Knobs, name)
		}
		var bent dream.Settings
		bent.Bend, _ = l.Knobs["bend"].(string)
		bent.Mod, _ = l.Knobs["mod"].(string)
		bent.FitBends(s.cfg.Net)
		l.Knobs["bend"], l.Knobs["mod"] = bent.Bend, bent.Mod
	}
	if g, ok := l.Knobs["guide"].(string); ok && g != "" && !record.Regular(g) {
		odd = append(odd, "guide "+quote(g))
		delete(l.Knobs, "guide")
	}
	s.placed = l.Window
	s.starts.recall(l.Starts)
	odd = append(odd, s.takeUp(l)...)
	if len(odd) > 0 {
		s.post(func() { s.warn(errors.New("app: left out of the last session: " + strings.Join(odd, ", "))) })
	}
}

// lastOf reads a session's entries and names those that no session could have written.
func lastOf(table map[string]any) (l lastSession, odd []string) {
	l = lastSession{Governed: true, Knobs: map[string]any{}}
	for _, name := range []string{"Canvas", "Every", "Fade"} {
		if n, whole := table[name].(int64); whole {
			table[name] = float64(n)
		}
	}
	entry(table, "Net", &l.Net, &odd)
	entry(table, "Canvas", &l.Canvas, &odd)
	entry(table, "Governed", &l.Governed, &odd)
	entry(table, "Sharp", &l.Sharp, &odd)
	entry(table, "Cover", &l.Cover, &odd)
	entry(table, "Every", &l.Every, &odd)
	entry(table, "Fade", &l.Fade, &odd)
	var beats int64
	entry(table, "Beats", &beats, &odd)
	if l.Beats = int(beats); !slices.Contains(beatChoices, l.Beats) {
		odd = append(odd, fmt.Sprintf("beats %d", beats))
		l.Beats = 0
	}
	entry(table, "Meet", &l.Meet, &odd)
	entry(table, "Preset", &l.Preset, &odd)
	entry(table, "Knobs", &l.Knobs, &odd)
	l.Window = windowOf(table, &odd)
	var starts []any
	entry(table, "Starts", &starts, &odd)
	for _, v := range starts {
		if path, ok := v.(string); ok {
			l.Starts = append(l.Starts, path)
		}
	}
	if knob, _ := dream.Find("width"); !(l.Canvas >= 0 && l.Canvas <= knob.Max) {
		odd = append(odd, fmt.Sprintf("canvas %g", l.Canvas))
		l.Canvas = 0
	}
	for name, v := range map[string]*float64{"go on": &l.Every, "cross-fade": &l.Fade} {
		if !(*v >= 0 && *v <= mostEvery) {
			odd = append(odd, fmt.Sprintf("%s %g", name, *v))
			*v = 0
		}
	}
	if !l.Governed && l.Canvas > easySide {
		// It may have fitted elsewhere, or at another time; the governor goes there as far as it can.
		odd = append(odd, fmt.Sprintf("the canvas of %.0f without the governor", l.Canvas))
		l.Governed = true
	}
	return l, odd
}

// windowOf reads where the window was; nothing is lost by an odd place.
func windowOf(table map[string]any, odd *[]string) (p windowPlace) {
	at := map[string]any{}
	entry(table, "Window", &at, odd)
	if len(at) == 0 {
		return p
	}
	var strange []string
	number := func(name string) int {
		var n int64
		entry(at, name, &n, &strange)
		return int(n)
	}
	entry(at, "Monitor", &p.Monitor, &strange)
	entry(at, "Maximised", &p.Maximised, &strange)
	p.X, p.Y, p.Width, p.Height = number("X"), number("Y"), number("Width"), number("Height")
	if len(strange) > 0 || !p.valid() {
		*odd = append(*odd, "the window's place")
		return windowPlace{}
	}
	return p
}

// entry takes a table's value of a name, if there is one, and adds to odd one that is of another kind.
func entry[T any](table map[string]any, name string, to *T, odd *[]string) {
	v, there := table[name]
	if t, ok := v.(T); ok {
		*to = t
	} else if there {
		*odd = append(*odd, strings.ToLower(name)+" "+quote(v))
	}
}

// takeUp sets the knobs, size and preset of the last session as far as they can be dreamed with the net, and
// names the knobs that cannot.
func (s *studio) takeUp(l lastSession) (odd []string) {
	preset := dream.Preset{Name: "last session", Knobs: l.Knobs}
	settings, err := preset.Apply(s.want, s.cfg.Net)
	if err != nil {
		settings, odd = s.sift(l.Knobs)
	}
	s.want = settings
	s.size.wanted, s.size.governed, s.size.Sharp, s.canvas.cover = l.Canvas, l.Governed, l.Sharp, l.Cover
	s.show.Every, s.show.Fade, s.show.left = l.Every, l.Fade, l.Every
	s.beats, s.surfaces.meet = beats{every: l.Beats, left: l.Beats}, l.Meet
	for i, p := range s.presets.list {
		if p.Name == l.Preset {
			if base, err := p.Apply(s.want, s.cfg.Net); err == nil {
				s.presets.at, s.base = i, base
			}
		}
	}
	return odd
}

// sift applies knobs one after another, in the table's order, and leaves out those with which the others
// cannot be dreamed.
func (s *studio) sift(knobs map[string]any) (settings dream.Settings, odd []string) {
	good := dream.Preset{Name: "last session", Knobs: map[string]any{}}
	settings = s.want
	if plain, err := good.Apply(s.want, s.cfg.Net); err == nil {
		settings = plain
	}
	for i := range dream.Knobs {
		name := dream.Knobs[i].Name
		v, there := knobs[name]
		if !there {
			continue
		}
		good.Knobs[name] = v
		if next, err := good.Apply(s.want, s.cfg.Net); err == nil {
			settings = next
		} else {
			delete(good.Knobs, name)
			odd = append(odd, name+" "+quote(v))
		}
	}
	for name := range knobs {
		if _, err := dream.Find(name); err != nil {
			odd = append(odd, quote(name))
		}
	}
	slices.Sort(odd)
	return settings, odd
}

// quote shows a value of a file, shortened.
func quote(v any) string { return visible.Short(fmt.Sprintf("%.200q", fmt.Sprint(v)), 40) }
