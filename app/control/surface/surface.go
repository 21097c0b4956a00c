package surface

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"zalgoscope/app/control"
)

// Surface asks for what the maps of devices say. Its methods may be called from any goroutine.
type Surface struct {
	queue *control.Queue
	ready []Device

	mu      sync.Mutex
	own     []Device           // guarded by mu, as is all that follows
	meet    bool               // faders and knobs are to meet what they turn
	devices map[string]*device // by name
	learner *learner           // nil while nothing is learnt
	heard   int
}

// device is what is known of one that something was heard of.
type device struct {
	mapped
	last    map[string]float64   // where each control stood
	touched map[string]time.Time // when each mapped control was moved
	held    map[Binding]bool     // what is pressed, until it is let go
	shown   map[string]int       // what was last told of each control to the device, or by it
	heard   int
	moved   string // the control that was moved last
	at      time.Time
}

// New makes a surface that asks by a queue, with the ready maps.
func New(queue *control.Queue) *Surface {
	return &Surface{queue: queue, ready: Ready(), devices: map[string]*device{}}
}

// SetMaps makes maps the user's own ones.
func (s *Surface) SetMaps(own []Device) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.own = own
	for name, d := range s.devices {
		s.letGo(d)
		d.mapped = mapOf(name, own, s.ready)
	}
}

// SetMeet has faders and knobs that stand somewhere turn nothing until they have come past where that stands, or has them
// turn it at once.
func (s *Surface) SetMeet(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meet = on
}

// device is that of a name, which is there from now on.
func (s *Surface) device(name string) *device {
	d := s.devices[name]
	if d == nil {
		d = &device{mapped: mapOf(name, s.own, s.ready), last: map[string]float64{}, touched: map[string]time.Time{}, held: map[Binding]bool{}, shown: map[string]int{}}
		s.devices[name] = d
	}
	return d
}

// Add makes a device known before it says anything.
func (s *Surface) Add(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.device(name).shown = map[string]int{} // it shows nothing of what it was told before
}

// Remove forgets a device, which lets go what it holds.
func (s *Surface) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if d := s.devices[name]; d != nil {
		s.letGo(d)
		delete(s.devices, name)
	}
}

// letGo lets go what a device holds, as nobody else will.
func (s *Surface) letGo(d *device) {
	for b := range d.held {
		s.queue.Put(control.Event{Path: b.Address.Path, Way: control.Release}, b.Address.Kind)
	}
	clear(d.held)
}

// Hear takes what was done to a device, which is learnt, or asks for what its map says.
func (s *Surface) Hear(name string, in Input, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.device(name)
	before, known := d.last[in.Control]
	d.last[in.Control] = in.Value
	on := d.bindings[in.Control]
	if in.Seconds == 0 || in.Value != before {
		s.heard++
		d.heard++
		if len(on) > 0 {
			d.touched[in.Control] = now
		}
		if len(on) > 0 || !strings.HasPrefix(in.Control, "cc14 ") { // which any two controllers may look like
			d.moved, d.at = in.Control, now
		}
	}
	if s.learner != nil {
		s.learner.hear(name, in, now)
		return
	}
	for i := range on {
		b := &on[i]
		if e, ok := b.event(in, before, known); ok {
			if s.meet && e.Way == control.Set && b.Arg == "" && sortOf(b.Control) == position && !strings.HasPrefix(b.Control, "axis ") {
				e.Way, e.Before = control.Meet, math.NaN()
				if known {
					e.Before = b.low() + before*(b.high()-b.low())
				}
			}
			s.queue.Put(e, b.Address.Kind)
			switch e.Way {
			case control.Press:
				d.held[*b] = true
			case control.Release:
				delete(d.held, *b)
			}
		}
		if sortOf(in.Control) == button {
			delete(d.shown, d.light(in.Control)) // some light up by themselves while they are pressed
		} else if b.Turn == "" {
			d.shown[d.light(in.Control)] = in.Raw
		}
	}
}

// pressed tells whether a control that stands so is a button held down.
func pressed(value float64, s sort) bool { return s == button && value > 0 || value >= 0.5 }

// event is what a binding asks for when its control, that stood at before, was moved.
func (b *Binding) event(in Input, before float64, known bool) (e control.Event, ok bool) {
	e = control.Event{Path: b.Address.Path, Value: 1}
	how := sortOf(b.Control)
	down, was := pressed(in.Value, how), known && pressed(before, how)
	if b.Turn != "" {
		by := float64(steps(b.Turn, in.Raw)) / 127
		if b.Turn == "turn" {
			by = (2*in.Value - 1) * in.Seconds / 2
		}
		if b.Address.Kind == control.Trigger || b.Address.Kind == control.Text {
			e.Text = b.Arg
			return e, by > 0
		}
		e.Way, e.Value = control.Turn, by
		return e, by != 0
	}
	switch how {
	case choice:
		down, was = true, false
	case button:
		was = !down // each message is a press or its end; some devices leave the end out
	}
	hit := down && !was
	switch {
	case b.Address.Kind == control.Trigger:
		return e, hit
	case b.Address.Kind == control.Text:
		if e.Text = b.Arg; b.Arg == "" {
			e.Text = strconv.Itoa(in.Raw + 1)
		}
		return e, hit
	case b.Arg == "toggle" || b.Arg == "" && b.Address.Switch() && (how == button || down || was):
		e.Way = control.Toggle
		return e, hit
	case b.Arg != "":
		e.Value, _ = strconv.ParseFloat(b.Arg, 64) // ParseBinding has read it
		return e, hit
	case how == button:
		e.Way, e.Value = control.Press, b.low()+in.Value*(b.high()-b.low())
		if !down {
			e.Way = control.Release
		}
		return e, down != was
	}
	e.Value = b.low() + in.Value*(b.high()-b.low())
	return e, !known || in.Value != before || in.Seconds == 0
}

// Bindings are those of a device that is there, in order.
func (s *Surface) Bindings(name string) (list []Binding) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := mapOf(name, s.own, s.ready)
	for _, c := range slices.Sorted(maps.Keys(m.bindings)) {
		list = append(list, m.bindings[c]...)
	}
	return list
}

// Heard is how much was done to all devices.
func (s *Surface) Heard() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard
}

// State is what was last done to a device: how much in all, and to which control when.
func (s *Surface) State(name string) (heard int, control string, value float64, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.devices[name]
	if d == nil {
		return 0, "", 0, at
	}
	return d.heard, d.moved, d.last[d.moved], d.at
}
