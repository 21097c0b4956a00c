package record

// notes writes a recipe piece by piece into a file that grows.
type notes struct {
	recipe func() Recipe // nil for none
	done   int           // changes written
}

// first is the recipe's text so far.
func (n *notes) first() string {
	if n.recipe == nil {
		return ""
	}
	r := n.recipe()
	n.done = len(r.Changes)
	if n.done == 0 {
		return "" // the dream has not begun; next will write it
	}
	return r.head() + encodeChanges(r.Changes, 1)
}

// next is the text of what has changed since.
func (n *notes) next() string {
	switch {
	case n.recipe == nil:
		return ""
	case n.done == 0:
		return n.first()
	}
	r := n.recipe()
	from := n.done
	n.done = max(n.done, len(r.Changes))
	if from == n.done {
		return ""
	}
	return "\n" + encodeChanges(r.Changes, from)
}

// last is next and the end.
func (n *notes) last() string {
	text := n.next()
	if n.done == 0 {
		return ""
	}
	return text + n.recipe().tail()
}

// all is the whole text as it stands.
func (n *notes) all() string {
	if n.recipe == nil {
		return ""
	}
	return n.recipe().Encode()
}
