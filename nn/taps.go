package nn

// Taps says of what the cells along one axis are made: cell i is the sum, over k from First[i] to
// First[i+1], of Weight[k] times the input's cell From[k]. A cell may have no taps.
type Taps struct {
	In     int
	First  []int
	From   []int
	Weight []float32
}

// Axis is how a map is laid out anew along one of its axes, at any size.
type Axis interface {
	// Cells is how many cells become of n, one at least.
	Cells(n int) int
	// Taps is what these are made of.
	Taps(n int) *Taps
}

// newTaps is those of no cell yet.
func newTaps(in int) *Taps { return &Taps{In: in, First: []int{0}} }

// tap adds one to the cell that end closes.
func (t *Taps) tap(from int, weight float32) {
	t.From, t.Weight = append(t.From, from), append(t.Weight, weight)
}

func (t *Taps) end() { t.First = append(t.First, len(t.From)) }

// Out is how many cells are made.
func (t *Taps) Out() int { return len(t.First) - 1 }

// Empty tells whether cell i is made of nothing.
func (t *Taps) Empty(i int) bool { return t.First[i] == t.First[i+1] }

// each visits the taps of cell i.
func (t *Taps) each(i int, visit func(from int, weight float32)) {
	for k := t.First[i]; k < t.First[i+1]; k++ {
		visit(t.From[k], t.Weight[k])
	}
}

// Transpose is the taps of the way back: of each input cell the cells that it goes into.
func (t *Taps) Transpose() *Taps {
	back := &Taps{In: t.Out(), First: make([]int, t.In+1), From: make([]int, len(t.From)), Weight: make([]float32, len(t.From))}
	for _, from := range t.From {
		back.First[from+1]++
	}
	for i := range t.In {
		back.First[i+1] += back.First[i]
	}
	next := append([]int(nil), back.First...)
	for i := range t.Out() {
		t.each(i, func(from int, weight float32) {
			back.From[next[from]], back.Weight[next[from]] = i, weight
			next[from]++
		})
	}
	return back
}

// Run is where an axis is a plain copy: the cells from To on, N of them, are the input's from From on.
// ok is false where some cell with taps is made otherwise.
func (t *Taps) Run() (to, from, n int, ok bool) {
	for i := range t.Out() {
		switch k := t.First[i]; {
		case t.Empty(i):
		case t.First[i+1] != k+1 || t.Weight[k] != 1 || n > 0 && (i != to+n || t.From[k] != from+n):
			return 0, 0, 0, false
		case n == 0:
			to, from, n = i, t.From[k], 1
		default:
			n++
		}
	}
	return to, from, n, true
}

// Place is the taps of a part of out cells: input cell i becomes cell at+i, the others have none.
func Place(in, at, out int) *Taps {
	t := newTaps(in)
	for i := range out {
		if i >= at && i < at+in {
			t.tap(i-at, 1)
		}
		t.end()
	}
	return t
}

// Keep is an axis that stays as it is.
type Keep struct{}

func (Keep) Cells(n int) int  { return n }
func (Keep) Taps(n int) *Taps { return Place(n, 0, n) }

// Crop takes every Step-th cell, from From to before To, which count from the end where negative; the
// numbers may lie beyond the map, and a negative Step goes backwards (ONNX Slice). Where nothing would be
// left it takes the nearest cell. With Of above zero, From and To are for a map of that many cells and
// grow with it.
type Crop struct{ From, To, Step, Of int }

// grown is From or To beside n cells. What counts from the end, or lies beyond it, does so at any size.
func (o Crop) grown(v, n int) int {
	switch {
	case o.Of <= 0 || v <= 0:
		return v
	case v >= o.Of:
		return n
	}
	return (v*n + o.Of - 1) / o.Of
}

// bounds is the first cell and how many there are.
func (o Crop) bounds(n int) (first, count int) {
	from, to := o.grown(o.From, n), o.grown(o.To, n)
	if from < 0 {
		from = max(from+n, 0)
	}
	if to < 0 {
		to = max(to+n, -1)
	}
	if o.Step > 0 {
		from, to = min(from, n), min(max(to, 0), n)
		count = (to - from + o.Step - 1) / o.Step
	} else {
		from, to = min(from, n-1), min(to, n-1)
		count = (from - to - o.Step - 1) / -o.Step
	}
	return min(max(from, 0), n-1), max(count, 1)
}

func (o Crop) Cells(n int) int {
	_, count := o.bounds(n)
	return count
}

func (o Crop) Taps(n int) *Taps {
	first, count := o.bounds(n)
	t := newTaps(n)
	for i := range count {
		t.tap(first+i*o.Step, 1)
		t.end()
	}
	return t
}

// Filling is what stands in the cells that a Pad adds.
type Filling int

const (
	FillConstant   Filling = iota // the operation's fill
	FillEdge                      // the last cell
	FillReflection                // the map mirrored at its last cell
	FillWrap                      // the map again
)

// Pad adds cells before and after a map; negative numbers take some away, but never all.
type Pad struct {
	Before, After int
	With          Filling
}

// inner is the cells that are kept.
func (o Pad) inner(n int) (from, to int) {
	from = min(max(-o.Before, 0), n-1)
	return from, max(n+min(o.After, 0), from+1)
}

func (o Pad) Cells(n int) int {
	from, to := o.inner(n)
	return max(o.Before, 0) + to - from + max(o.After, 0)
}

func (o Pad) Taps(n int) *Taps {
	from, to := o.inner(n)
	t, cells := newTaps(n), to-from
	for i := range o.Cells(n) {
		at := i - max(o.Before, 0)
		switch inside := at >= 0 && at < cells; {
		case inside:
			t.tap(from+at, 1)
		case o.With == FillEdge:
			t.tap(from+min(max(at, 0), cells-1), 1)
		case o.With == FillReflection:
			t.tap(from+mirror(at, cells), 1)
		case o.With == FillWrap:
			t.tap(from+wrap(at, cells), 1)
		}
		t.end()
	}
	return t
}

// Fit gives a map To cells: it takes away some at the end, or repeats the last one.
type Fit struct{ To int }

func (o Fit) Cells(int) int    { return o.To }
func (o Fit) Taps(n int) *Taps { return Pad{After: o.To - n, With: FillEdge}.Taps(n) }

// Roll moves a map By cells towards its start; what leaves it there comes in at its end.
type Roll struct{ By int }

func (o Roll) Cells(n int) int { return n }

func (o Roll) Taps(n int) *Taps {
	t := newTaps(n)
	for i := range n {
		t.tap(wrap(i+o.By, n), 1)
		t.end()
	}
	return t
}

// Take makes an axis of the cells From of a map of Of cells, and of those in proportion of others.
type Take struct {
	From []int
	Of   int
}

func (o Take) Cells(int) int { return len(o.From) }

func (o Take) Taps(n int) *Taps {
	t := newTaps(n)
	for _, from := range o.From {
		t.tap(min(from*n/o.Of, n-1), 1)
		t.end()
	}
	return t
}

// Tile repeats a map a number of times.
type Tile struct{ Times int }

func (o Tile) Cells(n int) int { return n * o.Times }

func (o Tile) Taps(n int) *Taps {
	t := newTaps(n)
	for i := range o.Cells(n) {
		t.tap(i%n, 1)
		t.end()
	}
	return t
}
