package app

import (
	"slices"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/control/surface"
)

// Gamepads and keys are surfaces like others.
func TestGamepad(t *testing.T) {
	s := headless(t, nil)
	s.until(t, "it dreams", func() bool { return s.session != nil })
	p := &gamepad{name: "gamepad Test"}
	var axes [len(padAxes)]float64
	var buttons [len(padButtons)]bool
	now := time.Now()
	hear := func() { p.hear(s.surfaces.Surface, axes, buttons, now, 0.1); s.playTick(now) }
	was := s.want
	axes[0] = 0.1 // it hangs
	hear()
	if s.want != was {
		t.Error("a stick that nobody holds turns something")
	}
	axes[0] = 1
	hear()
	first := s.want.PanX
	hear()
	if !(first > was.PanX) || !(s.want.PanX > first) {
		t.Errorf("the stick turns pan from %g to %g and %g", was.PanX, first, s.want.PanX)
	}
	axes[0], axes[5] = 0, 1
	hear()
	if s.want.Zalgo != 11 {
		t.Errorf("the trigger turns zalgo to %g", s.want.Zalgo)
	}
	axes[5] = 0
	hear()
	for i, b := range padButtons {
		if b.name == "x" {
			buttons[i] = true
		}
	}
	hear()
	hear()
	if s.want.Zalgo != 0 || len(s.bends()) != 1 {
		t.Errorf("zalgo is %g, and a press made %d bends", s.want.Zalgo, len(s.bends()))
	}
	s.surfaces.SetMaps([]surface.Device{{Name: keyboard, Map: map[string]string{"key F2": "/scene/next"}}})
	scene := s.presets.at
	s.surfaces.Hear(keyboard, surface.Input{Control: "key F2", Value: 1, Raw: -1}, now)
	s.playTick(now)
	if s.presets.at == scene {
		t.Error("the key does nothing")
	}
}

// Two gamepads of a make have names of their own, which they keep; what is held is let go when the window loses the keyboard.
func TestGamepads(t *testing.T) {
	s := headless(t, nil)
	s.until(t, "it dreams", func() bool { return s.session != nil })
	s.focused = true
	s.surfaces.SetMaps([]surface.Device{{Name: "gamepad Pad (2)", Map: map[string]string{"button a": "/zalgo", "button b": "/scene/next"}}, {Name: "gamepad Pad", Map: map[string]string{"button a": "/pause toggle"}}})
	there := []standing{{id: 7, name: "Pad"}, {id: 9, name: "Pad"}}
	tick := func() { s.tendPads(there, time.Now(), 0.1); s.playTick(time.Now()) }
	tick()
	if got := s.surfaces.pads.names(); !slices.Equal(got, []string{"gamepad Pad", "gamepad Pad (2)"}) {
		t.Errorf("they are called %q", got)
	}
	press := func(id ebiten.GamepadID, button string, down bool) {
		for i := range there {
			for b := range padButtons {
				if there[i].id == id && padButtons[b].name == button {
					there[i].buttons[b] = down
				}
			}
		}
		tick()
	}
	if press(9, "a", true); s.want.Zalgo != 11 || s.session.loop.Paused() {
		t.Errorf("the second one's button makes zalgo %g, paused %t", s.want.Zalgo, s.session.loop.Paused())
	}
	s.focused = false
	if tick(); s.want.Zalgo != 0 {
		t.Errorf("without the keyboard zalgo stays at %g", s.want.Zalgo)
	}
	press(9, "a", false)
	scene := s.presets.at
	if press(9, "b", true); s.presets.at != scene {
		t.Error("a button is heard without the keyboard")
	}
	press(9, "b", false)
	s.focused = true
	if press(9, "a", true); s.want.Zalgo != 11 {
		t.Error("with the keyboard again the button does nothing")
	}
	// The first is unplugged: the second keeps its name, and what it holds.
	there = there[1:]
	if tick(); !slices.Equal(s.surfaces.pads.names(), []string{"gamepad Pad (2)"}) || s.want.Zalgo != 11 {
		t.Errorf("alone it is %q, zalgo %g", s.surfaces.pads.names(), s.want.Zalgo)
	}
	there = append(there, standing{id: 12, name: "Pad"})
	if tick(); !slices.Equal(s.surfaces.pads.names(), []string{"gamepad Pad (2)", "gamepad Pad"}) {
		t.Errorf("with another one they are %q", s.surfaces.pads.names())
	}
	// It goes while it holds something.
	there = there[1:]
	if tick(); s.want.Zalgo != 0 {
		t.Errorf("after it has gone zalgo stays at %g", s.want.Zalgo)
	}
}
