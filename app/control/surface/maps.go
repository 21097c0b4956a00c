package surface

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/control"
)

// Device is the map of the devices of a name.
type Device struct {
	Name   string            `toml:"name"`             // a part of the device's name
	Off    int               `toml:"off,omitempty"`    // what puts a light out
	On     int               `toml:"on,omitempty"`     // what lights it; 0 for 127
	Map    map[string]string `toml:"map,omitempty"`    // the address of each control, and what it is to be; "" for nothing
	Lights map[string]string `toml:"lights,omitempty"` // the control that lights another one, where it is not that itself; "" for none
}

// Binding is a control of a device and what it asks for.
type Binding struct {
	Control string
	Turn    string // how it says its turns where it is endless, "" where it is not
	Address control.Address
	Arg     string // what a press asks for; "" for how hard it is pressed, or where the control stands
}

// file is how maps are kept.
type file struct {
	Device []Device `toml:"device"`
}

// ParseBinding reads a line of a map.
func ParseBinding(from, to string) (Binding, error) {
	var b Binding
	var err error
	if b.Control, b.Turn, err = parseControl(from); err != nil {
		return b, err
	}
	path, arg, _ := strings.Cut(strings.TrimSpace(to), " ")
	if b.Address, err = control.Find(path); err != nil {
		return b, err
	}
	b.Arg = strings.TrimSpace(arg)
	switch b.Address.Kind {
	case control.Trigger:
		if b.Arg != "" {
			return b, fmt.Errorf("%s takes nothing", path)
		}
	case control.Text:
		if b.Arg == "" && !(sortOf(b.Control) == choice && path == "/scene") {
			return b, fmt.Errorf("%s has to say what, as in %s NAME", path, path)
		}
	default:
		if v, err := strconv.ParseFloat(b.Arg, 64); b.Arg != "" && b.Arg != "toggle" && !(err == nil && v >= b.low() && v <= b.high()) {
			return b, fmt.Errorf("%s takes a number from %g to %g, or toggle", path, b.low(), b.high())
		}
	}
	return b, nil
}

func (b *Binding) low() float64 {
	if b.Address.Kind == control.Number {
		return b.Address.Min
	}
	return 0
}

func (b *Binding) high() float64 {
	if b.Address.Kind == control.Number {
		return b.Address.Max
	}
	return 1
}

// From and To are the binding as a map has it.
func (b *Binding) From() string { return strings.TrimSpace(b.Control + " " + b.Turn) }
func (b *Binding) To() string   { return strings.TrimSpace(b.Address.Path + " " + b.Arg) }

// Parse reads the maps of a file. What of it is no map is left out, each with an error.
func Parse(data []byte) (list []Device, bad []error, err error) {
	var f file
	if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&f); err != nil {
		return nil, nil, fmt.Errorf("surface: it is no file of maps: %w", err)
	}
	for _, d := range f.Device {
		if strings.TrimSpace(d.Name) == "" {
			bad = append(bad, fmt.Errorf("surface: a device has no name"))
			continue
		}
		for _, from := range slices.Sorted(maps.Keys(d.Map)) {
			if to := d.Map[from]; to == "" {
				_, _, err = parseControl(from)
			} else {
				_, err = ParseBinding(from, to)
			}
			if err != nil {
				bad = append(bad, fmt.Errorf("surface: %s: %q = %q: %w", d.Name, from, d.Map[from], err))
				delete(d.Map, from)
			}
		}
		for _, from := range slices.Sorted(maps.Keys(d.Lights)) {
			_, _, err := parseControl(from)
			if to := d.Lights[from]; to != "" && err == nil {
				_, _, err = parseControl(to)
			}
			if err != nil {
				bad = append(bad, fmt.Errorf("surface: %s: light of %q: %w", d.Name, from, err))
				delete(d.Lights, from)
			}
		}
		list = append(list, d)
	}
	return list, bad, nil
}

