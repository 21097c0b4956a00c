// Package control is how the studio is played from outside. A source, such as an OSC sender, asks for things by
// address, one for each control; the studio takes what was asked since its last look, and never waits.
package control

import (
	"fmt"
	"math"
	"strings"
	"sync"

	"zalgoscope/app/dream"
)

// Kind is what a control takes.
type Kind int

const (
	Number  Kind = iota // a number in the control's unit
	Share               // 0 to 1, as far along as the slider
	Text                // words
	Trigger             // nothing; a number of 0 is a button let go
)

// Address is a control by which the studio can be played.
type Address struct {
	Path     string
	Kind     Kind
	Min, Max float64 // of a Number
	Help     string
}

// Find gives the address of that path.
func Find(path string) (Address, error) {
	known.Do(func() {
		for _, a := range Addresses() {
			byPath[a.Path] = a
		}
	})
	if a, ok := byPath[path]; ok {
		return a, nil
	}
	return Address{}, fmt.Errorf("control: there is no address %q; zalgoscope addresses lists them", path)
}

var (
	known  sync.Once
	byPath = map[string]Address{} // set once
)

// Switch tells whether the address is of something that is on or off.
func (a Address) Switch() bool {
	return a.Path == "/pause" || a.Kind == Share && strings.HasSuffix(a.Path, "/on")
}

// Bends is how many of the rack's bends have addresses.
const Bends = 16

// Addresses are all that there are, made of the table of knobs.
func Addresses() []Address {
	var list []Address
	for _, k := range dream.Knobs {
		switch {
		case k.Group == dream.GroupCanvas, k.Name == "guide": // nobody outside is to name files
		case k.Text(&dream.Settings{}) != nil:
			list = append(list, Address{Path: "/knob/" + k.Name, Kind: Text, Help: k.Help})
		default:
			list = append(list,
				Address{Path: "/knob/" + k.Name, Kind: Share, Help: k.Help},
				Address{Path: "/knob/" + k.Name + "/value", Kind: Number, Min: k.Min, Max: k.Max, Help: k.Help + ", in its unit"})
		}
	}
	for n := 1; n <= Bends; n++ {
		path := fmt.Sprintf("/bend/%d/", n)
		list = append(list,
			Address{Path: path + "amount", Kind: Share, Help: "how much the bend at that place of the rack does"},
			Address{Path: path + "wet", Kind: Share, Help: "its share beside the map as it was"},
			Address{Path: path + "on", Kind: Share, Help: "1 switches it on, 0 off"})
	}
	return append(list,
		Address{Path: "/scene", Kind: Text, Help: "go to the scene of this name, or number from 1"},
		Address{Path: "/scene/next", Kind: Trigger, Help: "the next scene"},
		Address{Path: "/scene/previous", Kind: Trigger, Help: "the scene before"},
		Address{Path: "/scene/random", Kind: Trigger, Help: "any other scene"},
		Address{Path: "/class", Kind: Text, Help: "dream the label that contains this word; an empty one ends it"},
		Address{Path: "/zalgo", Kind: Share, Help: "the zalgo knob"},
		Address{Path: "/layer", Kind: Share, Help: "the layer, as far along as its slider"},
		Address{Path: "/tap", Kind: Trigger, Help: "tap the modulators' tempo"},
		Address{Path: "/short-circuit", Kind: Trigger, Help: "a random bend at a random layer"},
		Address{Path: "/repair", Kind: Trigger, Help: "all bends off; once more, out"},
		Address{Path: "/pause", Kind: Share, Help: "1 pauses, 0 goes on"},
		Address{Path: "/restart", Kind: Trigger, Help: "begin again from the start picture"},
		Address{Path: "/panic", Kind: Trigger, Help: "all modulators off, and what else moves knobs by itself"},
	)
}

// Way is how an event's value is meant.
type Way int

const (
	Set     Way = iota // the control is to stand there
	Turn               // it is to move by that share of its slider, as an endless encoder asks
	Toggle             // it is to be switched over
	Press              // it is to stand there until Release
	Release            // it is to go back to where it stood at Press
	Meet               // it is to stand there once what asks has come past where it stands
)

// Event is what was asked of the studio: a control is to be set, or, where Answer is there, its state told.
type Event struct {
	Path   string
	Way    Way
	Value  float64
	Before float64 // of Meet: where what asks stood before; NaN where that is not known
	Text   string
	Answer func(value any) // a float32, string or bool; to be called once, on any goroutine
}

// merge takes a later event of the same control in, where both come to one.
func (e *Event) merge(later Event) bool {
	switch {
	case later.Way == Set && (e.Way == Set || e.Way == Turn):
		*e = later
	case later.Way == Turn && e.Way == Turn:
		e.Value += later.Value
	case later.Way == Meet && e.Way == Meet && later.Before == e.Value: // of the same fader
		if math.IsNaN(e.Before) {
			e.Before = e.Value // where it was first seen
		}
		e.Value = later.Value
	default:
		return false
	}
	return true
}

// Queue holds what was asked until the studio looks. Many settings of one control between two looks are one, the
// last, and turns of it their sum; triggers and what is pressed are kept one by one.
type Queue struct {
	mu     sync.Mutex
	events []Event        // guarded by mu
	at     map[string]int // where a control's setting stands in events; guarded by mu
	lost   int            // guarded by mu
}

// most is how many events wait; further ones are lost, and counted.
const most = 4096

// Put adds an event. It may be called from any goroutine.
func (q *Queue) Put(e Event, kind Kind) {
	q.mu.Lock()
	defer q.mu.Unlock()
	setting := kind != Trigger && e.Answer == nil
	if setting {
		if i, ok := q.at[e.Path]; ok && q.events[i].merge(e) {
			return
		}
	}
	if len(q.events) == most {
		q.lost++
		return
	}
	if setting {
		if q.at == nil {
			q.at = map[string]int{}
		}
		q.at[e.Path] = len(q.events)
	}
	q.events = append(q.events, e)
}

// Take takes what was asked since the last time, in order, and how much was lost.
func (q *Queue) Take() (events []Event, lost int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	events, lost = q.events, q.lost
	q.events, q.at, q.lost = nil, nil, 0
	return events, lost
}
