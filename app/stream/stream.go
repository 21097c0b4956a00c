// Package stream sends dreamed pictures on as they come, through the ffmpeg program: to a streaming server, to a file, or to
// a camera that other programs take for one. Nothing here waits for a server.
package stream

import (
	"fmt"
	"image"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"zalgoscope/app/ffmpeg"
	"zalgoscope/nn/disk"
)

// Options say how pictures are sent.
type Options struct {
	Size  image.Point // of the stream; the first picture's, made even, where it is 0,0
	Rate  float64     // pictures a second; 30
	Sound string      // a file whose sound goes along over and over; silence where it is ""
	Note  func(string)
}

// Stream sends the newest picture at a steady rate. Show may be called from any goroutine, and waits for nothing; where
// the other side is slow pictures are dropped, and where it is gone it is tried again.
type Stream struct {
	to     string
	o      Options
	closed chan struct{}
	ended  chan struct{}

	mu      sync.Mutex
	m       *image.RGBA // the newest; guarded by mu
	sent    int64       // guarded by mu
	dropped int64       // guarded by mu
	up      bool        // guarded by mu
}

// How long it is waited before a server that is gone is tried again, and until a picture that is not taken means that it hangs.
const (
	retryFirst = time.Second
	retryMost  = 10 * time.Second
	hung       = 10 * time.Second
)

// How long the last picture may take to be taken, and ffmpeg then to end, until it is killed.
const (
	lastPicture = 500 * time.Millisecond
	lastWords   = 3 * time.Second
)

// Open begins to send to an address: rtmp://, rtmps://, srt://, udp://, tcp://, a file of a name such as live.ts, or on Linux a camera
// of v4l2loopback, such as /dev/video9.
func Open(to string, o Options) (*Stream, error) {
	if err := Check(to); err != nil {
		return nil, err
	}
	if o.Rate == 0 {
		o.Rate = 30
	}
	if _, err := os.Stat(to); err == nil && isFile(to) {
		return nil, fmt.Errorf("stream: there is a file %q already; choose another name", to)
	}
	if o.Sound != "" {
		if err := disk.Check(o.Sound); err != nil {
			return nil, fmt.Errorf("stream: its sound: %w", err)
		}
	}
	s := &Stream{to: to, o: o, closed: make(chan struct{}), ended: make(chan struct{})}
	go s.run()
	return s, nil
}

// Show gives the picture to be sent from now on, which must not change any more.
func (s *Stream) Show(m *image.RGBA) {
	s.mu.Lock()
	s.m = m
	s.mu.Unlock()
}

// State tells whether the other side takes pictures, how many it has taken and how many were dropped for it.
func (s *Stream) State() (up bool, sent, dropped int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.up, s.sent, s.dropped
}

// Close ends the stream. What hangs is killed.
func (s *Stream) Close() {
	close(s.closed)
	<-s.ended
}

func (s *Stream) run() {
	defer close(s.ended)
	retry, told := retryFirst, false
	for {
		first := s.first()
		if first == nil {
			return
		}
		began := time.Now()
		err := s.send(first, func() {
			if told {
				s.o.Note(Public(s.to) + " takes the stream again")
				told = false
			}
		})
		select {
		case <-s.closed:
			return
		default:
		}
		if time.Since(began) > time.Minute {
			retry = retryFirst
		}
		if isFile(s.to) {
			s.o.Note(fmt.Sprintf("%s takes no more (%s)", s.to, s.reason(err)))
			return
		}
		if !told {
			s.o.Note(fmt.Sprintf("%s takes no stream (%s); it is tried again", Public(s.to), s.reason(err)))
			told = true
		}
		select {
		case <-s.closed:
			return
		case <-time.After(retry):
		}
		retry = min(2*retry, retryMost)
	}
}

// reason is an error for a note, without the address's key.
func (s *Stream) reason(err error) string {
	return strings.ReplaceAll(err.Error(), s.to, Public(s.to))
}

// first waits for a picture; nil when it is closed.
func (s *Stream) first() *image.RGBA {
	for {
		s.mu.Lock()
		m := s.m
		s.mu.Unlock()
		if m != nil {
			return m
		}
		select {
		case <-s.closed:
			return nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// send runs ffmpeg until it ends, which it does when the other side goes.
func (s *Stream) send(first *image.RGBA, taken func()) error {
	size := s.o.Size
	if size == (image.Point{}) {
		size = first.Rect.Size()
	}
	size = image.Pt(max(size.X&^1, 2), max(size.Y&^1, 2))
	cmd := ffmpeg.Command(s.args(size)...)
	var stderr ffmpeg.Tail
	cmd.Stderr = &stderr
	pipe, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return ffmpeg.Complaint(err, "")
	}
	pictures := make(chan *image.RGBA) // taken by the writer when it is free
	written := make(chan int64, 1)     // how many there are
	done := make(chan error, 1)
	go func() {
		n := int64(0)
		for m := range pictures {
			if m == nil {
				break // the end
			}
			if _, err := pipe.Write(fitted(m, size).Pix); err != nil {
				break
			}
			n++
			select {
			case <-written:
			default:
			}
			written <- n
		}
		pipe.Close()
		for range pictures { // none waits for a writer that has gone
		}
	}()
	go func() { done <- cmd.Wait() }()
	err = s.feed(cmd, pictures, written, done, taken)
	close(pictures)
	s.mu.Lock()
	s.up = false
	s.mu.Unlock()
	return ffmpeg.Complaint(err, stderr.String())
}

// feed hands the newest picture to the writer at each tick, and counts those for which it is not free.
func (s *Stream) feed(cmd *exec.Cmd, pictures chan<- *image.RGBA, written <-chan int64, done <-chan error, taken func()) error {
	tick := time.NewTicker(time.Duration(float64(time.Second) / s.o.Rate))
	defer tick.Stop()
	last, told := time.Now(), false
	for {
		select {
		case err := <-done:
			if err == nil {
				err = fmt.Errorf("it ended")
			}
			return err
		case <-s.closed:
			return s.finish(cmd, pictures, done)
		case n := <-written:
			last = time.Now()
			s.mu.Lock()
			s.up = true
			s.mu.Unlock()
			if !told && n >= int64(s.o.Rate) { // a second's have gone: it is there indeed
				taken()
				told = true
			}
		case <-tick.C:
			s.mu.Lock()
			m := s.m
			s.mu.Unlock()
			select {
			case pictures <- m:
				s.count(&s.sent)
			default:
				s.count(&s.dropped)
				if time.Since(last) > hung {
					_ = cmd.Process.Kill()
					return fmt.Errorf("it takes nothing for %v: %w", hung, <-done)
				}
			}
		}
	}
}

func (s *Stream) count(n *int64) {
	s.mu.Lock()
	*n++
	s.mu.Unlock()
}

// finish ends ffmpeg by the end of its input, or kills it.
func (s *Stream) finish(cmd *exec.Cmd, pictures chan<- *image.RGBA, done <-chan error) error {
	select {
	case pictures <- nil: // it ends the pipe, when the writer has written what it has
	case <-time.After(lastPicture):
	}
	select {
	case err := <-done:
		return err
	case <-time.After(lastWords):
		_ = cmd.Process.Kill()
		return <-done
	}
}
