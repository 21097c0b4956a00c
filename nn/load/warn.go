package load

import "fmt"

// warner gathers what a net loses to operations that have no counterpart.
type warner struct{ losses []*loss }

// loss is one such operation and how many others went with it.
type loss struct {
	name, kind, why string
	after           int
	unread          bool // not listed until something needs it
}

func (w *warner) lose(l label, kind, why string) *loss {
	x := &loss{name: l.name, kind: kind, why: why}
	w.losses = append(w.losses, x)
	return x
}

// extraInput is what stands at the n-th input, such as a training net's labels.
func extraInput(name string, n int) *loss {
	return &loss{name: name, kind: "Input", why: fmt.Sprintf("the net reads one picture, and this is input %d", n), unread: true}
}

// also counts a layer that goes with a loss.
func (w *warner) also(l *loss) {
	l.after++
	if l.unread {
		l.unread = false
		w.losses = append(w.losses, l)
	}
}

func (l *loss) String() string {
	s := fmt.Sprintf("layer %q has the operation %s, which is not supported", l.name, l.kind)
	if l.why != "" {
		s = fmt.Sprintf("layer %q has a form of %s that is not supported: %s", l.name, l.kind, l.why)
	}
	switch l.after {
	case 0:
		return s + "; it is left out"
	case 1:
		return s + "; it and 1 layer that needs it are left out"
	}
	return fmt.Sprintf("%s; it and %d layers that need it are left out", s, l.after)
}

// report tells the losses, the first few each in a line.
func (w *warner) report(warn func(string)) {
	const most = 8
	if warn == nil {
		return
	}
	for i, l := range w.losses {
		if i == most {
			warn(fmt.Sprintf("%d more layers are not supported and left out", len(w.losses)-most))
			return
		}
		warn(l.String())
	}
}
