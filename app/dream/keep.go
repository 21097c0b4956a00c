package dream

import (
	"errors"
	"fmt"

	"github.com/pelletier/go-toml/v2"
)

// AppendPreset adds the settings to a file of presets, as the first of Mine 1, Mine 2 and so on that is free. All else in
// it stays as it is, also what this program cannot read; where the file is no TOML there is an error.
func AppendPreset(data []byte, s Settings) (all []byte, name string, err error) {
	var before, now presetFile
	if err := toml.Unmarshal(data, &before); err != nil {
		return nil, "", fmt.Errorf("dream: presets: %w", err)
	}
	taken := map[any]bool{}
	for _, t := range before.Preset {
		taken[t["name"]] = true
	}
	n := 1
	for name = "Mine 1"; taken[name]; name = fmt.Sprint("Mine ", n) {
		n++
	}
	p := PresetOf(name, s)
	p.ageless(s)
	text, err := FormatPresets([]Preset{p})
	if err == nil && len(data) > 0 {
		text, err = toml.Marshal(map[string]any{"preset": []map[string]any{p.table()}})
		text = append([]byte("\n"), text...)
	}
	if err != nil {
		return nil, "", fmt.Errorf("dream: presets: %w", err)
	}
	all = append(data[:len(data):len(data)], text...)
	// Presets may be written in ways that cannot go on so, such as within brackets.
	if err := toml.Unmarshal(all, &now); err != nil || len(now.Preset) != len(before.Preset)+1 {
		return nil, "", errors.New("dream: presets: nothing can be added behind the last one; write each as a [[preset]] table")
	}
	return all, name, nil
}

// ageless names the knobs that a file of an older format has otherwise where they are not named.
func (p *Preset) ageless(s Settings) {
	for i := range Knobs {
		if k := &Knobs[i]; k.Absent != nil {
			p.Knobs[k.Name] = *k.Number(&s)
		}
	}
}
