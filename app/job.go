package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"zalgoscope/app/record"
)

// job is a file that is being finished in the background.
type job struct {
	name        string
	began       time.Time
	writer      *record.Writer // of a recording, nil for a replay
	done, total atomic.Int64
	film        string // its path, of a film
	stop        func() // ends it; nil for what is only written
}

// finish writes a file in the background and tells how that ended.
func (s *studio) finish(j *job, write func() (told string, err error)) {
	r := &s.recorder
	j.began = time.Now()
	r.jobs = append(r.jobs, j)
	s.drawn.stale = true
	s.write(func() {
		text, err := write()
		s.post(func() {
			for i := range r.jobs {
				if r.jobs[i] == j {
					r.jobs = append(r.jobs[:i], r.jobs[i+1:]...)
					break
				}
			}
			s.drawn.stale = true
			switch {
			case errors.Is(err, context.Canceled):
				s.tell(j.name + " is stopped")
			case err != nil:
				s.warn(err)
			default:
				s.tell(text)
				if j.film != "" {
					r.last = j.film
				}
			}
			if j.stop != nil {
				j.stop()
			}
		})
	})
}

// progress may be called from any goroutine.
func (j *job) progress(done, total int) {
	j.total.Store(int64(total))
	j.done.Store(int64(done))
}

// share is how far the job is.
func (j *job) share() float64 {
	done, total := j.done.Load(), j.total.Load()
	if total == 0 && j.writer != nil {
		written, added := j.writer.Progress()
		done, total = int64(written), int64(added)
	}
	return float64(done) / float64(max(total, 1))
}
