package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"
)

// runner is work cut into items that any worker may take in any order.
type runner interface{ run(w *worker, item int) }

// worker is what one thread needs to itself.
type worker struct {
	number     int
	base       unsafe.Pointer // of the arena, or the current picture's part of it
	picture    int            // of a batch that is learnt from
	tile       tile           // kernel arguments
	segs       []segment
	products   []productSegment
	sums       []float32 // of products
	turned     []float32 // pairs of pixels
	groups     []tapGroup
	coupled    []float32 // blocks
	couplings  []coupling
	pool       poolTile
	taps       []poolTap
	runs       []poolRun
	lrn        lrnTile
	line       rowTile
	lanes      laneTile
	fatigue    fatigueTile
	norm       normTile
	pyramid    pyramidTile
	blended    []float32 // a row of a pyramid
	winograd   winogradTile
	chunk      []float32 // of winograd
	scratch    []float32
	bend       bendTile
	rows       [ownRows][]block
	rowsOf     mapTile
	weight     weightTile
	pairs      pairTile
	attend     attending
	multiplied multiplied
	wake       chan struct{}
	_          cacheLines
	parked     atomic.Bool
	_          cacheLines
}

// workers are the worker threads: the caller's own and goroutines that live until
// close. Every worker has its own range of a job's items, so that what it wrote in one
// job is in its caches for the next, and helps the others when it is through. Items are
// claimed by atomic counters; who waits spins for as long as the next stage of a net
// usually takes to come, then sleeps.
type workers struct {
	all    []*worker // all[0] is the caller's
	queues []queue   // one for each worker
	cuts   []int     // of a job without its own
	closed atomic.Bool
	ended  sync.WaitGroup

	_     cacheLines
	epoch atomic.Uint64 // the jobs so far
	job   runner        // set by the caller between epochs, read by workers that hold an item
	_     cacheLines
	done  atomic.Int64 // items finished in this epoch
	_     cacheLines
}

// cacheLines keep what processors write in turn off each other's cache lines, which come and go in pairs.
type cacheLines [128]byte

// queue is a range of items.
type queue struct {
	state atomic.Uint64 // end of the range<<32 + unclaimed items + spare
	_     cacheLines
}

func (q *queue) fill(from, to int) { q.state.Store(uint64(to)<<32 + spare + uint64(to-from)) }

// take claims the next item.
func (q *queue) take() (item int, ok bool) {
	s := q.state.Add(^uint64(0))
	left := int(uint32(s)) - spare
	return int(s>>32) - 1 - left, left >= 0
}

// empty tells whether there is nothing to claim, without taking the cache line away from those who do.
func (q *queue) empty() bool { return uint32(q.state.Load()) <= spare }

const (
	spare = 1 << 20 // keeps the counter above zero when workers find nothing left
	spins = 8000    // looks before a waiting worker sleeps, 50 to 200 microseconds
)

func newWorkers(threads int) *workers {
	ws := &workers{}
	ws.queues, ws.cuts = make([]queue, threads), make([]int, threads+1)
	for i := range threads {
		w := &worker{number: i, wake: make(chan struct{}, 1)}
		ws.all = append(ws.all, w)
		if i > 0 {
			ws.ended.Add(1)
			go ws.attend(w)
		}
	}
	return ws
}

// run does items 0..n-1 of a job and returns when all are done. A job too
// small to share is done by the caller alone.
func (ws *workers) run(job runner, n int, share bool) {
	for i := range ws.cuts {
		ws.cuts[i] = n * i / len(ws.all)
	}
	ws.runRanges(job, ws.cuts, share)
}

// runRanges does the items of a job, of which worker i has cuts[i] to cuts[i+1]-1.
func (ws *workers) runRanges(job runner, cuts []int, share bool) {
	me, n := ws.all[0], cuts[len(ws.all)]
	if !share || n == 1 || len(ws.all) == 1 {
		for i := range n {
			job.run(me, i)
		}
		return
	}
	ws.job = job
	ws.done.Store(0)
	for i := range ws.queues {
		ws.queues[i].fill(cuts[i], cuts[i+1])
	}
	ws.epoch.Add(1)
	for _, w := range ws.all[1:] {
		if w.parked.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
	ws.claim(me)
	for i := 0; ws.done.Load() < int64(n); i++ {
		if i%spins == spins-1 {
			runtime.Gosched()
		}
		pause()
	}
}

// claim runs items until none is left, the worker's own first.
func (ws *workers) claim(w *worker) {
	for i := range ws.queues {
		q, n := &ws.queues[(w.number+i)%len(ws.queues)], 0
		for !q.empty() {
			item, ok := q.take()
			if !ok {
				break
			}
			ws.job.run(w, item)
			n++
		}
		if n > 0 {
			ws.done.Add(int64(n))
		}
	}
}

// attend is the life of a worker goroutine.
func (ws *workers) attend(w *worker) {
	defer ws.ended.Done()
	seen := uint64(0)
	for {
		seen = ws.await(w, seen)
		if ws.closed.Load() {
			return
		}
		ws.claim(w)
	}
}

// await returns the epoch when it is no longer the one seen.
func (ws *workers) await(w *worker, seen uint64) uint64 {
	for {
		for range spins {
			if e := ws.epoch.Load(); e != seen {
				return e
			}
			pause()
		}
		w.parked.Store(true)
		if ws.epoch.Load() != seen && w.parked.CompareAndSwap(true, false) {
			continue
		}
		<-w.wake
	}
}

// close ends the goroutines.
func (ws *workers) close() {
	ws.closed.Store(true)
	ws.run(nothing{}, len(ws.all), true)
	ws.ended.Wait()
}

type nothing struct{}

func (nothing) run(*worker, int) {}
