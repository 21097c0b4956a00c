package bend

import "slices"

// Sizes is how many map sizes a bend remembers something for, the last ones used.
const Sizes = 16

// Memory is what a bend keeps from step to step for each size of its map, T being an
// engine's form of it.
type Memory[T any] struct {
	Free  func(T)    // is given what is forgotten, or nil
	slots []*Slot[T] // the last used is the last
}

// Slot is the memory for one map size.
type Slot[T any] struct {
	Count int64 // as in Moment
	Past  T
	h, w  int
}

// Find gives the slot of a size, or nil.
func (m *Memory[T]) Find(h, w int) *Slot[T] {
	for _, s := range m.slots {
		if s.h == h && s.w == w {
			return s
		}
	}
	return nil
}

// At gives the slot of a size, a new one where there is none.
func (m *Memory[T]) At(h, w int) *Slot[T] {
	for i, s := range m.slots {
		if s.h == h && s.w == w {
			m.slots = append(slices.Delete(m.slots, i, i+1), s)
			return s
		}
	}
	if len(m.slots) == Sizes {
		m.free(m.slots[0])
		m.slots = slices.Delete(m.slots, 0, 1)
	}
	s := &Slot[T]{h: h, w: w}
	m.slots = append(m.slots, s)
	return s
}

// Clear forgets everything.
func (m *Memory[T]) Clear() {
	for _, s := range m.slots {
		m.free(s)
	}
	m.slots = nil
}

func (m *Memory[T]) free(s *Slot[T]) {
	if m.Free != nil {
		m.Free(s.Past)
	}
}

// SampleHold lets what it reads through at every Every-th step of a map size, and
// repeats that in between. The way back is a straight line.
type SampleHold struct{ Every int64 }

// Fresh tells whether a step lets its input through.
func (e SampleHold) Fresh(at Moment) bool { return at.Past == nil || at.Count%e.Every == 0 }

func (e SampleHold) Forward(y, x Map, at Moment) {
	if e.Fresh(at) {
		copy(y.V, x.V)
	} else {
		copy(y.V, at.Past)
	}
}

func (SampleHold) Backward(dx, dy, _ Map, _ Moment) { copy(dx.V, dy.V) }

func (e SampleHold) Remember(x, _ Map, at Moment) []float32 {
	if e.Fresh(at) {
		return sound(slices.Clone(x.V))
	}
	return at.Past
}

// Feedback adds a share of what it gave at the step before: y = x + K*past.
type Feedback struct{ K float32 }

func (e Feedback) Forward(y, x Map, at Moment) {
	copy(y.V, x.V)
	for i, v := range at.Past {
		y.V[i] += e.K * v
	}
}

func (Feedback) Backward(dx, dy, _ Map, _ Moment) { copy(dx.V, dy.V) }

func (e Feedback) Remember(x, _ Map, at Moment) []float32 {
	y := x.like()
	e.Forward(y, x, at)
	return sound(y.V)
}

// sound puts zero where a value is not finite, for memory would keep it for ever.
func sound(v []float32) []float32 {
	for i, f := range v {
		if f-f != 0 {
			v[i] = 0
		}
	}
	return v
}
