package app

import (
	"fmt"
	"strconv"
	"strings"

	"zalgoscope/app/control"
	"zalgoscope/app/dream"
	"zalgoscope/app/visible"
	"zalgoscope/nn/bend"
)

// remote is what plays the studio from outside.
type remote struct {
	queue  control.Queue
	server *control.Server // nil where nothing listens
}

// listen begins to hear OSC at an address.
func (r *remote) listen(address string) (err error) {
	r.server, err = control.Listen(address, &r.queue)
	return err
}

func (r *remote) close() {
	if r.server != nil {
		_ = r.server.Close() // a socket that is read from loses nothing
	}
}

// play does what was asked from outside since the last tick.
func (s *studio) play() {
	events, lost := s.remote.queue.Take()
	if lost > 0 {
		s.warn(fmt.Errorf("app: %d events from outside came faster than the window looks, and are lost", lost))
	}
	for _, e := range events {
		if e.Answer != nil {
			if v := s.state(e.Path); v != nil {
				s.background(func() { e.Answer(v) })
			}
			continue
		}
		s.obey(e)
	}
}

// obey does what an event asks for. The addresses are those of control.Addresses.
func (s *studio) obey(e control.Event) {
	if s.session == nil {
		return
	}
	if run := triggers[e.Path]; run != nil {
		run(s)
		return
	}
	parts := strings.Split(strings.TrimPrefix(e.Path, "/"), "/")
	switch parts[0] {
	case "knob":
		s.turn(parts[1], e, len(parts) == 2)
	case "zalgo":
		s.turn("zalgo", e, true)
	case "bend":
		s.playBend(parts, e)
	case "scene":
		s.goScene(e.Text)
	case "class":
		s.shout(e.Text)
	case "pause":
		if s.session.loop.Paused() != (e.Value != 0) {
			s.togglePause()
		}
	default:
		panic("app: nobody does what " + e.Path + " asks for")
	}
}

// turn sets a knob, a number in its unit or as far along as on its slider.
func (s *studio) turn(name string, e control.Event, share bool) {
	k, err := dream.Find(name)
	if err != nil {
		panic(err) // the addresses are made of the table
	}
	if k.Text(&s.want) != nil {
		next := s.want
		if *k.Text(&next) = e.Text; next.Check() != nil || dream.CheckBends(s.session.net, next.Bend, next.Mod) != nil {
			s.warn(fmt.Errorf("app: %s cannot be %q", name, visible.Short(visible.Line(e.Text), 60)))
			return
		}
		s.change(func(w *dream.Settings) { *w = next })
		return
	}
	v := e.Value
	if share {
		d := knobDial(k)
		v = d.Value(v)
	}
	s.change(func(w *dream.Settings) { *k.Number(w) = k.Clamp(v) })
}

// playBend sets the bend that an address /bend/N/WHAT names, if the rack has one there.
func (s *studio) playBend(parts []string, e control.Event) {
	n, err := strconv.Atoi(parts[1])
	if err != nil {
		panic(err) // the addresses are ours
	}
	s.setBend(n-1, func(b *bend.Spec) {
		switch parts[2] {
		case "amount":
			if k, err := bend.Find(b.Kind); err == nil {
				b.Amount = k.Clamp(k.Min + e.Value*(k.Max-k.Min))
			}
		case "wet":
			b.Wet = e.Value
		case "on":
			b.Off = e.Value == 0
		}
	})
}

// goScene goes to the scene of a name, or number from 1.
func (s *studio) goScene(name string) {
	at, err := strconv.Atoi(name)
	at--
	if err != nil {
		at = -1
		for i, p := range s.presets.list {
			if strings.EqualFold(p.Name, name) {
				at = i
			}
		}
	}
	if at < 0 || at >= len(s.presets.list) || !s.usePreset(at) {
		s.warn(fmt.Errorf("app: there is no scene %q here", visible.Short(visible.Line(name), 60)))
	}
}

// shout dreams the label that a word means; an empty one ends it.
func (s *studio) shout(word string) {
	if word == "" {
		s.dreamClass("")
		return
	}
	labels := s.session.net.Labels
	found := dream.Matches(labels, word)
	if len(found) == 0 {
		s.warn(fmt.Errorf("app: the net knows nothing called %q", visible.Short(visible.Line(word), 60)))
		return
	}
	s.dreamClass(labels[found[0]])
}

// panic takes all modulators off.
func (s *studio) panic() {
	if s.want.Mod != "" {
		s.act(func(w *dream.Settings) { w.Mod = "" })
		s.tell("all modulators off")
	}
}

// state is where a control stands: a float32, string or bool, nil for none.
func (s *studio) state(path string) any {
	if s.session == nil {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch parts[0] {
	case "zalgo":
		parts = []string{"knob", "zalgo"}
		fallthrough
	case "knob":
		k, err := dream.Find(parts[1])
		if err != nil {
			return nil
		}
		if text := k.Text(&s.want); text != nil {
			return *text
		}
		v := *k.Number(&s.want)
		if len(parts) == 2 {
			d := knobDial(k)
			v = d.Place(v)
		}
		return float32(v)
	case "bend":
		n, err := strconv.Atoi(parts[1])
		if err != nil || n > len(s.bends()) {
			return nil
		}
		b := s.bends()[n-1]
		switch parts[2] {
		case "amount":
			if k, err := bend.Find(b.Kind); err == nil && k.Max > k.Min {
				return float32((b.Amount - k.Min) / (k.Max - k.Min))
			}
		case "wet":
			return float32(b.Wet)
		case "on":
			return !b.Off
		}
	case "scene":
		return s.presetName()
	case "class":
		return s.want.Class
	case "pause":
		return s.session.loop.Paused()
	}
	return nil
}

// triggers are the addresses that take nothing.
var triggers = map[string]func(*studio){
	"/scene/next":     func(s *studio) { s.stepPreset(1) },
	"/scene/previous": func(s *studio) { s.stepPreset(-1) },
	"/scene/random":   (*studio).randomPreset,
	"/tap":            (*studio).tap,
	"/short-circuit":  (*studio).shortCircuit,
	"/repair":         (*studio).repair,
	"/restart":        (*studio).restart,
	"/panic":          (*studio).panic,
}
