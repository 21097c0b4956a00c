package surface

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zalgoscope/app/control"
)

// Learnt is a control that was touched for an address.
type Learnt struct {
	Device   string
	From, To string // as a map has them
}

// learner finds out which control somebody touches, and of what kind it is.
type learner struct {
	to      control.Address
	arg     string
	touched map[touch][]Input // in order
	began   time.Time         // when the first control was touched
}

type touch struct{ device, control string }

// How long a control is watched once it is touched, and how long an encoder of which it is not clear how it turns.
const (
	watched = 400 * time.Millisecond
	puzzled = 4 * time.Second
)

// Learn begins to wait for a control that is to ask for what follows an address, such as "/scene Parade". Until then no
// device asks for anything, and what is held is let go.
func (s *Surface) Learn(to string) error {
	path, arg, _ := strings.Cut(to, " ")
	a, err := control.Find(path)
	if err != nil {
		return err
	}
	if a.Kind == control.Text && arg == "" {
		return fmt.Errorf("surface: %s has to say what", path)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.devices {
		s.letGo(d)
	}
	s.learner = &learner{to: a, arg: arg, touched: map[touch][]Input{}}
	return nil
}

// Learning is what a control is waited for, "" for nothing.
func (s *Surface) Learning() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.learner == nil {
		return ""
	}
	return strings.TrimSpace(s.learner.to.Path + " " + s.learner.arg)
}

// Forget ends the waiting.
func (s *Surface) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.learner = nil
}

// Learnt is the control that was touched, once that is clear; the waiting is over then.
func (s *Surface) Learnt(now time.Time) (Learnt, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.learner == nil {
		return Learnt{}, false
	}
	l, ok := s.learner.decide(now)
	if ok {
		s.learner = nil
	}
	return l, ok
}

func (l *learner) hear(name string, in Input, now time.Time) {
	how := sortOf(in.Control)
	if strings.HasPrefix(in.Control, "axis ") && in.Value > 0.2 && in.Value < 0.8 || how == button && in.Value == 0 {
		return // a stick that nobody holds, a button that is let go
	}
	at := touch{name, in.Control}
	if in.Seconds > 0 && len(l.touched[at]) > 0 {
		return // the stick is held
	}
	if l.began.IsZero() {
		l.began = now
	}
	l.touched[at] = append(l.touched[at], in)
}

// decide tells which control is meant: that which moves most, of a pair of 14 bits both halves, and a button where
// nothing else moves.
func (l *learner) decide(now time.Time) (Learnt, bool) {
	if l.began.IsZero() || now.Sub(l.began) < watched {
		return Learnt{}, false
	}
	var best touch
	rank := -1
	for _, at := range slices.SortedFunc(maps.Keys(l.touched), func(a, b touch) int { return strings.Compare(a.control, b.control) }) {
		r := 2 * len(l.touched[at])
		switch word, _, _ := strings.Cut(at.control, " "); {
		case sortOf(at.control) == button:
			r = 0 // the touch of a fader, or a pad that has pressure too
		case word == "pressure":
			continue
		case word == "program" && len(strings.Fields(at.control)) == 2 && !(l.to.Path == "/scene" && l.arg == ""):
			continue // the one of that number is meant
		case word == "cc14":
			if !l.both(at) {
				continue // one half is a control of its own
			}
			r = 1 << 20
		}
		if r > rank {
			best, rank = at, r
		}
	}
	if rank < 0 {
		return Learnt{}, false
	}
	from := best.control
	continuous := l.to.Kind == control.Share || l.to.Kind == control.Number
	if continuous && strings.HasPrefix(from, "cc ") && !l.to.Switch() && l.arg == "" {
		turn, clear := turning(l.touched[best])
		if !clear && now.Sub(l.began) < puzzled {
			return Learnt{}, false
		}
		from = strings.TrimSpace(from + " " + turn)
	}
	return Learnt{Device: best.device, From: from, To: strings.TrimSpace(l.to.Path + " " + l.arg)}, true
}

// both tells whether both halves of a controller of 14 bits were moved.
func (l *learner) both(at touch) bool {
	var channel, number int
	if _, err := fmt.Sscanf(at.control, "cc14 %d %d", &channel, &number); err != nil {
		return false
	}
	half := func(n int) bool { return len(l.touched[touch{at.device, fmt.Sprintf("cc %d %d", channel, n)}]) > 0 }
	return half(number) && half(number+32)
}

// turning tells how an endless encoder says its turns, "" for what is none, and whether that is clear: those that were
// turned one way only may not be. A fader never says the same twice in a row, an encoder that is turned does.
func turning(list []Input) (turn string, clear bool) {
	const most = 15 // steps at once
	again := false
	var plus, minus, over, under, other bool
	for i, in := range list {
		again = again || i > 0 && in.Raw == list[i-1].Raw
		switch {
		case in.Raw >= 1 && in.Raw <= most:
			plus = true
		case in.Raw >= 128-most:
			minus = true
		case in.Raw > 64 && in.Raw <= 64+most:
			over = true
		case in.Raw < 64 && in.Raw >= 64-most:
			under = true
		default:
			other = true
		}
	}
	switch {
	case other || !again || plus && under || minus && (over || under):
		return "", true
	case minus:
		return "twos", true
	case under:
		return "offset", true
	case plus && over:
		return "signed", true
	case over:
		return "offset", false // or signed, turned back
	}
	return "twos", false // or signed
}
