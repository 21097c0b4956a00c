package cpu

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// far tells whether a word between two workers takes so long that they can have no cache in common, as where they run on different dies
// or processors. Systems do not always know: a virtual machine is told of one cache for all. It is found out once, in less than a millisecond;
// on a machine with so much other work that two workers do not run at the same time it takes longer, and is tried again a few times.
func far() bool {
	distance.Lock()
	defer distance.Unlock()
	if distance.tries < 4 {
		ws := newWorkers(2)
		defer ws.close()
		t := &talk{least: time.Hour}
		ws.run(t, 2, true)
		distance.far = t.least > nearest && t.least < never
		if distance.tries++; t.least < never {
			distance.tries = 4
		}
	}
	return distance.far
}

var distance struct {
	sync.Mutex
	tries int
	far   bool
}

const (
	nearest = 200 * time.Nanosecond // there and back within one cache it is some 100, between dies 200 to 500
	never   = 3 * time.Microsecond  // of workers that did not run at the same time
)

// talk is a job of two items, of which one answers the other.
type talk struct {
	_     cacheLines
	said  atomic.Int64 // words so far, or negative when there is nothing more to say
	_     cacheLines
	least time.Duration // for a word and its answer
}

func (t *talk) run(_ *worker, item int) {
	const words, longest = 300, 20 * time.Millisecond
	if item == 1 {
		for said := t.await(1); said > 0; said = t.await(said + 2) {
			t.said.Store(said + 1)
		}
		return
	}
	begin := time.Now()
	for i := int64(0); i < 2*words && time.Since(begin) < longest; i += 2 {
		start := time.Now()
		t.said.Store(i + 1)
		t.await(i + 2)
		t.least = min(t.least, time.Since(start))
	}
	t.said.Store(-1)
}

// await waits for a number of words, and gives it or what ended the talk.
func (t *talk) await(words int64) int64 {
	for i := 1; ; i++ {
		if said := t.said.Load(); said < 0 || said >= words {
			return said
		}
		if i%50000 == 0 { // longer than never
			runtime.Gosched()
		}
	}
}
