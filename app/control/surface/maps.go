package surface

import (
	"bytes"
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
	Name   string            `toml:"name"`             // a part of the device's name; the longest one that fits counts
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

// Append is the file of maps with one more line for the device of that name; an empty to takes the control out, as far
// as a ready map has it. What is no file of maps is an error.
func Append(old []byte, name, from, to string) ([]byte, error) {
	var f file
	if err := toml.Unmarshal(old, &f); err != nil {
		return nil, fmt.Errorf("surface: it is no file of maps: %w", err)
	}
	control, _, err := parseControl(from)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(f.Device, func(d Device) bool { return d.Name == name })
	if at < 0 {
		at = len(f.Device)
		f.Device = append(f.Device, Device{Name: name})
	}
	d := &f.Device[at]
	if d.Map == nil {
		d.Map = map[string]string{}
	}
	for other := range d.Map { // the same control that turns in another way
		if c, _, err := parseControl(other); err == nil && c == control {
			delete(d.Map, other)
		}
	}
	d.Map[from] = to
	return toml.Marshal(f)
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

// mapOf is the map of a device of that name.
func mapOf(name string, own, ready []Device) mapped {
	m := mapped{bindings: map[string][]Binding{}, lights: map[string]string{}, on: 127}
	for _, list := range [][]Device{ready, own} {
		best := -1
		for i, d := range list {
			if strings.Contains(strings.ToLower(name), strings.ToLower(d.Name)) && (best < 0 || len(d.Name) > len(list[best].Name)) {
				best = i
			}
		}
		if best < 0 {
			continue
		}
		d := list[best]
		if d.Off != 0 {
			m.off = d.Off
		}
		if d.On != 0 {
			m.on = d.On
		}
		maps.Copy(m.lights, d.Lights)
		said := map[string][]Binding{}
		for _, from := range slices.Sorted(maps.Keys(d.Map)) {
			c, _, err := parseControl(from)
			if err != nil {
				continue // Parse has told
			}
			if b, err := ParseBinding(from, d.Map[from]); err == nil {
				said[c] = append(said[c], b)
			} else {
				said[c] = said[c][:0]
			}
		}
		maps.Copy(m.bindings, said)
	}
	return m
}
