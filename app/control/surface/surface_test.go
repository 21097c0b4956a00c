package surface

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/control"
)

// mappedBy is a surface with a device "Test" of that map.
func mappedBy(lines map[string]string) (*Surface, *control.Queue) {
	var q control.Queue
	s := New(&q)
	s.SetMaps([]Device{{Name: "test", Map: lines}})
	return s, &q
}

func cc(channel, number, raw int) Input {
	return Input{Control: fmt.Sprintf("cc %d %d", channel, number), Value: float64(raw) / 127, Raw: raw}
}

func note(number, raw int) Input {
	return Input{Control: fmt.Sprintf("note 1 %d", number), Value: float64(raw) / 127, Raw: raw}
}

func TestMaps(t *testing.T) {
	at := func(path string, way control.Way, v float64) control.Event {
		return control.Event{Path: path, Way: way, Value: v}
	}
	for _, c := range []struct {
		name, from, to string
		in             []Input
		want           []control.Event
	}{
		{"a fader", "cc 1 7", "/knob/zoom", []Input{cc(1, 7, 127)}, []control.Event{at("/knob/zoom", control.Set, 1)}},
		{"another channel", "cc 1 7", "/knob/zoom", []Input{cc(2, 7, 127)}, nil},
		{"a fader in the knob's unit", "cc 1 7", "/knob/step/value", []Input{cc(1, 7, 127)}, []control.Event{at("/knob/step/value", control.Set, 12)}},
		{"two's complement", "cc 1 7 twos", "/knob/zoom", []Input{cc(1, 7, 1), cc(1, 7, 3), cc(1, 7, 127)}, []control.Event{at("/knob/zoom", control.Turn, 3.0/127)}},
		{"a sign before", "cc 1 7 signed", "/knob/zoom", []Input{cc(1, 7, 1), cc(1, 7, 3), cc(1, 7, 65)}, []control.Event{at("/knob/zoom", control.Turn, 3.0/127)}},
		{"an offset", "cc 1 7 offset", "/knob/zoom", []Input{cc(1, 7, 65), cc(1, 7, 67), cc(1, 7, 63)}, []control.Event{at("/knob/zoom", control.Turn, 3.0/127)}},
		{"an encoder steps scenes", "cc 1 7 offset", "/scene/next", []Input{cc(1, 7, 65), cc(1, 7, 63), cc(1, 7, 66)}, []control.Event{at("/scene/next", 0, 1), at("/scene/next", 0, 1)}},
		{"a pad taps", "note 1 36", "/tap", []Input{note(36, 5), note(36, 0), note(36, 127), note(36, 0)}, []control.Event{at("/tap", 0, 1), at("/tap", 0, 1)}},
		{"a button of a controller taps", "cc 1 7", "/tap", []Input{cc(1, 7, 127), cc(1, 7, 0), cc(1, 7, 127)}, []control.Event{at("/tap", 0, 1), at("/tap", 0, 1)}},
		{"a pad is a scene", "note 1 36", "/scene Stained glass", []Input{note(36, 127), note(36, 0)}, []control.Event{{Path: "/scene", Value: 1, Text: "Stained glass"}}},
		{"a pad switches a bend", "note 1 36", "/bend/1/on", []Input{note(36, 127), note(36, 0)}, []control.Event{at("/bend/1/on", control.Toggle, 1)}},
		{"a pad toggles a knob", "note 1 36", "/zalgo toggle", []Input{note(36, 127), note(36, 0)}, []control.Event{at("/zalgo", control.Toggle, 1)}},
		{"a pad sets a knob", "note 1 36", "/knob/zalgo/value 8", []Input{note(36, 1), note(36, 0)}, []control.Event{at("/knob/zalgo/value", control.Set, 8)}},
		{"a pad is held", "note 1 36", "/zalgo", []Input{note(36, 127), note(36, 0)}, []control.Event{at("/zalgo", control.Press, 1), at("/zalgo", control.Release, 0)}},
		{"a program is a scene", "program 1", "/scene", []Input{{Control: "program 1", Raw: 4}}, []control.Event{{Path: "/scene", Value: 1, Text: "5"}}},
		{"one program", "program 1 5", "/scene Parade", []Input{{Control: "program 1 5", Raw: 5}}, []control.Event{{Path: "/scene", Value: 1, Text: "Parade"}}},
		{"a stick that goes on", "axis left-x turn", "/knob/zoom", []Input{{Control: "axis left-x", Value: 1, Seconds: 0.1}, {Control: "axis left-x", Value: 1, Seconds: 0.1}, {Control: "axis left-x", Value: 0.5}}, []control.Event{at("/knob/zoom", control.Turn, 0.1)}},
		{"a trigger that is held", "axis left-x", "/zalgo", []Input{{Control: "axis left-x", Value: 1, Seconds: 0.1}, {Control: "axis left-x", Value: 1, Seconds: 0.1}}, []control.Event{at("/zalgo", control.Set, 1)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, q := mappedBy(map[string]string{c.from: c.to})
			for _, in := range c.in {
				s.Hear("A Test device", in, time.Now())
			}
			got, _ := q.Take()
			for i := range got { // sums of floats
				got[i].Value = float64(int(got[i].Value*1e6+0.5)) / 1e6
			}
			for i := range c.want {
				c.want[i].Value = float64(int(c.want[i].Value*1e6+0.5)) / 1e6
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

// A flood is one event for each fader, and every press of a pad.
func TestFlood(t *testing.T) {
	s, q := mappedBy(map[string]string{"cc 1 7": "/knob/zoom", "cc 1 8 offset": "/knob/step", "note 1 36": "/tap"})
	for i := range 1000 {
		s.Hear("Test", cc(1, 7, i%128), time.Now())
		s.Hear("Test", cc(1, 8, 65), time.Now())
		s.Hear("Test", note(36, 127), time.Now())
		s.Hear("Test", note(36, 0), time.Now())
	}
	events, lost := q.Take()
	taps, turned := 0, 0.0
	for _, e := range events {
		switch e.Path {
		case "/tap":
			taps++
		case "/knob/step":
			turned = e.Value * 127
		case "/knob/zoom":
			if e.Value != 103.0/127 {
				t.Errorf("the fader stands at %g", e.Value)
			}
		}
	}
	if taps != 1000 || lost != 0 || turned < 999.9 || turned > 1000.1 || s.Heard() != 4000 {
		t.Errorf("%d taps, %g steps, %d lost, %d heard", taps, turned, lost, s.Heard())
	}
}

// Learn finds out what is touched.
func TestLearn(t *testing.T) {
	fader := func(from, to int) (list []Input) {
		for v := from; v <= to; v++ {
			list = append(list, cc(1, 7, v))
		}
		return list
	}
	encoder := func(raws ...int) (list []Input) {
		for _, r := range raws {
			list = append(list, cc(1, 7, r))
		}
		return list
	}
	for _, c := range []struct {
		name, to string
		in       []Input
		want     string // the control, "" for none yet after a second
		late     string // after five
	}{
		{"a fader", "/knob/zoom", fader(0, 20), "cc 1 7", ""},
		{"a fader at its lower end", "/knob/zoom", fader(1, 5), "cc 1 7", ""},
		{"a fader in its middle", "/knob/zoom", fader(60, 68), "cc 1 7", ""},
		{"two's complement", "/knob/zoom", encoder(1, 1, 2, 127, 127), "cc 1 7 twos", ""},
		{"a sign before", "/knob/zoom", encoder(1, 1, 2, 65, 65), "cc 1 7 signed", ""},
		{"an offset", "/knob/zoom", encoder(65, 65, 63, 63), "cc 1 7 offset", ""},
		{"an encoder turned one way", "/knob/zoom", encoder(1, 1, 1), "", "cc 1 7 twos"},
		{"the other way", "/knob/zoom", encoder(65, 65, 65), "", "cc 1 7 offset"},
		{"a pad", "/tap", []Input{note(36, 127), note(36, 0)}, "note 1 36", ""},
		{"a button of a controller", "/tap", encoder(127, 0, 127, 0), "cc 1 7", ""},
		{"a button of a controller for a switch", "/bend/1/on", encoder(127, 127), "cc 1 7", ""},
		{"a fader with a touch", "/knob/zoom", append([]Input{note(104, 127)}, Input{Control: "bend 1", Value: 0.2, Raw: 3000}, Input{Control: "bend 1", Value: 0.3, Raw: 4000}), "bend 1", ""},
		{"14 bits", "/knob/zoom", []Input{cc(1, 7, 3), cc(1, 39, 4), {Control: "cc14 1 7", Raw: 388}, cc(1, 7, 3), cc(1, 39, 5), {Control: "cc14 1 7", Raw: 389}}, "cc14 1 7", ""},
		{"half of what may be 14 bits", "/knob/zoom", []Input{cc(1, 7, 3), {Control: "cc14 1 7", Raw: 388}, cc(1, 7, 4), {Control: "cc14 1 7", Raw: 389}}, "cc 1 7", ""},
		{"a program", "/scene Parade", []Input{{Control: "program 1", Raw: 5}, {Control: "program 1 5", Raw: 5}}, "program 1 5", ""},
		{"a stick", "/knob/zoom", []Input{{Control: "axis left-y", Value: 0.52}, {Control: "axis left-x", Value: 0.9}}, "axis left-x", ""},
		{"nothing but a stick that hangs", "/knob/zoom", []Input{{Control: "axis left-y", Value: 0.52}}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, q := mappedBy(nil)
			if err := s.Learn(c.to); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			for _, in := range c.in {
				s.Hear("Test", in, began)
			}
			if _, ok := s.Learnt(began.Add(watched / 2)); ok {
				t.Error("it is learnt before anybody has let go")
			}
			for _, want := range []struct {
				control string
				after   time.Duration
			}{{c.want, time.Second}, {c.late, 5 * time.Second}} {
				if l, ok := s.Learnt(began.Add(want.after)); ok != (want.control != "") || l.From != want.control || ok && (l.To != c.to || l.Device != "Test") {
					t.Errorf("after %v it has learnt %+v, want %q", want.after, l, want.control)
				}
			}
			if events, _ := q.Take(); events != nil {
				t.Errorf("what is touched to be learnt asks for %v", events)
			}
		})
	}
}

// What was learnt is in the file, beside what was there; of a control of 14 bits and its halves what was learnt last. A file
// that has anything else in it stays.
func TestAppend(t *testing.T) {
	var data []byte
	var err error
	for _, line := range [][3]string{
		{"Test", "cc 1 7", "/knob/zoom"}, {"Test", "note 1 36", "/scene Stained glass"}, {"Test", "cc 1 7 twos", "/knob/step"}, {"Test", "cc 1 8", ""}, {"Another", "cc 1 7", "/zalgo"},
		{"Test", "cc 1 9", "/zalgo"}, {"Test", "cc 1 41", "/layer"}, {"Test", "cc14 1 9", "/knob/even"}, {"Another", "cc14 1 3", "/zalgo"}, {"Another", "cc 1 35", "/layer"},
	} {
		if data, err = Append(data, line[0], line[1], line[2]); err != nil {
			t.Fatal(err)
		}
	}
	list, bad, err := Parse(data)
	want := []Device{
		{Name: "Test", Map: map[string]string{"cc 1 7 twos": "/knob/step", "note 1 36": "/scene Stained glass", "cc 1 8": "", "cc14 1 9": "/knob/even"}},
		{Name: "Another", Map: map[string]string{"cc 1 7": "/zalgo", "cc 1 35": "/layer"}},
	}
	if err != nil || bad != nil || !reflect.DeepEqual(list, want) {
		t.Errorf("got %+v, %v, %v", list, bad, err)
	}
	for _, text := range []string{"no maps", "[[device]]\nname = 'Test'\n[device.mpa]\n'cc 1 7' = '/zalgo'\n", "[[device]]\nname = 'Test'\n[device.map]\n'cc 1' = '/zalgo'\n"} {
		if _, err := Append([]byte(text), "Test", "cc 1 7", "/zalgo"); err == nil {
			t.Errorf("%q is written over", text)
		}
	}
}

// All own maps that fit a device hold, line by line, those of longer names before those of shorter ones; of a controller
// of 14 bits and its halves that of the longer name.
func TestOwnMaps(t *testing.T) {
	own := Merge(
		[]Device{{Name: "pads", On: 3, Map: map[string]string{"cc 1 1": "/knob/zoom", "cc 1 2": "/zalgo", "cc 1 3": "/knob/step", "cc 1 35": "/layer", "cc14 1 4": "/knob/even"}}},
		[]Device{{Name: "Pads (2)", Map: map[string]string{"cc 1 2": "/layer", "cc14 1 3": "/knob/steps", "cc 1 4": "/zalgo"}}, {Name: "pads", Map: map[string]string{"cc 1 1": ""}}})
	m := mapOf("Pads (2)", own, Ready())
	got := map[string]string{}
	for c, list := range m.bindings {
		for _, b := range list {
			got[c] += b.To()
		}
	}
	if want := map[string]string{"cc 1 2": "/layer", "cc14 1 3": "/knob/steps", "cc 1 4": "/zalgo"}; !reflect.DeepEqual(got, want) || m.on != 3 {
		t.Errorf("got %v, want %v; lit by %d", got, want, m.on)
	}
}

// What a device holds is let go when it goes, when something is learnt, and when its map changes.
func TestLetGo(t *testing.T) {
	for name, do := range map[string]func(*Surface) error{
		"removed": func(s *Surface) error { s.Remove("Test"); return nil },
		"learnt":  func(s *Surface) error { return s.Learn("/tap") },
		"mapped":  func(s *Surface) error { s.SetMaps(nil); return nil },
	} {
		s, q := mappedBy(map[string]string{"note 1 36": "/zalgo", "note 1 37": "/knob/zoom", "note 1 38": "/tap"})
		for _, in := range []Input{note(36, 127), note(37, 127), note(37, 0), note(38, 127)} {
			s.Hear("Test", in, time.Now())
		}
		q.Take()
		if err := do(s); err != nil {
			t.Fatal(err)
		}
		if got, _ := q.Take(); !reflect.DeepEqual(got, []control.Event{{Path: "/zalgo", Way: control.Release}}) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
}

// What is no map is told of, and the rest taken.
func TestBadMaps(t *testing.T) {
	list, bad, err := Parse([]byte(`
[[device]]
name = "Test"
[device.map]
"cc 1 7" = "/knob/zoom"
"cc 0 7" = "/knob/zoom"
"cc 1" = "/knob/zoom"
"cc14 1 40" = "/knob/zoom"
"knob 1" = "/knob/zoom"
"note 1 36 twos" = "/knob/zoom"
"bend 1 twos" = "/knob/zoom"
"cc 1 8" = "/knob/none"
"cc 1 9" = "/knob/zoom much"
"cc 1 10" = "/scene"
"cc 1 11" = "/tap now"
"cc 1 12" = "/knob/zalgo/value 12"
[device.lights]
"note 1 1" = "nowhere"
[[device]]
`))
	if err != nil || len(list) != 1 || len(list[0].Map) != 1 || len(list[0].Lights) != 0 || len(bad) != 13 {
		t.Errorf("got %+v, %v, and %d bad ones: %v", list, err, len(bad), bad)
	}
	for _, text := range []string{"[[device]]\nnmae = 1", "device = 3", "\x00"} {
		if _, _, err := Parse([]byte(text)); err == nil {
			t.Errorf("%q is a file of maps", text)
		}
	}
}

// The ready maps are whole, by their makers' charts.
func TestReady(t *testing.T) {
	for _, c := range []struct {
		device, control string
		want            string
	}{
		{"nanoKONTROL2", "cc 1 0", "/zalgo"}, {"nanoKONTROL2", "cc 1 23", "/knob/even"}, {"nanoKONTROL2", "cc 1 41", "/pause toggle"},
		{"APC MINI", "note 1 56", "/scene 1"}, {"APC MINI", "cc 1 56", "/zalgo"}, {"APC MINI", "note 1 89", "/panic"},
		{"APC mini mk2", "note 1 119", "/panic"}, {"APC mini mk2 Control", "note 1 89", ""},
		{"2- X-TOUCH MINI", "cc 11 9", "/zalgo"}, {"X-TOUCH MINI", "note 11 8", "/scene 1"}, {"gamepad Some Pad", "button back", "/panic"},
	} {
		m := mapOf(c.device, nil, Ready())
		got := ""
		for _, b := range m.bindings[c.control] {
			got = b.To()
		}
		if got != c.want {
			t.Errorf("%s: %s is %q, want %q", c.device, c.control, got, c.want)
		}
	}
	// One's own map comes before it, line by line.
	m := mapOf("nanoKONTROL2", []Device{{Name: "nanokontrol2", Map: map[string]string{"cc 1 0": "/knob/zoom", "cc 1 1": ""}}}, Ready())
	if m.bindings["cc 1 0"][0].To() != "/knob/zoom" || len(m.bindings["cc 1 1"]) != 0 || len(m.bindings["cc 1 2"]) != 1 {
		t.Errorf("one's own map beside the ready one is %v", m.bindings)
	}
}

// Faders and lights follow what they stand for, and are told no more than there is to tell.
func TestLights(t *testing.T) {
	s, _ := mappedBy(map[string]string{"cc 1 7": "/knob/zoom", "cc14 1 3": "/knob/step", "bend 2": "/zalgo", "note 1 36": "/scene Parade", "note 1 37": "/bend/1/on", "note 1 38": "/tap", "cc 1 9 twos": "/knob/steps"})
	s.mu.Lock()
	s.own[0].On, s.own[0].Off, s.own[0].Lights = 5, 1, map[string]string{"note 1 37": "note 2 1", "cc 1 9": ""}
	s.mu.Unlock()
	s.SetMaps(s.own)
	now := time.Now()
	zoom, scene := float32(0.5), "Parade"
	state := func(b Binding) any {
		switch b.Address.Path {
		case "/knob/zoom", "/knob/step", "/zalgo", "/knob/steps":
			return zoom
		case "/scene":
			return strings.EqualFold(scene, b.Arg)
		}
		return nil
	}
	if got := s.Lights("Test", now, state); got != nil {
		t.Errorf("a device that is not there is told %v", got)
	}
	s.Add("Test")
	want := []Light{{"bend 2", 8192}, {"cc 1 7", 64}, {"cc14 1 3", 8192}, {"note 1 36", 5}, {"note 2 1", 1}}
	if got := s.Lights("Test", now, state); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := s.Lights("Test", now, state); got != nil {
		t.Errorf("it is told again: %v", got)
	}
	// Who moves a fader is not worked against, and it stands then where it was put.
	s.Hear("Test", cc(1, 7, 100), now)
	zoom = 100.0 / 127
	if got := s.Lights("Test", now, state); slices.ContainsFunc(got, func(l Light) bool { return l.Control == "cc 1 7" }) {
		t.Errorf("the fader that is moved is told %v", got)
	}
	if got := s.Lights("Test", now.Add(time.Second), state); got != nil {
		t.Errorf("the fader that was moved is told %v", got)
	}
	// Nor does it matter what else is moved then, or that two controllers look like one of 14 bits.
	s.Hear("Test", cc(1, 7, 90), now)
	for _, c := range []string{"cc14 1 7", "cc 2 99", "bend 2"} {
		s.Hear("Test", Input{Control: c, Value: 1, Raw: 1}, now)
	}
	zoom = 10.0 / 127
	if got := s.Lights("Test", now, state); len(got) != 1 || got[0].Control != "cc14 1 3" {
		t.Errorf("of the faders that are moved some are told %v", got)
	}
	if _, moved, _, _ := s.State("Test"); moved != "bend 2" {
		t.Errorf("%q was moved last", moved)
	}
	zoom = 100.0 / 127
	s.Lights("Test", now.Add(time.Second), state)
	// A pad that was pressed may have changed its light by itself.
	s.Hear("Test", note(36, 127), now)
	s.Hear("Test", note(36, 0), now)
	if got := s.Lights("Test", now.Add(time.Second), state); !slices.Equal(got, []Light{{"note 1 36", 5}}) {
		t.Errorf("after a press it is told %v", got)
	}
	// One that was unplugged shows nothing of what it was told.
	s.Remove("Test")
	s.Add("Test")
	if got := s.Lights("Test", now, state); len(got) != 5 {
		t.Errorf("plugged in again it is told %v", got)
	}
}
