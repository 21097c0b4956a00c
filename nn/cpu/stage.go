package cpu

import (
	"cmp"
	"slices"
)

// task sets one map: every item of it takes a region through all writers in turn.
type task struct {
	layer   string
	back    bool
	macs    int64 // multiply-adds that count as useful
	level   int
	out     view
	writers []writer
	columns bool    // regions hold all blocks
	sheets  bool    // regions hold all rows
	pair    int     // blocks of a region otherwise
	cost    float64 // nanoseconds on one core, roughly

	units, bands int // how the map is cut: blocks, rows
	first        int // item of the stage
}

func (t *task) add(w writer) { t.writers = append(t.writers, w) }

// stage is tasks that do not depend on each other.
type stage struct {
	tasks []*task
	items int
	share bool // worth more than one worker
}

// divide cuts the tasks into items: enough for every worker to end at about
// the same time, none so small that claiming it would show.
func (s *stage) divide(threads int) {
	total := 0.0
	for _, t := range s.tasks {
		total += t.cost
	}
	s.share = total > 10e3
	slices.SortStableFunc(s.tasks, func(a, b *task) int { return cmp.Compare(b.cost, a.cost) })
	grain := max(total/float64(8*threads), 5e3)
	s.items = 0
	for _, t := range s.tasks {
		t.units = 1
		if !t.columns {
			t.units = (t.out.n + t.pair - 1) / t.pair
		}
		t.bands = 1
		if !t.sheets {
			t.bands = min(max(int(t.cost/float64(t.units)/grain+0.5), 1), t.out.h)
		}
		t.first = s.items
		s.items += t.units * t.bands
	}
}

func (s *stage) run(w *worker, item int) {
	t := s.at(item)
	r := t.region(item - t.first)
	for _, o := range t.writers {
		o.write(w, r)
	}
}

// at is the task that an item belongs to.
func (s *stage) at(item int) *task {
	i := len(s.tasks) - 1
	for s.tasks[i].first > item {
		i--
	}
	return s.tasks[i]
}

// region is an item's part of the map.
func (t *task) region(item int) region {
	unit, band := item%t.units, item/t.units
	r := region{0, t.out.n, t.out.h * band / t.bands, t.out.h * (band + 1) / t.bands}
	if !t.columns {
		r.b0, r.b1 = unit*t.pair, min((unit+1)*t.pair, t.out.n)
	}
	return r
}
