package cpu

import (
	"cmp"
	"iter"
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
	half    bool    // sets bfloat16 alone
	still   bool    // sets no map
	early   bool    // another task writes over the map before convolutions read it
	pair    int     // blocks that a region begins at multiples of
	rows    int     // rows that a region holds at least, 0 for one
	then    []*task // what every item does after it, with its region
	leads   *task   // the task of whose then this one is, or nil
	cost    float64 // nanoseconds on one core, roughly
	reads   float64 // bytes of input that every block of the output needs
	weights float64 // bytes of weights that every row of the output needs

	items int
}

func (t *task) add(w writer) { t.writers = append(t.writers, w) }

// follow has the items of another task do this one's, region by region.
func (t *task) follow(lead *task) {
	t.leads, lead.then = lead, append(lead.then, t)
	lead.wholeBlocks(t.pair)
}

// all is a task and those that follow it.
func (t *task) all() iter.Seq[*task] {
	return func(yield func(*task) bool) {
		if !yield(t) {
			return
		}
		for _, f := range t.then {
			if !yield(f) {
				return
			}
		}
	}
}

// whole is the nanoseconds of a task and of those that follow it.
func (t *task) whole() float64 {
	sum := 0.0
	for k := range t.all() {
		sum += k.cost
	}
	return sum
}

// write has all writers set a region.
func (t *task) write(w *worker, r region) {
	for _, o := range t.writers {
		o.write(w, r)
	}
}

// item is a region of a task, for one worker.
type item struct {
	*task
	region
}

// stage is tasks that do not depend on each other.
type stage struct {
	tasks []*task
	items []item
	cuts  []int // where each worker's own items begin, and their end
	share bool  // worth more than one worker
}

const (
	leastShared = 6e3 // nanoseconds that are worth a second worker, to whom a word takes some hundred
	itemsEach   = 8   // for each worker at most: large ones lie in long runs of memory, small ones end together
)

// divide cuts the tasks into items: enough for every worker to end at about
// the same time, none so small that claiming it would show. Items of all tasks
// at one height of the map come together, for they often read the same input, and
// every worker's own items lie at the height where it worked in the stage before.
func (s *stage) divide(threads int) {
	total := 0.0
	for _, t := range s.tasks {
		total += t.whole()
	}
	s.share = total > leastShared
	grain := max(total/float64(itemsEach*threads), leastShared/2)
	for _, t := range s.tasks {
		units, bands := t.cut(roundUp(int(t.whole()/grain+0.5), threads))
		t.items = units * bands
		for i := range t.items {
			s.items = append(s.items, item{t, t.region(i%units, units, i/units, bands)})
		}
	}
	slices.SortStableFunc(s.items, func(a, b item) int {
		return cmp.Or(
			cmp.Compare(float64(a.y0+a.y1)/float64(a.out.h), float64(b.y0+b.y1)/float64(b.out.h)),
			cmp.Compare(b.whole(), a.whole()),
		)
	})
	s.cuts = make([]int, threads, threads+1)
	i, done := 0, 0.0
	for k := range s.cuts {
		for ; i < len(s.items) && done < total*float64(k)/float64(threads); i++ {
			done += s.items[i].whole() / float64(s.items[i].task.items)
		}
		s.cuts[k] = i
	}
	s.cuts = append(s.cuts, len(s.items))
}

// cut chooses the numbers of groups of blocks and of bands of rows whose
// product is at least n, where it can be, so that the least is read twice: every
// group reads the whole input, every band all weights.
func (t *task) cut(n int) (units, bands int) {
	most, rows := (t.out.n+t.pair-1)/t.pair, t.strips()
	if t.columns {
		most = 1
	}
	if t.sheets {
		rows = 1
	}
	units, bands = 1, 1
	least := -1.0
	for u := 1; u <= most; u++ {
		b := min(max((n+u-1)/u, 1), rows)
		traffic := float64(u)*t.reads + float64(b)*t.weights
		if u*b < n {
			traffic += float64(n-u*b) * (t.reads + t.weights + 1e6) // workers would stand idle
		}
		if least < 0 || traffic < least {
			units, bands, least = u, b, traffic
		}
	}
	return units, bands
}

// wholeBlocks has the task's regions begin at multiples of n blocks, beside those that they begin at already.
func (t *task) wholeBlocks(n int) {
	common := t.pair
	for common%n != 0 {
		common += t.pair
	}
	t.pair = common
}

// region is one of units x bands parts of the map.
func (t *task) region(unit, units, band, bands int) region {
	pairs, strips, height := (t.out.n+t.pair-1)/t.pair, t.strips(), max(t.rows, 1)
	return region{
		pairs * unit / units * t.pair, min(pairs*(unit+1)/units*t.pair, t.out.n),
		strips * band / bands * height, min(strips*(band+1)/bands*height, t.out.h),
	}
}

// strips is how many regions the map's rows can fill.
func (t *task) strips() int {
	height := max(t.rows, 1)
	return (t.out.h + height - 1) / height
}

func (s *stage) run(w *worker, i int) {
	it := &s.items[i]
	it.write(w, it.region)
	for _, t := range it.then {
		t.write(w, it.region)
	}
}
