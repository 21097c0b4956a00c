package record

// notes writes a recipe piece by piece into a file that grows.
type notes struct {
	recipe func() Recipe // nil for none
	done   int           // changes written
	guides int           // and guides
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
	return r.head() + r.more(0, 1)
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
	if changes == n.done {
		return ""
	}
	return "\n" + r.more(guides, changes)
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
	return text + n.recipe().tail()
}

// all is the whole text as it stands.
func (n *notes) all() string {
	if n.recipe == nil {
		return ""
	}
	return n.recipe().Encode()
}
