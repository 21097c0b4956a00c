package record

import (
	"slices"
	"strings"
)

// within is the recipe whose text has at most so many bytes. Of more changes than there is room for it has the
// first, and the last one, with which the dream goes on.
func (r Recipe) within(most int) Recipe {
	n := len(r.Changes)
	if n < 2 {
		return r
	}
	var b strings.Builder
	writeSettings(&b, r.Changes[n-1].Settings, nil)
	room := most - len(r.head()) - len(r.tail()) - len(r.more(0, n))
	last := b.Len() + 96 // the last change differs from the one before by all knobs at most
	fits := n            // as many of the first as leave room for the last one
	for i := 1; i < n; i++ {
		b.Reset()
		writeChange(&b, r.Changes[i], r.Changes[i-1].Settings)
		if room -= b.Len(); fits == n && (room < last || i == mostChanges-1) {
			fits = i
		}
		if room < 0 || i >= mostChanges {
			r.Changes = append(slices.Clip(r.Changes[:fits]), r.Changes[n-1])
			r.Cut = true
			return r
		}
	}
	return r
}
