package dream

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// AppendPreset adds a preset to a file of them, with another number behind its name where there is one of that name. All
// else in the file stays as it is, also what this program cannot read; where it is no TOML there is an error.
func AppendPreset(data []byte, p Preset) (all []byte, name string, err error) {
	before, err := tables(data)
	if err != nil {
		return nil, "", err
	}
	p.Name = free(p.Name, before)
	now, err := p.set(Live(), nil)
	if err != nil {
		return nil, "", err
	}
	p = Preset{Name: p.Name, Net: p.Net, Knobs: PresetOf("", now).Knobs}.placed(p.Knobs)
	p.ageless(now)
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
	if after, err := tables(all); err != nil || len(after) != len(before)+1 {
		return nil, "", errors.New("dream: presets: nothing can be added behind the last one; write each as a [[preset]] table")
	}
	return all, p.Name, nil
}

// tables are a file's presets as they are written.
func tables(data []byte) ([]map[string]any, error) {
	var file presetFile
	if err := toml.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("dream: presets: %w", err)
	}
	return file.Preset, nil
}

// placed keeps the share of the trunk that stands for a layer.
func (p Preset) placed(knobs map[string]any) Preset {
	if place, ok := knobs["place"]; ok {
		p.Knobs["place"] = place
		delete(p.Knobs, "layer")
	}
	return p
}

// free is a name that neither a built-in scene nor a preset of the tables has: the one given, or that with the next
// number that is free.
func free(name string, in []map[string]any) string {
	base, n := name, 1
	if i := strings.LastIndexByte(name, ' '); i > 0 {
		if v, err := strconv.Atoi(name[i+1:]); err == nil && v > 0 {
			base, n = name[:i], v
		}
	}
	for taken(name, in) {
		n++
		name = fmt.Sprintf("%s %d", base, n)
	}
	return name
}

func taken(name string, in []map[string]any) bool {
	_, err := FindPreset(name)
	return err == nil || slices.ContainsFunc(in, func(t map[string]any) bool {
		other, _ := t["name"].(string)
		return strings.EqualFold(other, name)
	})
}

// RenamePreset gives a preset of a file another name. All else in it stays as it is.
func RenamePreset(data []byte, name, to string) ([]byte, error) {
	to = strings.Join(strings.Fields(to), " ")
	before, err := tables(data)
	switch {
	case err != nil:
		return nil, err
	case to == "" || len(to) > mostName:
		return nil, fmt.Errorf("dream: a scene's name has 1 to %d letters", mostName)
	case !strings.EqualFold(name, to) && taken(to, before):
		return nil, fmt.Errorf("dream: there is a scene %q already", to)
	}
	return edit(data, name, func(block []string) []string {
		for i, line := range block {
			if nameLine.MatchString(line) {
				block[i] = "name = " + strconv.Quote(to)
				return block
			}
		}
		return block
	}, func(t map[string]any) map[string]any {
		t["name"] = to
		return t
	})
}

// mostName is the length of a name that is given by hand.
const mostName = 60

// DeletePreset takes a preset out of a file. All else in it stays as it is.
func DeletePreset(data []byte, name string) ([]byte, error) {
	return edit(data, name, func([]string) []string { return nil }, func(map[string]any) map[string]any { return nil })
}

var (
	tableLine = regexp.MustCompile(`^\s*\[`)
	firstLine = regexp.MustCompile(`^\s*\[\[\s*preset\s*\]\]`)
	nameLine  = regexp.MustCompile(`^\s*name\s*=`)
	emptyLine = regexp.MustCompile(`^\s*(#.*)?\s*$`)
)

// edit changes the lines of the preset of that name; nil takes them out. The file is then to hold what it did, with that
// preset as want makes it, nil for none: what is written in other ways than as lines is left to its author.
func edit(data []byte, name string, change func(block []string) []string, want func(map[string]any) map[string]any) ([]byte, error) {
	list, err := tables(data)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(list, func(t map[string]any) bool { return t["name"] == name })
	if at < 0 {
		return nil, fmt.Errorf("dream: presets: there is none of the name %q", name)
	}
	lines := strings.SplitAfter(string(data), "\n")
	from, to := span(lines, at)
	if from < 0 {
		return nil, errOtherwise
	}
	var block []string
	for _, l := range change(slices.Clone(lines[from:to])) {
		block = append(block, strings.TrimRight(l, "\n")+"\n")
	}
	edited := strings.Join(slices.Replace(lines, from, to, block...), "")
	if t := want(list[at]); t == nil {
		list = slices.Delete(list, at, at+1)
	} else {
		list[at] = t
	}
	if after, err := tables([]byte(edited)); err != nil || !reflect.DeepEqual(after, list) && len(after)+len(list) > 0 {
		return nil, errOtherwise
	}
	return []byte(edited), nil
}

var errOtherwise = errors.New("dream: presets: the file is not written as one [[preset]] table after another; change it by hand")

// span finds the lines of the preset of a number, without what may be said above the next; from is -1 where there are none.
func span(lines []string, n int) (from, to int) {
	from = -1
	for i, l := range lines {
		if firstLine.MatchString(l) {
			if n--; n < 0 {
				from = i
				break
			}
		}
	}
	if from < 0 {
		return from, 0
	}
	to = from + 1
	for to < len(lines) && !tableLine.MatchString(lines[to]) {
		to++
	}
	for to < len(lines) && to > from+1 && emptyLine.MatchString(lines[to-1]) {
		to--
	}
	return from, to
}

// ageless names the knobs that a file of an older format has otherwise where they are not named.
func (p *Preset) ageless(s Settings) {
	for i := range Knobs {
		if k := &Knobs[i]; k.Absent != nil {
			p.Knobs[k.Name] = *k.Number(&s)
		}
	}
}
