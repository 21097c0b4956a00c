package app

import (
	"time"

	"zalgoscope/app/dream"
)

// history remembers settings for undo and redo. A change counts once it has stood
// for a moment, so that the way of a drag is one step.
type history struct {
	past, future []moment
	now          moment
	seen         dream.Settings // the last settings watched
	since        time.Time      // when seen became so
}

// moment is what undo goes back to: what the knobs stood at, and the scene that they were of then.
type moment struct {
	want, base   dream.Settings
	scene, title string
}

const (
	historySettle = 400 * time.Millisecond
	historyMost   = 500
)

// watch looks at the present settings; busy holds back while a hand is on a knob.
func (h *history) watch(m moment, at time.Time, busy bool) {
	if h.now == (moment{}) {
		h.now = m
	}
	if m.want != h.seen {
		h.seen, h.since = m.want, at
	}
	switch {
	case busy:
	case m.want == h.now.want:
		h.now = m // the scene may have got another name
	case at.Sub(h.since) >= historySettle:
		h.commit(m)
	}
}

// split makes what has changed so far a step of its own, although it has not stood for long.
func (h *history) split(m moment) {
	if m.want != h.now.want && h.now != (moment{}) {
		h.commit(m)
	}
}

func (h *history) commit(m moment) {
	h.past = append(h.past, h.now)
	if len(h.past) > historyMost {
		h.past = append(h.past[:0], h.past[1:]...)
	}
	h.now, h.future = m, nil
}

// undo gives the moment before the present one, redo that after; false where there is none.
func (h *history) undo(m moment) (moment, bool) {
	h.split(m)
	return h.step(&h.past, &h.future)
}

func (h *history) redo() (moment, bool) { return h.step(&h.future, &h.past) }

func (h *history) step(from, to *[]moment) (moment, bool) {
	n := len(*from)
	if n == 0 {
		return h.now, false
	}
	*to = append(*to, h.now)
	h.now = (*from)[n-1]
	*from = (*from)[:n-1]
	h.seen = h.now.want
	return h.now, true
}

// moment is the present one.
func (s *studio) moment() moment {
	return moment{s.want, s.base, s.presets.present(), s.presets.title}
}

// goBack takes the knobs to a moment, and with them the scene that they are of.
func (s *studio) goBack(m moment) {
	p := &s.presets
	s.want, s.base, p.at, p.title = m.want, m.base, p.index(m.scene), m.title
	s.publish()
}
