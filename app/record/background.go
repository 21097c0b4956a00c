package record

import (
	"errors"
	"image"
	"sync"
)

// Writer is a Recorder that writes on a goroutine of its own. Its methods may be
// called from any goroutine.
type Writer struct {
	next Recorder // owned by the goroutine
	done chan struct{}
	most int // frames that may wait

	mu      sync.Mutex
	changed sync.Cond     // that something below did
	queue   []*image.RGBA // guarded by mu
	added   int           // guarded by mu
	written int           // guarded by mu
	closing bool          // guarded by mu
	err     error         // the first one; guarded by mu
}

// Background hands frames to the recorder on another goroutine. At most so many wait in memory:
// an encoder that falls behind slows Add down, and no frame is lost or doubled.
func Background(next Recorder, most int) *Writer {
	w := &Writer{next: next, most: max(most, 1), done: make(chan struct{})}
	w.changed.L = &w.mu
	go w.run()
	return w
}

// Add takes the next frame, which must not change any more. It waits as long as the
// queue is full, and returns the error of an earlier frame.
func (w *Writer) Add(m *image.RGBA) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) >= w.most && w.err == nil && !w.closing {
		w.changed.Wait()
	}
	if w.err != nil {
		return w.err
	}
	if w.closing {
		return errors.New("record: the recording is closed")
	}
	w.queue = append(w.queue, m)
	w.added++
	w.changed.Broadcast()
	return nil
}

// Progress tells how many frames are written, and how many there are so far.
func (w *Writer) Progress() (written, added int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.written, w.added
}

// Err is the error that ended the recording, nil while all is well.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close takes no more frames, waits until those there are have been written, and
// finishes the file.
func (w *Writer) Close() error {
	w.mu.Lock()
	w.closing = true
	w.changed.Broadcast()
	w.mu.Unlock()
	<-w.done
	return w.Err()
}

func (w *Writer) run() {
	defer close(w.done)
	for {
		m := w.await()
		if m == nil {
			break
		}
		w.finish(w.next.Add(m), 1)
	}
	w.finish(w.next.Close(), 0)
}

// await waits for the next frame; it is nil when there are no more.
func (w *Writer) await() *image.RGBA {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.queue) == 0 && !w.closing {
		w.changed.Wait()
	}
	if len(w.queue) == 0 || w.err != nil {
		w.queue = nil
		return nil
	}
	m := w.queue[0]
	w.queue[0] = nil
	w.queue = w.queue[1:]
	w.changed.Broadcast()
	return m
}

func (w *Writer) finish(err error, frames int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err == nil {
		w.written += frames
	} else if w.err == nil {
		w.err = err
	}
	w.changed.Broadcast()
}
