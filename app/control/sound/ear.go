package sound

import (
	"errors"
	"sync"
	"time"
)

// Ear listens to a source of sound on a goroutine of its own, and comes back to it when it was lost.
type Ear struct {
	report func(error) // hears when the source is lost, and nil when it is heard; on the ear's goroutine
	stop   chan struct{}
	done   sync.WaitGroup

	mu       sync.Mutex
	analyser *Analyser // guarded by mu
	came     time.Time // when samples came last; guarded by mu
}

// Sources that are heard by these names; any other name is one of the sound server's own.
const (
	Computer   = "computer"   // what the computer plays
	Microphone = "microphone" // or whatever the server's default source is
)

const quiet = 5 * time.Second // without samples, not even silent ones, it is lost

var again = 2 * time.Second // between two tries to reach the source; a test may change it

var errLost = errors.New("sound: no more sound comes; it is waited for")

// Listen begins to hear a source. report may be nil.
func Listen(source string, report func(error)) *Ear {
	e := &Ear{report: report, stop: make(chan struct{}), analyser: New()}
	if report == nil {
		e.report = func(error) {}
	}
	e.done.Go(func() { e.listen(source) })
	return e
}

// Close ends listening.
func (e *Ear) Close() {
	close(e.stop)
	e.done.Wait()
}

// SetRange puts the limits of the band that is called range, in Hz.
func (e *Ear) SetRange(low, high float64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.analyser.SetRange(low, high)
}

// Heard is what is heard now; nothing while the source is lost.
func (e *Ear) Heard() Heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	if time.Since(e.came) > time.Second {
		return Heard{}
	}
	return e.analyser.Heard()
}

func (e *Ear) listen(source string) {
	lost := false
	for {
		err := e.hear(source, func() { lost = false; e.report(nil) })
		if err == nil {
			return
		}
		if !lost {
			lost = true
			e.report(err)
		}
		select {
		case <-e.stop:
			return
		case <-time.After(again):
		}
	}
}

// write takes samples; it is a sound library's callback.
func (e *Ear) write(samples []float32) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.came = time.Now()
	e.analyser.Write(samples, nil)
	return len(samples), nil
}

// wait returns nil when the ear is closed, errLost when no samples come any more, and what changed finds.
func (e *Ear) wait(changed func() error) error {
	e.mu.Lock()
	e.came = time.Now()
	e.mu.Unlock()
	tick := time.NewTicker(quiet / 10)
	defer tick.Stop()
	for {
		select {
		case <-e.stop:
			return nil
		case <-tick.C:
		}
		e.mu.Lock()
		lost := time.Since(e.came) > quiet
		e.mu.Unlock()
		if lost {
			return errLost
		}
		if err := changed(); err != nil {
			return err
		}
	}
}
