package app

import (
	"time"

	"zalgoscope/app/dream"
)

// history remembers settings for undo and redo. A change counts once it has stood
// for a moment, so that the way of a drag is one step.
type history struct {
	past, future []dream.Settings
	now          dream.Settings
	seen         dream.Settings // the last settings watched
	since        time.Time      // when seen became so
}

const (
	historySettle = 400 * time.Millisecond
	historyMost   = 500
)

// watch looks at the present settings; busy holds back while a hand is on a knob.
func (h *history) watch(s dream.Settings, at time.Time, busy bool) {
	if h.now == (dream.Settings{}) {
		h.now = s
	}
	if s != h.seen {
		h.seen, h.since = s, at
	}
	if s == h.now || busy || at.Sub(h.since) < historySettle {
		return
	}
	h.commit(s)
}

// split makes what has changed so far a step of its own, although it has not stood for long.
func (h *history) split(s dream.Settings) {
	if s != h.now && h.now != (dream.Settings{}) {
		h.commit(s)
	}
}

func (h *history) commit(s dream.Settings) {
	h.past = append(h.past, h.now)
	if len(h.past) > historyMost {
		h.past = append(h.past[:0], h.past[1:]...)
	}
	h.now, h.future = s, nil
}

// undo gives the settings before the present ones, redo those after; false where there are none.
func (h *history) undo(s dream.Settings) (dream.Settings, bool) {
	h.split(s)
	return h.step(&h.past, &h.future)
}

func (h *history) redo() (dream.Settings, bool) { return h.step(&h.future, &h.past) }

func (h *history) step(from, to *[]dream.Settings) (dream.Settings, bool) {
	n := len(*from)
	if n == 0 {
		return h.now, false
	}
	*to = append(*to, h.now)
	h.now = (*from)[n-1]
	*from = (*from)[:n-1]
	h.seen = h.now
	return h.now, true
}
