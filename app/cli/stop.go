package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"zalgoscope/app/beside"
)

// stopTime is how long a stop signal leaves a command for its end: people and systems that stop
// programs wait two seconds.
const stopTime = 1500 * time.Millisecond

// leaveTime is how long the program's last act may last, which on a drive that does not answer has no end.
const leaveTime = 2 * time.Second

// keepTime is how long the end may take of a command that has hours of work to keep.
const keepTime = 30 * time.Second

// keeping is how many acts there are that a first stop signal leaves keepTime.
var keeping atomic.Int32

// keep begins such an act, whose end the function tells that it gives.
func keep() (kept func()) {
	keeping.Add(1)
	return func() { keeping.Add(-1) }
}

// stopped is the exit status after a stop signal.
const stopped = 130

// stoppable gives a context that the first stop signal ends. What has not ended with it in time, such as a gradient
// step of a large picture, ends with the program, and at once at a second signal; what keeps something has more time.
func stoppable(exit func(status int)) context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) { // as nohup does
			signal.Notify(signals, s)
		}
	}
	go func() {
		<-signals
		cancel()
		select {
		case <-signals:
		case <-overdue():
		}
		hurry(signals, leave)
		exit(stopped)
	}()
	return ctx
}

// overdue is closed when a command should have ended after a stop signal.
func overdue() <-chan struct{} {
	c := make(chan struct{})
	go func() {
		defer close(c)
		time.Sleep(stopTime)
		if keeping.Load() == 0 {
			return
		}
		say("what was learnt is being kept; a second signal ends that")
		for began := time.Now(); keeping.Load() > 0 && time.Since(began) < keepTime; {
			time.Sleep(stopTime / 30)
		}
		time.Sleep(stopTime)
	}()
	return c
}

// hurry waits for the end of an act, but no longer than until the next signal or leaveTime.
func hurry(signals <-chan os.Signal, act func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		act()
	}()
	select {
	case <-done:
	case <-signals:
	case <-time.After(leaveTime):
	}
}

// late is closed when the context has ended a while ago, with time left to end what can be ended.
func late(ctx context.Context) <-chan struct{} {
	c := make(chan struct{})
	context.AfterFunc(ctx, func() { time.AfterFunc(stopTime/3, func() { close(c) }) })
	return c
}

// leave is for the end of the program in the midst of whatever it does: films keep the frames that are written, and
// nothing half written stays.
func leave() {
	for _, p := range beside.Leave() {
		say("the frames so far are in " + p)
	}
	say("stopped")
}
