package dream

import (
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"time"
)

// Loop dreams without pause on a goroutine of its own, which owns the dream and
// its engine. All methods may be called from any goroutine and do not wait for the dream.
type Loop struct {
	settings atomic.Pointer[Settings]
	latest   atomic.Pointer[Frame]
	onFrame  func(*Frame)
	onError  func(error)
	onRefuse func(refused, back Settings)

	mu     sync.Mutex
	paused bool                 // guarded by mu
	single int                  // frames to make although paused; guarded by mu
	jobs   []func(*Dream) error // guarded by mu
	closed bool                 // guarded by mu
	wake   chan struct{}        // holds a token when something above changed
	done   chan struct{}        // closed when the goroutine has ended
	fixed  bool                 // Settings.Pace is left as it is set

	// Owned by the loop goroutine.
	dream   *Dream
	taken   *Settings // the last ones that the dream looked at
	good    Settings  // the last settings that passed Check
	dreamed Settings  // those of the last frame that was finished
	began   time.Time // the frame that is on its way
	last    time.Time // when a picture arrived
	pace    float64
}

// LoopOptions are what a loop reports to. The functions are called on the loop's goroutine.
type LoopOptions struct {
	OnFrame   func(*Frame)                 // hears every frame, in order
	OnError   func(error)                  // hears what could not be dreamed; the dream goes on as it last could
	OnRefuse  func(refused, back Settings) // hears of settings that could not be dreamed, and to which it went back
	FixedPace bool                         // keep Settings.Pace instead of setting it to the seconds a frame takes
	Paused    bool
}

// Start takes over the dream, which nobody else may use until Close, and dreams it.
func Start(d *Dream, s Settings, o LoopOptions) *Loop {
	l := &Loop{
		onFrame: o.OnFrame, onError: o.OnError, onRefuse: o.OnRefuse, fixed: o.FixedPace, paused: o.Paused,
		wake: make(chan struct{}, 1), done: make(chan struct{}),
		dream: d, good: s, dreamed: s, pace: 0.2,
	}
	if l.onFrame == nil {
		l.onFrame = func(*Frame) {}
	}
	if l.onError == nil {
		l.onError = func(error) {}
	}
	if l.onRefuse == nil {
		l.onRefuse = func(Settings, Settings) {}
	}
	l.settings.Store(&s)
	d.arrived = l.publish
	go l.run()
	return l
}

// Set publishes new settings; the dream takes them up at its next gradient step.
func (l *Loop) Set(s Settings) { l.settings.Store(&s) }

// Settings are those last set.
func (l *Loop) Settings() Settings { return *l.settings.Load() }

// Latest is the last finished frame, nil before the first.
func (l *Loop) Latest() *Frame { return l.latest.Load() }

// Pause stops after the frame in progress, or goes on.
func (l *Loop) Pause(on bool) {
	l.change(func() {
		if l.paused = on; !on {
			l.single = 0
		}
	})
}

// Paused tells whether the loop is to stand still.
func (l *Loop) Paused() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.paused
}

// Single makes one frame although paused.
func (l *Loop) Single() { l.change(func() { l.single++ }) }

// Do runs a job on the loop's goroutine, between two frames.
func (l *Loop) Do(job func(*Dream) error) { l.change(func() { l.jobs = append(l.jobs, job) }) }

// Begin runs a job that begins the dream anew, between two frames. A loop that is paused makes one frame
// after it, in place of those that were still to be made of the dream before.
func (l *Loop) Begin(job func(*Dream) error) {
	l.change(func() {
		l.jobs = append(l.jobs, job)
		if l.paused {
			l.single = 1
		}
	})
}

// Close ends the loop after the gradient step in progress and waits for its goroutine. The
// dream and its engine are the caller's again.
func (l *Loop) Close() {
	l.change(func() { l.closed = true })
	<-l.done
}

func (l *Loop) change(f func()) {
	l.mu.Lock()
	f()
	l.mu.Unlock()
	l.rouse()
}

