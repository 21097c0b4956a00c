package app

import (
	"strings"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// Key is one row of the table of keys.
type Key struct {
	Keys string // as people name them, alternatives with a comma between
	Help string
}

// Keys is the table of the studio's keys and mouse gestures: what F1 shows and the README prints.
func Keys() []Key {
	var table []Key
	for _, c := range commands {
		if last := len(table) - 1; last >= 0 && table[last].Help == c.help {
			table[last].Keys += ", " + c.label() // other keys for the same
			continue
		}
		table = append(table, Key{Keys: c.label(), Help: c.help})
	}
	for i := range dream.Knobs {
		k := &dream.Knobs[i]
		if k.Less != "" {
			table = append(table, Key{Keys: keyLabel(k.Less) + ", " + keyLabel(k.More), Help: k.Name + " down, up"})
		}
	}
	return append(table,
		Key{"drag on the picture", "steer the vanishing point of the zoom"},
		Key{"wheel on the picture", "zoom"},
		Key{"wheel or drag on a slider", "turn it; with Shift finely"},
		Key{"click on a number", "type another one, or paste it by Ctrl-V"},
		Key{"double click on a slider", "put it back"},
		Key{"right click on a slider", "let a modulator move it; so does its ~"},
		Key{"up, down", "choose a slider for left and right"},
		Key{"drop a file", "open it: a picture, film, net or dream"},
	)
}

// command is something that a key does.
type command struct {
	keys  []ebiten.Key // alternatives
	ctrl  bool
	shift bool
	help  string
	run   func(*studio)
}

// commands is the table of the keys that are no knob's.
var commands []command

func init() {
	// Set here because the help that a command shows is made of the table.
	commands = []command{
		{keys: []ebiten.Key{ebiten.KeyF1, ebiten.KeyH}, help: "show the keys", run: (*studio).toggleHelp},
		{keys: []ebiten.Key{ebiten.KeyTab, ebiten.KeyEscape}, help: "fold the panel away, or back", run: (*studio).fold},
		{keys: []ebiten.Key{ebiten.KeyF11, ebiten.KeyF}, help: "full screen", run: (*studio).toggleFullscreen},
		{keys: []ebiten.Key{ebiten.KeyO}, help: "show the picture alone in a second window", run: (*studio).toggleOutput},
		{keys: []ebiten.Key{ebiten.KeySpace}, help: "pause", run: (*studio).togglePause},
		{keys: []ebiten.Key{ebiten.KeyEnter}, help: "one dream while paused", run: (*studio).single},
		{keys: []ebiten.Key{ebiten.KeyBackspace}, help: "begin again from the start picture", run: (*studio).restart},
		{keys: []ebiten.Key{ebiten.KeyZ}, help: "fly into the picture, or stay on it", run: (*studio).toggleFlight},
		{keys: []ebiten.Key{ebiten.KeyO}, ctrl: true, help: "open a picture or a net", run: (*studio).openDialog},
		{keys: []ebiten.Key{ebiten.KeyS}, ctrl: true, help: "save the picture, as large as you like", run: (*studio).saveDialog},
		{keys: []ebiten.Key{ebiten.KeyG}, help: "choose a guide picture", run: (*studio).guideDialog},
		{keys: []ebiten.Key{ebiten.KeyZ}, ctrl: true, help: "undo", run: (*studio).undo},
		{keys: []ebiten.Key{ebiten.KeyZ}, ctrl: true, shift: true, help: "redo", run: (*studio).redo},
		{keys: []ebiten.Key{ebiten.KeyY}, ctrl: true, help: "redo", run: (*studio).redo},
		{keys: []ebiten.Key{ebiten.KeyN}, help: "next preset", run: func(s *studio) { s.stepPreset(1) }},
		{keys: []ebiten.Key{ebiten.KeyP}, help: "previous preset", run: func(s *studio) { s.stepPreset(-1) }},
		{keys: []ebiten.Key{ebiten.KeyR}, help: "random preset", run: (*studio).randomPreset},
		{keys: []ebiten.Key{ebiten.KeyS}, help: "browse scenes", run: func(s *studio) { s.toggleLibrary(scenePage) }},
		{keys: []ebiten.Key{ebiten.KeyL}, help: "browse classes", run: func(s *studio) { s.toggleLibrary(classPage) }},
		{keys: []ebiten.Key{ebiten.KeyK}, help: "browse nets", run: func(s *studio) { s.toggleLibrary(netPage) }},
		{keys: []ebiten.Key{ebiten.KeyD}, help: "paint where to dream; once more, not", run: (*studio).toggleBrush},
		{keys: []ebiten.Key{ebiten.KeyU}, help: "keep the knobs as a preset of your own", run: (*studio).keepPreset},
		{keys: []ebiten.Key{ebiten.KeyW}, help: "let the knobs wander", run: (*studio).toggleWalk},
		{keys: []ebiten.Key{ebiten.KeyX}, help: "short circuit: a random bend somewhere", run: (*studio).shortCircuit},
		{keys: []ebiten.Key{ebiten.KeyE}, help: "repair: all bends off; once more, out", run: (*studio).repair},
		{keys: []ebiten.Key{ebiten.KeyA}, help: "add a bend", run: (*studio).toggleBendPicker},
		{keys: []ebiten.Key{ebiten.KeyM}, help: "modulator of the chosen slider", run: (*studio).toggleModulator},
		{keys: []ebiten.Key{ebiten.KeyT}, help: "tap the modulators' tempo", run: (*studio).tap},
		{keys: []ebiten.Key{ebiten.KeyQ}, help: "panic: nothing moves by itself", run: (*studio).panic},
		{keys: []ebiten.Key{ebiten.KeyV}, help: "record, or stop recording", run: (*studio).toggleRecord},
		{keys: []ebiten.Key{ebiten.KeyI}, help: "save the last seconds", run: (*studio).saveReplay},
		{keys: []ebiten.Key{ebiten.KeyB}, help: "show the start picture while held", run: func(*studio) {}},
		{keys: []ebiten.Key{ebiten.KeyC}, help: "fill the window, or show the whole picture", run: (*studio).toggleCover},
	}
}

// label names a command's keys.
func (c *command) label() string {
	var names []string
	for _, k := range c.keys {
		name := keyLabel(k.String())
		if c.ctrl {
			name = strings.ToUpper(name)
		}
		if c.shift {
			name = "Shift-" + name
		}
		if c.ctrl {
			name = "Ctrl-" + name
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// keyLabel is what stands on the key that Ebiten calls so.
func keyLabel(name string) string {
	known := map[string]string{
		"ArrowLeft": "left", "ArrowRight": "right", "Minus": "-", "Equal": "+", "Comma": "comma", "Period": "period", "Escape": "Esc",
		"BracketLeft": "[", "BracketRight": "]", "Semicolon": ";", "Quote": "'", "Slash": "/",
	}
	if k, ok := known[name]; ok {
		return k
	}
	name = strings.TrimPrefix(name, "Digit")
	if len(name) == 1 {
		return strings.ToLower(name)
	}
	return name
}

// down tells whether one of the keys is down, or was during this tick.
func down(keys ...ebiten.Key) bool {
	for _, k := range keys {
		if ebiten.IsKeyPressed(k) || inpututil.IsKeyJustPressed(k) || inpututil.IsKeyJustReleased(k) {
			return true
		}
	}
	return false
}

// listen does what the keys ask for.
func (s *studio) listen() {
	ctrl := down(ebiten.KeyControlLeft, ebiten.KeyControlRight, ebiten.KeyMetaLeft, ebiten.KeyMetaRight)
	shift := down(ebiten.KeyShiftLeft, ebiten.KeyShiftRight)
	if s.saving.open && widget.Hit(ebiten.KeyEnter, false) {
		s.saveSheet()
		return
	}
	for i := range commands {
		c := &commands[i]
		for _, k := range c.keys {
			if widget.Hit(k, false) && ctrl == c.ctrl && (shift == c.shift || !c.ctrl) {
				c.run(s) // and the others: a slow display sees several keys at once
				break
			}
		}
	}
	if ctrl || s.panel == nil {
		return
	}
	s.hearKeys(time.Now())
	s.panel.listen(shift)
}

// listen turns sliders by the keyboard: the knobs' own keys, and the arrows for the
// slider that was chosen.
func (p *panel) listen(shift bool) {
	by := widget.Notch
	if shift {
		by = widget.FineNotch
	}
	if widget.Hit(ebiten.KeyArrowUp, true) {
		p.choose(-1)
	}
	if widget.Hit(ebiten.KeyArrowDown, true) {
		p.choose(1)
	}
	if p.active != nil {
		if widget.Hit(ebiten.KeyArrowLeft, true) {
			p.active.Nudge(-by)
			return
		}
		if widget.Hit(ebiten.KeyArrowRight, true) {
			p.active.Nudge(by)
			return
		}
	}
	for _, s := range p.sliders {
		if s.Less >= 0 && widget.Hit(s.Less, true) {
			s.Nudge(-by)
		}
		if s.More >= 0 && widget.Hit(s.More, true) {
			s.Nudge(by)
		}
	}
}

// knobKey is the key of that name, -1 for none.
func knobKey(name string) ebiten.Key {
	k := ebiten.Key(-1)
	if name == "" || k.UnmarshalText([]byte(name)) != nil {
		return -1
	}
	return k
}
