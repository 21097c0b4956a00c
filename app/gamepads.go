package app

import (
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"zalgoscope/app/control/surface"
	"zalgoscope/app/dream"
)

// keyboard is the name of the keyboard among the control surfaces.
const keyboard = "keyboard"

// gamepads are those that have the usual layout. They are heard while the window has the keyboard: they may be in use
// for something else.
type gamepads struct {
	off   bool
	ids   []ebiten.GamepadID
	there []standing
	at    map[ebiten.GamepadID]*gamepad
	held  map[ebiten.Key]bool // mapped keys that are down
}

// gamepad is how one stands.
type gamepad struct {
	name    string
	axes    [len(padAxes)]float64
	buttons [len(padButtons)]bool
}

// padAxes are the sticks and triggers, padButtons the buttons, by the names that maps have for them.
var padAxes = [...]struct {
	name   string
	axis   ebiten.StandardGamepadAxis
	button ebiten.StandardGamepadButton // of a trigger, where it stands; -1 for a stick
	turned bool                         // up is more
}{
	{"left-x", ebiten.StandardGamepadAxisLeftStickHorizontal, -1, false},
	{"left-y", ebiten.StandardGamepadAxisLeftStickVertical, -1, false},
	{"right-x", ebiten.StandardGamepadAxisRightStickHorizontal, -1, false},
	{"right-y", ebiten.StandardGamepadAxisRightStickVertical, -1, true},
	{"left-trigger", 0, ebiten.StandardGamepadButtonFrontBottomLeft, false},
	{"right-trigger", 0, ebiten.StandardGamepadButtonFrontBottomRight, false},
}

var padButtons = [...]struct {
	name   string
	button ebiten.StandardGamepadButton
}{
	{"a", ebiten.StandardGamepadButtonRightBottom}, {"b", ebiten.StandardGamepadButtonRightRight},
	{"x", ebiten.StandardGamepadButtonRightLeft}, {"y", ebiten.StandardGamepadButtonRightTop},
	{"left-shoulder", ebiten.StandardGamepadButtonFrontTopLeft}, {"right-shoulder", ebiten.StandardGamepadButtonFrontTopRight},
	{"back", ebiten.StandardGamepadButtonCenterLeft}, {"start", ebiten.StandardGamepadButtonCenterRight},
	{"left-stick", ebiten.StandardGamepadButtonLeftStick}, {"right-stick", ebiten.StandardGamepadButtonRightStick},
	{"up", ebiten.StandardGamepadButtonLeftTop}, {"down", ebiten.StandardGamepadButtonLeftBottom},
	{"left", ebiten.StandardGamepadButtonLeftLeft}, {"right", ebiten.StandardGamepadButtonLeftRight},
}

// names are those of the gamepads that are there.
func (g *gamepads) names() (list []string) {
	for _, id := range slices.Sorted(maps.Keys(g.at)) {
		list = append(list, g.at[id].name)
	}
	return list
}

// rest is how far a stick may hang from its middle.
const rest = 0.15

// standing is how a gamepad of the usual layout stands.
type standing struct {
	id      ebiten.GamepadID
	name    string
	axes    [len(padAxes)]float64
	buttons [len(padButtons)]bool
}

// hearPads hears the gamepads for one tick of so many seconds.
func (s *studio) hearPads(now time.Time, dt float64) {
	g := &s.surfaces.pads
	g.ids = ebiten.AppendGamepadIDs(g.ids[:0])
	g.there = g.there[:0]
	for _, id := range g.ids {
		if ebiten.IsStandardGamepadLayoutAvailable(id) {
			p := standing{id: id, name: ebiten.GamepadName(id)}
			p.axes, p.buttons = readPad(id)
			g.there = append(g.there, p)
		}
	}
	s.tendPads(g.there, now, dt)
}

