package load

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// warner gathers what there is to say about a net that loads.
type warner struct {
	losses []*loss
	notes  []*note
}

// loss is an operation or an array that cannot be used, and how many layers went with it.
type loss struct {
	name, kind string
	err        error // unsupported, or what is wrong with it
	after      int
	unread     bool // not listed until something needs it
}

// note is a remark on one or more layers.
type note struct {
	layer, text string
	more        int
}

func (w *warner) lose(l label, kind string, err error) *loss {
	x := &loss{name: l.name, kind: kind, err: err}
	w.losses = append(w.losses, x)
	return x
}

// badArray is what stands for an array that cannot be read.
func badArray(name string, err error) *loss {
	return &loss{name: name, err: err, unread: true}
}

// extraInput is what stands at the n-th input, such as a training net's labels.
func extraInput(name string, n int) *loss {
	why := unsupported(fmt.Sprintf("the net reads one picture, and this is input %d", n))
	return &loss{name: name, kind: "Input", err: why, unread: true}
}

// also counts a layer that goes with a loss.
func (w *warner) also(l *loss) {
	l.after++
	if l.unread {
		l.unread = false
		w.losses = append(w.losses, l)
	}
}

// left is how many layers are left out.
func (w *warner) left() (n int) {
	for _, l := range w.losses {
		n += 1 + l.after
	}
	return n
}

// note remarks on a layer; the same remark on further layers is told once.
func (w *warner) note(l label, text string) {
	for _, n := range w.notes {
		if n.text == text {
			n.more++
			return
		}
	}
	w.notes = append(w.notes, &note{layer: cut(l.name), text: text})
}

func (n *note) String() string {
	if n.more > 0 {
		return fmt.Sprintf("layer %q and %d more: %s", n.layer, n.more, n.text)
	}
	return fmt.Sprintf("layer %q: %s", n.layer, n.text)
}

// reason is what was lost and why, in one line.
func (l *loss) reason() string {
	var u unsupported
	name, kind := cut(l.name), oneLine(cut(l.kind))
	switch {
	case l.kind == "":
		return fmt.Sprintf("array %q %v", name, l.err)
	case !errors.As(l.err, &u):
		return fmt.Sprintf("layer %q (%s): %v", name, kind, l.err)
	case u == "":
		return fmt.Sprintf("layer %q has the operation %s, which is not supported", name, kind)
	}
	return fmt.Sprintf("layer %q has a form of %s that is not supported: %s", name, kind, oneLine(string(u)))
}

// oneLine escapes what would not be shown or would break the line, for names that stand without quotes.
func oneLine(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) }) || !utf8.ValidString(s) {
		s = strconv.Quote(s)
		return s[1 : len(s)-1]
	}
	return s
}

func (l *loss) String() string {
	switch l.after {
	case 0:
		return l.reason() + "; it is left out"
	case 1:
		return l.reason() + "; it and 1 layer that needs it are left out"
	}
	return fmt.Sprintf("%s; it and %d layers that need it are left out", l.reason(), l.after)
}

// report tells the losses, the first few each in a line, and the notes.
func (w *warner) report(warn func(string)) {
	const most = 8
	if warn == nil {
		return
	}
	for i, l := range w.losses {
		if i == most {
			warn(fmt.Sprintf("%d more layers are left out", len(w.losses)-most))
			break
		}
		warn(l.String())
	}
	for _, n := range w.notes {
		warn(n.String())
	}
}

// nothing is the error of a file none of whose layers can be used.
func (w *warner) nothing() error {
	if len(w.losses) == 0 {
		return errors.New("it has no layer that can be used")
	}
	return fmt.Errorf("it has no layer that can be used: %s", w.losses[0].reason())
}
