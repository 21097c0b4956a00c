package app

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"zalgoscope/app/control"
	"zalgoscope/app/dream"
	"zalgoscope/app/visible"
	"zalgoscope/nn/bend"
)

// remote is what plays the studio from outside.
type remote struct {
	queue  control.Queue
	server *control.Server      // nil where nothing listens
	pulse  pulse                // its meter
	held   map[string]any       // where the addresses that a button holds stood before it was pressed
	far    map[string]time.Time // when a fader last moved that has not yet met what it turns, by address
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
	s.set(e)
}

// set sets what is no trigger.
func (s *studio) set(e control.Event) {
	e, ok := s.resolve(e)
	if !ok {
		return // there is no such bend
	}
	parts := strings.Split(strings.TrimPrefix(e.Path, "/"), "/")
	switch parts[0] {
	case "knob":
		s.turn(parts[1], e, len(parts) == 2)
	case "zalgo":
		s.turn("zalgo", e, true)
	case "layer":
		names := s.session.trunk
		s.dreamLayer(dream.LayerAt(names, e.Value*float64(len(names)-1)))
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

// resolve makes a setting of what switches over, is held, or moves from where it stands; false for what is not there.
func (s *studio) resolve(e control.Event) (control.Event, bool) {
	if e.Way == control.Set {
		return e, true
	}
	was, held := s.remote.held[e.Path]
	if e.Way == control.Release {
		delete(s.remote.held, e.Path) // whether it is still there or not
	}
	now := s.state(e.Path)
	at, ok := number(now)
	a, err := control.Find(e.Path)
	if err != nil || !ok {
		return e, false
	}
	low, high := 0.0, 1.0
	if a.Kind == control.Number {
		low, high = a.Min, a.Max
	}
	switch e.Way {
	case control.Turn:
		if a.Kind != control.Text && strings.HasPrefix(e.Path, "/knob/") || e.Path == "/zalgo" {
			return e, true // turn goes on by at least a whole number where it has to be one
		}
		e.Value = min(max(at+e.Value*(high-low), low), high)
	case control.Toggle:
		if e.Value = high; at > low {
			e.Value = low
		}
	case control.Meet:
		if !s.meets(e, at, high-low) {
			return e, false
		}
	case control.Press:
		if s.remote.held == nil {
			s.remote.held = map[string]any{}
		}
		if !held {
			s.remote.held[e.Path] = now
		}
	case control.Release:
		if !held {
			return e, false
		}
		e.Value, _ = number(was)
	}
	e.Way = control.Set
	return e, true
}

// turn sets a knob, a number in its unit or as far along as on its slider, or turns it from where it stands.
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
	v, d := e.Value, knobDial(k)
	switch {
	case e.Way == control.Turn:
		d.Get, d.Set = func() float64 { return *k.Number(&s.want) }, func(to float64) { v = to }
		d.Nudge(e.Value)
	case share:
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
				b.Amount = amountAt(k, e.Value)
			}
		case "wet":
			b.Wet = e.Value
		case "on":
			b.Off = e.Value == 0
		}
	})
}

// bendAt is the bend that an address /bend/N/WHAT names, and its kind; nil where the rack has none there.
func (s *studio) bendAt(parts []string) (bend.Spec, *bend.Kind) {
	n, err := strconv.Atoi(parts[1])
	list := s.bends()
	if err != nil || n > len(list) {
		return bend.Spec{}, nil
	}
	k, err := bend.Find(list[n-1].Kind)
	if err != nil {
		return bend.Spec{}, nil
	}
	return list[n-1], k
}

// amountAt is a kind's amount so far along its slider, amountShare how far along an amount is.
func amountAt(k *bend.Kind, share float64) float64 { return k.Clamp(k.Min + share*(k.Max-k.Min)) }

func amountShare(k *bend.Kind, amount float64) float64 { return (amount - k.Min) / (k.Max - k.Min) }

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

// letGo puts back what buttons hold.
func (s *studio) letGo() {
	for path := range s.remote.held {
		s.set(control.Event{Path: path, Way: control.Release})
	}
}

// panic takes all modulators off, and ends whatever else moves knobs by itself.
func (s *studio) panic() {
	s.walk, s.beats.every = nil, 0
	s.show.Every, s.show.fade = 0, nil
	s.switchChat(false)
	s.letGo()
	if s.want.Mod != "" {
		s.act(func(w *dream.Settings) { w.Mod = "" })
	}
	s.tell("all modulators off")
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
