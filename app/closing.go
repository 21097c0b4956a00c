package app

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/visible"
)

// grace is how long closing waits for what does not write a file: a gradient step, a file that is read from a
// disk that sleeps, an engine that is being opened.
const grace = 1500 * time.Millisecond

// close has the window close as soon as it can.
func (s *studio) close() {
	if s.beginToClose() {
		s.remember()
		s.stopDownloads()
		s.endLesson()
	}
}

// beginToClose tells whether it was not begun before.
func (s *studio) beginToClose() bool {
	if s.closing {
		return false
	}
	s.closing, s.closed = true, time.Now()
	s.left.Store(true)
	return true
}

// leave is Update while the window closes. An engine that is being opened is waited for, as the driver must not
// be taken down below it; where it does not come the program ends with the window still there.
func (s *studio) leave() error {
	s.runPosted()
	if !s.making {
		return ebiten.Termination
	}
	s.endTake("")
	if s.cfg.Exit != nil && time.Since(s.closed) > grace && s.files.Load() == 0 {
		s.cfg.Exit()
	}
	return nil
}

// end waits until every file is written, and for the rest as long as grace lasts: what is left then ends with
// the program.
func (s *studio) end() error {
	s.beginToClose()
	s.endTake("")
	s.remote.close()
	s.audience.close()
	s.ears.close(s)
	s.switchMIDI(false, false)
	s.endFeed()
	s.endStream()
	s.closeOutput()
	failed := make(chan error, 1)
	if ses := s.session; ses != nil {
		s.background(func() { failed <- ses.close() })
	}
	told := false
	for {
		// What a goroutine posts is there before the goroutine is gone.
		busy := s.work.Load() > 0 && time.Since(s.closed) < grace || s.files.Load() > 0
		if posted := s.runPosted(); !busy && !posted {
			break
		}
		if !told && s.files.Load() > 0 && time.Since(s.closed) > grace {
			told = true
			fmt.Fprintf(os.Stderr, "zalgoscope: %s; Ctrl-C stops that\n", visible.Line(s.unfinished()))
		}
		time.Sleep(5 * time.Millisecond)
	}
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}

// unfinished says what the end waits for.
func (s *studio) unfinished() string {
	var names []string
	for _, j := range s.recorder.jobs {
		names = append(names, j.name)
	}
	if len(names) == 0 {
		return "a file or stream is still being ended"
	}
	return "still writing " + strings.Join(names, ", ")
}
