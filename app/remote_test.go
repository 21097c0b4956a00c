package app

import (
	"net"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/control"
	"zalgoscope/app/control/osc"
	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// played is a studio without its window that is played by OSC, and a sender.
func played(t *testing.T) (*studio, func(address string, args ...any)) {
	t.Helper()
	s := headless(t, func(c *Config) { c.OSC = "127.0.0.1:0" })
	s.until(t, "it dreams", func() bool { return s.session != nil })
	conn, err := net.Dial("udp", s.remote.server.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return s, func(address string, args ...any) {
		t.Helper()
		heard, _ := s.remote.server.Counts()
		if _, err := conn.Write(osc.Message{Address: address, Args: args}.Bytes()); err != nil {
			t.Fatal(err)
		}
		s.until(t, address+" is heard", func() bool { now, _ := s.remote.server.Counts(); return now > heard })
		s.play()
	}
}

// A sender turns every knob as its slider does, and what it sets is dreamed.
func TestPlayed(t *testing.T) {
	s, send := played(t)
	send("/knob/zoom", float32(0.5))
	if s.want.Zoom != 0 {
		t.Errorf("zoom in the middle is %g", s.want.Zoom)
	}
	send("/knob/step/value", float32(2.5))
	if s.want.Step != 2.5 {
		t.Errorf("step is %g", s.want.Step)
	}
	send("/knob/steps", float32(1))
	if s.want.Steps != 100 {
		t.Errorf("steps at the end of the slider is %g", s.want.Steps)
	}
	send("/knob/steps/value", int32(1))
	send("/zalgo", float32(1))
	if s.want.Zalgo != 11 {
		t.Errorf("zalgo is %g", s.want.Zalgo)
	}
	send("/zalgo", float32(0))
	send("/class", "spider")
	if s.want.Class == "" || !strings.Contains(s.want.Class, "spider") {
		t.Errorf("the class is %q", s.want.Class)
	}
	send("/class", "")
	if s.want.Class != "" {
		t.Errorf("the class is %q after its end", s.want.Class)
	}
	layer := s.session.trunk[2]
	send("/knob/layer", layer)
	if s.want.Layer != layer {
		t.Errorf("the layer is %q, want %q", s.want.Layer, layer)
	}
	send("/short-circuit")
	if len(s.bends()) != 1 {
		t.Fatalf("%d bends after a short circuit", len(s.bends()))
	}
	send("/bend/1/wet", float32(0.25))
	send("/bend/1/on", int32(0))
	send("/bend/9/amount", float32(1)) // nothing is there
	if b := s.bends()[0]; b.Wet != 0.25 || !b.Off {
		t.Errorf("the bend is %+v", b)
	}
	send("/knob/mod", "zoom=sine:0.2:0.1")
	if len(s.modulators()) != 1 {
		t.Error("no modulator")
	}
	send("/panic")
	if len(s.modulators()) != 0 {
		t.Error("modulators go on in a panic")
	}
	send("/pause", int32(1))
	send("/pause", int32(1))
	if !s.session.loop.Paused() {
		t.Error("it is not paused")
	}
	send("/pause", int32(0))
	var scenes []int // that the small net can dream
	for i, p := range s.presets.list {
		if _, err := p.Apply(s.want, s.session.net); err == nil {
			scenes = append(scenes, i)
		}
	}
	send("/scene", strings.ToUpper(s.presets.list[scenes[1]].Name))
	if s.presets.at != scenes[1] {
		t.Errorf("scene %d, want %d", s.presets.at, scenes[1])
	}
	send("/scene/previous", float32(1))
	send("/scene/previous", float32(0)) // the button is let go
	if s.presets.at != scenes[0] {
		t.Errorf("scene %d, want %d", s.presets.at, scenes[0])
	}
	send("/scene", int32(scenes[1]+1))
	if s.presets.at != scenes[1] {
		t.Errorf("scene %d, want %d", s.presets.at, scenes[1])
	}
	send("/knob/step/value", float32(3))
	s.until(t, "a frame is dreamed so", func() bool { s.hear(time.Now()); return s.shown.Frame != nil && s.shown.Settings.Step == 3 })
}

// What cannot be is refused with a line, and changes nothing.
func TestPlayedBadly(t *testing.T) {
	s, send := played(t)
	was := s.want
	for _, c := range []struct {
		address string
		arg     any
	}{
		{"/class", "no such thing"}, {"/scene", "no such scene"}, {"/scene", int32(1000)}, {"/knob/bend", "nonsense"},
		{"/knob/mod", "zoom=nonsense"}, {"/class", "\x1b[31m"},
	} {
		s.toasts = widget.Toasts{}
		send(c.address, c.arg)
		texts := s.toasts.Texts()
		if s.want != was || len(texts) != 1 {
			t.Errorf("%s %v: notes %q, changed %t", c.address, c.arg, texts, s.want != was)
		}
		for _, text := range texts {
			if strings.ContainsRune(text, 0x1b) {
				t.Errorf("a note holds an escape: %q", text)
			}
		}
	}
	if _, err := newStudio(Config{OSC: s.remote.server.Addr().String(), Net: s.cfg.Net}); err == nil {
		t.Error("a port that is taken is no error")
	}
}

// Every address can be obeyed, and every one that is no trigger asked.
func TestAddresses(t *testing.T) {
	s := headless(t, nil)
	s.until(t, "it dreams", func() bool { return s.session != nil })
	for _, a := range control.Addresses() {
		if a.Kind != control.Trigger && !strings.HasPrefix(a.Path, "/bend/") && s.state(a.Path) == nil {
			t.Errorf("%s has no state", a.Path)
		}
		s.obey(control.Event{Path: a.Path, Value: 0.5})
	}
	for i := range dream.Knobs {
		if v, ok := s.state("/knob/" + dream.Knobs[i].Name).(float32); ok && (v < 0 || v > 1) {
			t.Errorf("%s stands at %g of its slider", dream.Knobs[i].Name, v)
		}
	}
}
