package saver

import (
	"image"
	"math"
)

// watch notices a picture that does not live any more: one that stays the same, is flat,
// or is nearly all black or white, or that no longer comes at all.
type watch struct {
	base    []uint8 // samples that the present picture is compared with
	since   float64 // when they were taken
	waiting float64 // when a frame came last
	bad     float64 // when the picture was last seen alive
}

const (
	alive      = 2.0  // mean change of a sample that counts as change
	comparison = 3.0  // seconds between the pictures that are compared
	patience   = 9.0  // seconds that a picture may be dead
	absence    = 20.0 // seconds that none may come
)

// see takes a frame at a time in seconds and tells what is wrong with the picture for too long
// already, or "".
func (w *watch) see(m *image.RGBA, now float64) string {
	w.waiting = now
	samples := sampled(m)
	state := condition(samples)
	if state == "" {
		switch {
		case len(w.base) != len(samples), difference(samples, w.base) >= alive:
			w.base, w.since, w.bad = samples, now, now
			return ""
		case now-w.since < comparison:
			return ""
		}
		state = "stands still"
	}
	return w.judge(state, now, patience, w.bad)
}

// absent tells that no frame has come for too long.
func (w *watch) absent(now float64) string {
	return w.judge("does not come", now, absence, w.waiting)
}

func (w *watch) judge(state string, now, most, since float64) string {
	if now-since < most {
		return ""
	}
	w.base, w.since, w.bad, w.waiting = nil, now, now, now
	return state
}

// condition tells what is wrong with one picture.
func condition(samples []uint8) string {
	extreme, sum, squares := 0, 0.0, 0.0
	for _, v := range samples {
		if v < 4 || v > 251 {
			extreme++
		}
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(len(samples))
	switch spread := math.Sqrt(max(squares/n-sum/n*sum/n, 0)); {
	case float64(extreme) > 0.7*n:
		return "is saturated"
	case spread < 5:
		return "is flat"
	}
	return ""
}

// sampled are the colours of some hundred points.
func sampled(m *image.RGBA) []uint8 {
	const columns, rows = 24, 18
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := make([]uint8, 0, 3*columns*rows)
	for j := range rows {
		for i := range columns {
			p := m.Pix[(2*j+1)*h/(2*rows)*m.Stride+(2*i+1)*w/(2*columns)*4:]
			out = append(out, p[0], p[1], p[2])
		}
	}
	return out
}

func difference(a, b []uint8) float64 {
	sum := 0
	for i := range a {
		sum += max(int(a[i])-int(b[i]), int(b[i])-int(a[i]))
	}
	return float64(sum) / float64(len(a))
}
