package record

// notes writes a recipe piece by piece into a file that grows.
type notes struct {
	recipe func() Recipe // nil for none
	done   int           // changes written, or left out
	guides int           // and guides
	kept   int           // changes written
	size   int           // bytes written
	wrote  Change        // the last one written
	cut    bool          // there is no room for more before the last one
	ending bool          // the next piece is the last one
	ended  bool          // and has been given
}

// end makes the next piece the last one, although frames follow: those that play the recording backwards.
func (n *notes) end() { n.ending = true }

// first is the recipe's text so far.
func (n *notes) first() string {
	if n.recipe == nil {
		return ""
	}
	r := n.recipe()
	n.done, n.guides = len(r.Changes), len(r.Guides)
	if n.done == 0 {
		return "" // the dream has not begun; next will write it
	}
	if r = r.within(mostFilm - endRoom); r.Cut {
		n.cut = true
		r.Changes = r.Changes[:len(r.Changes)-1] // the last one comes at the end
	}
	return n.written(r, r.head()+r.more(0, 1), len(r.Changes))
}

// endRoom is what is left of a film's recipe for its last change and its end.
const endRoom = 1 << 19

// written takes down that a text with so many of the recipe's last changes is written.
func (n *notes) written(r Recipe, text string, changes int) string {
	n.kept += changes
	n.size += len(text)
	n.wrote = r.Changes[len(r.Changes)-1]
	return text
}

// next is the text of what has changed since.
func (n *notes) next() string {
	if n.ending {
		return n.last()
	}
	return n.changes()
}

func (n *notes) changes() string {
	switch {
	case n.recipe == nil:
		return ""
	case n.done == 0:
		return n.first()
	}
	r := n.recipe()
	guides, changes := n.guides, n.done
	n.guides, n.done = len(r.Guides), len(r.Changes)
	if changes == n.done || n.cut {
		return ""
	}
	text := "\n" + r.more(guides, changes)
	if n.size+len(text) > mostFilm-endRoom || n.kept+n.done-changes >= mostChanges {
		n.cut = true
		return ""
	}
	return n.written(r, text, n.done-changes)
}

// last is next and the end, the first time.
func (n *notes) last() string {
	if n.ended {
		return ""
	}
	text := n.changes()
	if n.done == 0 {
		return ""
	}
	n.ended = true
	r := n.recipe()
	if n.cut {
		r.Cut = true
		r.Changes = []Change{n.wrote, r.Changes[len(r.Changes)-1]}
		text += "\n" + r.more(len(r.Guides), 1)
	}
	return text + r.tail()
}

// whole is the text as it stands, for a film.
func (n *notes) whole() string {
	if n.recipe == nil {
		return ""
	}
	return n.recipe().stored()
}

// all is the whole text as it stands, of at most so many bytes.
func (n *notes) all(most int) string {
	if n.recipe == nil {
		return ""
	}
	return n.recipe().within(most).Encode()
}