// Append is a file of maps, made by Append alone, with one more line for the device of that name. An empty to takes the
// control out, as far as other maps have it. What is no file of maps is an error.
func Append(old []byte, name, from, to string) ([]byte, error) {
	list, bad, err := Parse(old)
	if err == nil && len(bad) > 0 {
		err = bad[0]
	}
	if err == nil {
		_, _, err = parseControl(from)
	}
	if err != nil {
		return nil, err
	}
	all := Merge(list, []Device{{Name: name, Map: map[string]string{from: to}}})
	data, err := toml.Marshal(file{all})
	return append([]byte("# Written by zalgoscope when a control is learnt. It comes before maps.toml, which is yours alone.\n\n"), data...), err
}

// Merge is maps with further ones, whose lines come first where both are of devices of the same name.
func Merge(list, further []Device) []Device {
	list = slices.Clone(list)
	for _, f := range further {
		at := slices.IndexFunc(list, func(d Device) bool { return d.Name == f.Name })
		if at < 0 {
			list = append(list, f)
			continue
		}
		d := &list[at]
		d.Off, d.On = cmp.Or(f.Off, d.Off), cmp.Or(f.On, d.On)
		d.Map, d.Lights = over(d.Map, f.Map), over(d.Lights, f.Lights)
	}
	return list
}

// over is lines of a map with others, which replace those of the same controls.
func over(lines, others map[string]string) map[string]string {
	if len(others) == 0 {
		return lines
	}
	lines = maps.Clone(lines)
	if lines == nil {
		lines = map[string]string{}
	}
	for from, to := range others {
		c, _, _ := parseControl(from) // Parse has told
		maps.DeleteFunc(lines, func(other, _ string) bool {
			o, _, _ := parseControl(other)
			return o == c || to != "" && overlap(o, c)
		})
	}
	maps.Copy(lines, others)
	return lines
}

//go:embed ready.toml
var ready []byte

// Ready are the maps that come with the program.
func Ready() []Device {
	list, bad, err := Parse(ready)
	if err != nil || len(bad) > 0 {
		panic(fmt.Sprint("surface: the ready maps: ", err, bad))
	}
	return list
}

// mapped is the map of a device: what own ones say comes before what ready ones do.
type mapped struct {
	bindings map[string][]Binding // by control
	lights   map[string]string
	off, on  int
}

// mapOf is the map of a device of that name: of the ready maps the one of the longest name that fits, then line by line
// all own ones that fit, the longest name last.
func mapOf(name string, own, ready []Device) mapped {
	m := mapped{bindings: map[string][]Binding{}, lights: map[string]string{}, on: 127}
	fit := func(list []Device) (fits []Device) {
		for _, d := range list {
			if strings.Contains(strings.ToLower(name), strings.ToLower(d.Name)) {
				fits = append(fits, d)
			}
		}
		slices.SortStableFunc(fits, func(a, b Device) int { return cmp.Compare(len(a.Name), len(b.Name)) })
		return fits
	}
	fits := fit(ready)
	for _, d := range slices.Concat(fits[max(len(fits)-1, 0):], fit(own)) {
		m.add(d)
	}
	return m
}

// add takes what a map says of controls, instead of what was said of them before.
func (m *mapped) add(d Device) {
	m.off, m.on = cmp.Or(d.Off, m.off), cmp.Or(d.On, m.on)
	maps.Copy(m.lights, d.Lights)
	said := map[string][]Binding{}
	for _, from := range slices.Sorted(maps.Keys(d.Map)) {
		c, _, err := parseControl(from)
		if err != nil {
			continue // Parse has told
		}
		b, err := ParseBinding(from, d.Map[from])
		if err != nil {
			said[c] = nil // it is to ask for nothing
			continue
		}
		said[c] = append(said[c], b)
		maps.DeleteFunc(m.bindings, func(other string, _ []Binding) bool { return overlap(other, c) })
	}
	maps.Copy(m.bindings, said)
}
