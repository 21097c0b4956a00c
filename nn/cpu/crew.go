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
	base     unsafe.Pointer // of the arena
	tile     tile           // kernel arguments
	segs     []segment
	pool     poolTile
	taps     []poolTap
	lrn      lrnTile
	line     rowTile
	winograd winogradTile
	chunk    []float32 // of winograd
	scratch  []float32
	keys     []int64 // of a morph's columns
	parked   atomic.Bool
	wake     chan struct{}
}

// crew is the worker threads: the caller's own and goroutines that live until
// close. Items are claimed by one atomic counter; who waits spins for as long
// as the next stage of a net usually takes to come, then sleeps.
type crew struct {
	workers []*worker     // workers[0] is the caller's
	state   atomic.Uint64 // epoch<<32 + unclaimed items + spare
	done    atomic.Int64  // items finished in this epoch
	closed  atomic.Bool
	ended   sync.WaitGroup

	// Set by the caller between epochs, read by workers that hold an item.
	job   runner
	items int
}

const (
	spare = 1 << 20 // keeps the counter above zero when workers find nothing left
	spins = 2000    // looks before a waiting worker sleeps, about 50 microseconds
)

func newCrew(threads int) *crew {
	c := &crew{}
	for i := range threads {
		w := &worker{wake: make(chan struct{}, 1)}
		c.workers = append(c.workers, w)
		if i > 0 {
			c.ended.Add(1)
			go c.attend(w)
		}
	}
	return c
}

// run does items 0..n-1 of a job and returns when all are done. A job too
// small to share is done by the caller alone.
func (c *crew) run(job runner, n int, share bool) {
	me := c.workers[0]
	if !share || n == 1 || len(c.workers) == 1 {
		for i := range n {
			job.run(me, i)
		}
		return
	}
	c.job, c.items = job, n
	c.done.Store(0)
	epoch := c.state.Load()>>32 + 1
	c.state.Store(epoch<<32 + spare + uint64(n))
	for _, w := range c.workers[1:] {
		if w.parked.CompareAndSwap(true, false) {
			w.wake <- struct{}{}
		}
	}
	c.claim(me)
	for i := 0; c.done.Load() < int64(n); i++ {
		if i%spins == spins-1 {
			runtime.Gosched()
		}
		pause()
	}
}

// claim runs items until none is left.
func (c *crew) claim(w *worker) {
	for {
		left := int64(uint32(c.state.Add(^uint64(0)))) - spare
		if left < 0 {
			return
		}
		c.job.run(w, c.items-1-int(left))
		c.done.Add(1)
	}
}

// attend is the life of a worker goroutine.
func (c *crew) attend(w *worker) {
	defer c.ended.Done()
	seen := uint64(0)
	for {
		seen = c.await(w, seen)
		if c.closed.Load() {
			return
		}
		c.claim(w)
	}
}

// await returns the epoch when it is no longer the one seen.
func (c *crew) await(w *worker, seen uint64) uint64 {
	for {
		for range spins {
			if e := c.state.Load() >> 32; e != seen {
				return e
			}
			pause()
		}
		w.parked.Store(true)
		if c.state.Load()>>32 != seen && w.parked.CompareAndSwap(true, false) {
			continue
		}
		<-w.wake
	}
}

// close ends the goroutines.
func (c *crew) close() {
	c.closed.Store(true)
	c.run(nothing{}, len(c.workers), true)
	c.ended.Wait()
}

type nothing struct{}

func (nothing) run(*worker, int) {}