// tendPads hears the gamepads that are there.
func (s *studio) tendPads(there []standing, now time.Time, dt float64) {
	g := &s.surfaces.pads
	for id, p := range g.at {
		if g.off || !slices.ContainsFunc(there, func(at standing) bool { return at.id == id }) {
			s.surfaces.Remove(p.name)
			delete(g.at, id)
		}
	}
	if g.off {
		return
	}
	for _, at := range there {
		p := g.at[at.id]
		if p == nil {
			p = &gamepad{name: surface.Distinct("gamepad "+at.name, func(name string) bool { return slices.Contains(g.names(), name) })}
			if g.at == nil {
				g.at = map[ebiten.GamepadID]*gamepad{}
			}
			g.at[at.id] = p
			s.surfaces.Add(p.name)
			s.tell(p.name)
		}
		if !s.focused {
			p.press(s.surfaces.Surface, [len(padButtons)]bool{}, now) // nothing is heard of it that is let go elsewhere
			continue
		}
		p.hear(s.surfaces.Surface, at.axes, at.buttons, now, dt)
	}
}

// readPad is how a gamepad stands: sticks from -1 to 1, triggers from 0 to 1.
func readPad(id ebiten.GamepadID) (axes [len(padAxes)]float64, buttons [len(padButtons)]bool) {
	for i, a := range padAxes {
		switch {
		case a.button >= 0:
			axes[i] = ebiten.StandardGamepadButtonValue(id, a.button)
		case a.turned:
			axes[i] = -ebiten.StandardGamepadAxisValue(id, a.axis)
		default:
			axes[i] = ebiten.StandardGamepadAxisValue(id, a.axis)
		}
	}
	for i, b := range padButtons {
		buttons[i] = ebiten.IsStandardGamepadButtonPressed(id, b.button)
	}
	return axes, buttons
}

// hear passes on what has changed, and sticks for as long as they are held.
func (p *gamepad) hear(to *surface.Surface, axes [len(padAxes)]float64, buttons [len(padButtons)]bool, now time.Time, dt float64) {
	for i, v := range axes {
		stick := padAxes[i].button < 0
		if stick {
			if math.Abs(v) < rest {
				v = 0
			} else {
				v = math.Copysign((math.Abs(v)-rest)/(1-rest), v)
			}
		}
		v = math.Round(v*250) / 250
		if v == p.axes[i] && !(stick && v != 0) {
			continue
		}
		p.axes[i] = v
		if stick {
			v = (v + 1) / 2
		}
		to.Hear(p.name, surface.Input{Control: "axis " + padAxes[i].name, Value: v, Raw: int(math.Round(v * 127)), Seconds: dt}, now)
	}
	p.press(to, buttons, now)
}

// press passes on which buttons are down now.
func (p *gamepad) press(to *surface.Surface, buttons [len(padButtons)]bool, now time.Time) {
	for i, down := range buttons {
		if down != p.buttons[i] {
			p.buttons[i] = down
			to.Hear(p.name, surface.Input{Control: "button " + padButtons[i].name, Value: value(down), Raw: -1}, now)
		}
	}
}

func value(down bool) float64 {
	if down {
		return 1
	}
	return 0
}

// hearKeys hears the keys that a map has, or that are to be learnt. Those that the studio has itself stay its own.
func (s *studio) hearKeys(now time.Time) {
	g := &s.surfaces.pads
	learning := s.surfaces.Learning() != ""
	for _, k := range inpututil.AppendJustPressedKeys(nil) {
		if taken(k) {
			if learning && k != ebiten.KeyEscape {
				s.tell("the key " + keyLabel(k.String()) + " has its own use: choose another one, such as F2 or j")
			}
			continue
		}
		if g.held == nil {
			g.held = map[ebiten.Key]bool{}
		}
		g.held[k] = true
		s.surfaces.Hear(keyboard, surface.Input{Control: "key " + k.String(), Value: 1, Raw: -1}, now)
	}
	for k := range g.held {
		if !ebiten.IsKeyPressed(k) {
			delete(g.held, k)
			s.surfaces.Hear(keyboard, surface.Input{Control: "key " + k.String(), Raw: -1}, now)
		}
	}
}

// taken tells whether a key means something to the studio.
func taken(k ebiten.Key) bool {
	for _, word := range []string{"Arrow", "Shift", "Control", "Meta", "Alt"} {
		if strings.HasPrefix(k.String(), word) {
			return true
		}
	}
	return slices.ContainsFunc(commands, func(c command) bool { return !c.ctrl && slices.Contains(c.keys, k) }) ||
		slices.ContainsFunc(dream.Knobs, func(o dream.Knob) bool { return o.Less == k.String() || o.More == k.String() })
}