// rouse leaves a token for the loop, if there is none yet.
func (l *Loop) rouse() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *Loop) run() {
	defer close(l.done)
	for {
		jobs, dreaming, closed := l.next()
		if closed {
			return
		}
		if len(jobs) > 0 || !dreaming {
			l.collect(true)
		}
		for _, job := range jobs {
			if err := job(l.dream); err != nil {
				l.onError(err)
			}
		}
		if dreaming {
			l.frame()
		} else if len(jobs) == 0 {
			<-l.wake
		}
	}
}

// next takes what is to be done.
func (l *Loop) next() (jobs []func(*Dream) error, dreaming, closed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	jobs, l.jobs = l.jobs, nil
	dreaming = !l.paused
	if l.paused && l.single > 0 {
		l.single--
		dreaming = true
	}
	return jobs, dreaming, l.closed
}

// errClosed ends a frame that nobody waits for any more.
var errClosed = errors.New("dream: the loop is closed")

// frame dreams one frame. It is published when its picture has arrived: at once, or in the
// middle of the next frame where the device works on meanwhile. Settings that cannot be dreamed are
// reported, and the last good ones come back.
func (l *Loop) frame() {
	began := time.Now()
	f, err := l.dream.next(func(int64) (Settings, error) {
		if l.ended() {
			return Settings{}, errClosed
		}
		return l.dreamable(), l.dream.collect(false)
	})
	if err == errClosed {
		return
	}
	if err != nil {
		l.fail(err)
		return
	}
	l.dreamed, l.began = f.Settings, began
	l.collect(false)
}

// collect takes the picture that is on its way; told to wait it waits for it.
func (l *Loop) collect(wait bool) {
	if err := l.dream.settle(func() error { return l.dream.collect(wait) }); err != nil {
		l.fail(err)
	}
}

// publish hears that a frame's picture has arrived.
func (l *Loop) publish(f *Frame) {
	f.Done = time.Now()
	if l.last.After(l.began) { // the device was at work on the frame before
		l.began = l.last
	}
	f.Took, l.last = f.Done.Sub(l.began), f.Done
	l.keepPace(f.Took)
	l.latest.Store(f)
	l.onFrame(f)
}

// dreamable gives the published settings, or the last good ones where those cannot be dreamed.
func (l *Loop) dreamable() Settings {
	l.taken = l.settings.Load()
	s := *l.taken
	if !l.fixed {
		s.Pace = l.pace
	}
	if s == l.good {
		return s
	}
	if err := l.dream.Check(s); err != nil {
		l.refuse(l.good, err)
		return l.good
	}
	l.good = s
	return s
}

// refuse goes back from the settings that were taken last to others, unless there are newer ones by now.
func (l *Loop) refuse(back Settings, err error) {
	refused := *l.taken
	if l.settings.CompareAndSwap(l.taken, &back) {
		l.onRefuse(refused, back)
	}
	l.onError(err)
}

// ended tells whether Close was called.
func (l *Loop) ended() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// fail reports an error, goes back to the settings of the last finished frame, and
// waits a little, so that an error that stays does not spin.
func (l *Loop) fail(err error) {
	l.good = l.dreamed
	l.refuse(l.dreamed, err)
	select {
	case <-l.wake:
		l.rouse()
	case <-time.After(200 * time.Millisecond):
	}
}

// SlowestPace is the seconds that a frame stands for at most, however long it takes.
const SlowestPace = 2

// keepPace follows the seconds that a frame takes, in steps of a tenth, so that the
// pace, which recipes record, changes seldom.
func (l *Loop) keepPace(took time.Duration) {
	const grain = 1.1
	t := min(max(took.Seconds(), 1e-3), SlowestPace)
	if r := t / l.pace; r > grain || r < 1/grain {
		smooth := l.pace * math.Pow(r, 0.3)
		l.pace = math.Pow(grain, math.Round(math.Log(smooth)/math.Log(grain)))
	}
}
