package capture

import (
	"errors"
	"fmt"
	"image"
	"io"
	"strings"
	"sync"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/ffmpeg"
)

// Live is a camera, a screen or a stream as an input. Where it goes the dream goes on, on the last picture, until
// it is back.
type Live struct {
	newest
	source Source
	most   int
	note   func(string)
	closed chan struct{}
	once   sync.Once
	ended  chan struct{} // closed when the goroutine has ended
}

// liveRate is the pictures a second that are asked of what has a choice.
const liveRate = 30

// How long is waited for the first picture, for the next one, and at most before a source that is gone is tried again.
const (
	firstPicture = 15 * time.Second
	firstAsked   = 2 * time.Minute // where people are asked what it is to show
	nextPicture  = 10 * time.Second
	retryMost    = 5 * time.Second
)

// retryFirst is how long is waited before a source that is gone is tried again the first time; a test may change it.
var retryFirst = 500 * time.Millisecond

// OpenLive opens what Find finds and waits for its first picture. Pictures are of at most so many pixels on the longer side. note hears, on
// another goroutine, that it is gone or back.
func OpenLive(spec string, most int, note func(string)) (*Live, error) {
	if err := ffmpeg.Check(); err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	s, err := Find(spec)
	if err != nil {
		return nil, err
	}
	l := &Live{source: s, most: most, note: note, closed: make(chan struct{}), ended: make(chan struct{})}
	first := make(chan error, 1)
	go l.run(first)
	select {
	case err = <-first:
	case <-time.After(s.patience()):
		err = fmt.Errorf("capture: %s gives no picture in %v", s.Name, s.patience())
	}
	if err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// patience is how long is waited for the first picture.
func (s Source) patience() time.Duration {
	if s.asks {
		return firstAsked
	}
	return firstPicture
}

// Snap is one picture of what Find finds, at most so many pixels on the longer side. Nobody is asked for it.
func Snap(spec string, most int) (*image.RGBA, error) {
	if s, err := Find(spec); err == nil && s.asks {
		return nil, fmt.Errorf("capture: %s cannot be had without asking", s.Spec)
	}
	l, err := OpenLive(spec, most, func(string) {})
	if err != nil {
		return nil, err
	}
	defer l.Close()
	return l.Image(), nil
}

func (l *Live) Name() string  { return l.source.Spec }
func (l *Live) Rate() float64 { return liveRate }

func (l *Live) Identity() dream.Identity { return asPlayed(l.source.Spec, &l.newest, liveRate) }

// asPlayed is how what came by itself is known: it has no checksum, for nobody has it again.
func asPlayed(name string, n *newest, rate float64) dream.Identity {
	size := n.Image().Rect.Size()
	return dream.Identity{Name: name, Width: size.X, Height: size.Y, Rate: rate}
}

// Close ends it and waits for its ffmpeg's end.
func (l *Live) Close() {
	l.once.Do(func() { close(l.closed) })
	<-l.ended
}

// run reads until Close, again and again; the first picture, or why there is none, goes to first.
func (l *Live) run(first chan<- error) {
	defer close(l.ended)
	gone, retry := false, retryFirst
	for {
		err := l.read(func() {
			if first != nil {
				first <- nil
				first = nil
			}
			if gone {
				l.note(l.source.Name + " is back")
			}
			gone, retry = false, retryFirst
		})
		select {
		case <-l.closed:
			return
		default:
		}
		if first != nil {
			first <- err
			return
		}
		if l.source.asks {
			l.note(fmt.Sprintf("%s is gone (%s); the dream goes on by itself; open the screen again to choose anew", l.source.Name, l.source.reason(err)))
			<-l.closed
			return
		}
		if !gone {
			l.note(fmt.Sprintf("%s is gone (%s); the dream goes on by itself until it is back", l.source.Name, l.source.reason(err)))
			gone = true
		}
		select {
		case <-l.closed:
			return
		case <-time.After(retry):
		}
		retry = min(2*retry, retryMost)
	}
}

// reason is an error for a note that begins with the source's name. The end of what has none is no success: a grabber ends so
// when its window goes.
func (s Source) reason(err error) string {
	if errors.Is(err, io.EOF) || killed(err) {
		return "it ended"
	}
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "capture: "), s.Name+": ")
}

// read reads pictures until there is no other, or none for a while.
func (l *Live) read(arrived func()) error {
	r, err := open(l.source, nil, fitted(l.most)...)
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	defer close(stop)
	fed := time.AfterFunc(l.source.patience(), r.Close)
	defer fed.Stop()
	go func() {
		select {
		case <-l.closed:
			r.Close()
		case <-stop:
		}
	}()
	defer r.Close()
	for {
		m, err := r.next()
		if err != nil {
			return err
		}
		fed.Reset(nextPicture)
		l.put(m)
		arrived()
	}
}
