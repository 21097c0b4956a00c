package dream

import (
	_ "embed"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Preset is a named scene: what the knobs stand at for it. Knobs that it does not
// name are those of Live.
type Preset struct {
	Name  string
	Net   string         // the only net that it is for, "" for any
	Knobs map[string]any // by knob name; "place" stands for a layer by its share of the trunk
}

//go:embed presets.toml
var presets []byte

// Presets are the built-in scenes.
func Presets() []Preset {
	list, bad, err := ParsePresets(presets)
	if err = errors.Join(append(bad, err)...); err != nil {
		panic("dream: the built-in presets: " + err.Error())
	}
	return list
}

// FindPreset gives the built-in scene of that name, whatever its capitals.
func FindPreset(name string) (Preset, error) {
	list := Presets()
	names := make([]string, len(list))
	for i, p := range list {
		if strings.EqualFold(p.Name, strings.TrimSpace(name)) {
			return p, nil
		}
		names[i] = p.Name
	}
	return Preset{}, fmt.Errorf("dream: there is no scene %q; there are %s", name, strings.Join(names, ", "))
}

// Live are the settings that a dream goes on endlessly with, a few steps a frame, where the
// defaults are made for one picture.
func Live() Settings {
	s := Defaults()
	s.Step, s.Steps, s.Octaves, s.Jitter = 2, 2, 3, 12
	s.Zoom, s.Hold, s.Drift, s.Fatigue = 0.05, 0.5, 0.08, 1
	return s
}

// presetFile is presets as TOML.
type presetFile struct {
	Format int              `toml:"format"`
	Preset []map[string]any `toml:"preset"`
}

// presetFormat is that of files whose presets know all knobs that had no part in Live's dreams before.
const presetFormat = 2

// age gives a preset of an older file the knobs that have come since, as its dreams had them: not at all.
func (p *Preset) age() {
	for i := range Knobs {
		k := &Knobs[i]
		if _, named := p.Knobs[k.Name]; !named && k.Absent != nil {
			p.Knobs[k.Name] = *k.Absent
		}
	}
}

// ParsePresets reads presets from TOML: a [[preset]] table with a name and knobs for each. One that cannot be read is
// left out, and an error in bad says which and why; err means that none can.
func ParsePresets(data []byte) (list []Preset, bad []error, err error) {
	var file presetFile
	if err := toml.Unmarshal(data, &file); err != nil {
		return nil, nil, fmt.Errorf("dream: presets: %w", err)
	}
	for i, table := range file.Preset {
		name, ok := table["name"].(string)
		if !ok || name == "" {
			bad = append(bad, fmt.Errorf("dream: preset %d has no name", i+1))
			continue
		}
		only, _ := table["net"].(string)
		delete(table, "name")
		delete(table, "net")
		p := Preset{Name: name, Net: only, Knobs: table}
		if file.Format < presetFormat {
			p.age()
		}
		if _, err := p.set(Live(), nil); err != nil {
			bad = append(bad, err)
			continue
		}
		list = append(list, p)
	}
	return list, bad, nil
}

// FormatPresets writes presets as ParsePresets reads them.
func FormatPresets(list []Preset) ([]byte, error) {
	file := presetFile{Format: presetFormat}
	for _, p := range list {
		file.Preset = append(file.Preset, p.table())
	}
	return toml.Marshal(file)
}

func (p Preset) table() map[string]any {
	table := map[string]any{"name": p.Name}
	if p.Net != "" {
		table["net"] = p.Net
	}
	for k, v := range p.Knobs {
		table[k] = v
	}
	return table
}

// PresetOf is a preset that gives these settings, but for the canvas's size and what else is no matter of the scene.
func PresetOf(name string, s Settings) Preset {
	p := Preset{Name: name, Knobs: map[string]any{}}
	live := Live()
	for i := range Knobs {
		k := &Knobs[i]
		if k.outside() {
			continue
		}
		if n := k.Number(&s); n != nil && *n != *k.Number(&live) {
			p.Knobs[k.Name] = *n
		} else if t := k.Text(&s); t != nil && *t != "" {
			p.Knobs[k.Name] = *t
		}
	}
	return p
}

// Apply gives the preset's settings for a net, at the canvas size of s and, where it says nothing of it, on the map of s.
// It fails where the net has not what the preset dreams of.
func (p Preset) Apply(s Settings, net *nn.Net) (Settings, error) {
	if p.Net != "" && (net == nil || net.Name != p.Net) {
		return s, fmt.Errorf("dream: scene %q is for the net %q", p.Name, p.Net)
	}
	live := Live()
	live.Width, live.Height, live.Pace = s.Width, s.Height, s.Pace
	live.Where, live.Other = s.Where, s.Other
	live.RangeLow, live.RangeHigh = s.RangeLow, s.RangeHigh
	out, err := p.set(live, net)
	if err != nil {
		return s, err
	}
	if out.Layer == "" {
		out.Layer = DefaultLayer(net)
	}
	if err := bend.Check(net, out.Bends()); err != nil {
		return s, err
	}
	obj := resolver{net: net}
	check := out
	if layers, err := ParseWeighted(check.Layer); err == nil && check.Class == "" && check.Channel == "" {
		// A mix of layers needs an engine to be weighed; their names can be checked without.
		for _, l := range layers {
			if _, err := net.Find(l.Name); err != nil {
				return s, err
			}
		}
		return out, nil
	}
	o, err := obj.resolve(check)
	if err != nil {
		return s, err
	}
	_, err = net.Targets(o)
	return out, err
}

// Agrees tells, quickly, whether settings can be the preset's: whether its numbers stand so, but for what is suited to
// start pictures. Apply tells the rest.
func (p Preset) Agrees(s Settings) bool {
	for name, v := range p.Knobs {
		k, err := Find(name)
		n, isNumber := number(v)
		if err == nil && isNumber && name != "even" && k.Number(&s) != nil && *k.Number(&s) != n {
			return false
		}
	}
	return true
}

// set puts the knobs into settings. Without a net a place is only checked.
func (p Preset) set(s Settings, net *nn.Net) (Settings, error) {
	s, err := Set(s, p.Knobs, net)
	if err != nil {
		err = fmt.Errorf("preset %q: %w", p.Name, err)
	}
	return s, err
}

// Set puts knobs, by their names, into settings. A place is a layer by its share of the way through the net, without which it
// is only checked.
func Set(s Settings, knobs map[string]any, net *nn.Net) (Settings, error) {
	for name, v := range knobs {
		wrong := fmt.Errorf("dream: %s cannot be %v", name, v)
		n, isNumber := number(v)
		if name == "place" {
			if !isNumber || n < 0 || n > 1 {
				return s, wrong
			}
			if net != nil {
				s.Layer = layerAt(net, n)
			}
			continue
		}
		k, err := Find(name)
		if err != nil {
			return s, err
		}
		text, isText := v.(string)
		switch {
		case k.Number(&s) != nil && isNumber:
			*k.Number(&s) = n
		case k.Text(&s) != nil && isText:
			*k.Text(&s) = text
		default:
			return s, wrong
		}
	}
	if _, err := bend.Parse(s.Bend); err != nil {
		return s, err
	}
	if _, err := ParseModulators(s.Mod); err != nil {
		return s, err
	}
	return s, s.Check()
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, !math.IsNaN(v)
	case int64:
		return float64(v), true
	}
	return 0, false
}

// layerAt is the trunk's layer at a share of the way from the picture to the labels.
func layerAt(net *nn.Net, depth float64) string {
	trunk := net.Trunk()
	return trunk[int(math.Round(depth*float64(len(trunk)-1)))]
}

// Ladder names the layers that are offered in order, from the picture on: the trunk, and at its top the label map.
func Ladder(net *nn.Net) []string {
	names := net.Trunk()
	if net.LabelMap != "" {
		names = append(names, net.LabelMap)
	}
	return names
}
