package app

import (
	"crypto/rand"
	"image"
	"path/filepath"
	"strings"
	"sync"

	"zalgoscope/app/capture"
	"zalgoscope/app/dream"
	"zalgoscope/app/record"
)

// keptInput is a feed whose pictures, as the dream's frames have them, are kept in a film without loss, so that what is
// recorded of them can be made again.
type keptInput struct {
	feed
	path string
	mark string // that the film carries
	rate float64

	mu     sync.Mutex
	writer *record.Writer // nil when it has been closed; guarded by mu
	next   int            // the frame whose picture is to be kept next; guarded by mu
	err    error          // guarded by mu
	sum    string         // of the film, "" before it is whole; guarded by mu
}

// keepInput keeps a feed's pictures beside a recording.
func keepInput(f feed, recording string, rate float64) (*keptInput, error) {
	path := strings.TrimSuffix(recording, filepath.Ext(recording)) + "-input.mkv"
	mark := rand.Text()
	r, err := record.Lossless(path, mark, rate)
	if err != nil {
		return nil, err
	}
	const waiting = 32 // pictures
	return &keptInput{feed: f, path: path, mark: mark, rate: rate, writer: record.Background(r, waiting)}, nil
}

func (k *keptInput) Rate() float64 { return k.rate }

func (k *keptInput) Identity() dream.Identity {
	size := k.feed.Image().Rect.Size()
	k.mu.Lock()
	defer k.mu.Unlock()
	id := dream.Identity{Name: k.path, Width: size.X, Height: size.Y, Rate: k.rate, Kept: true, Mark: k.mark}
	if k.sum != "" {
		id.SHA256, id.Pictures = k.sum, k.next
	}
	return id
}

// Picture is the feed's.
func (k *keptInput) Picture(n int) (*image.RGBA, error) {
	m, err := k.feed.Picture(n)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.writer != nil && n == k.next && k.err == nil {
		k.err = k.writer.Add(m)
		k.next++
	}
	return m, nil
}

// fault is why the pictures cannot be kept any more, nil while they are.
func (k *keptInput) fault() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err == nil && k.writer != nil {
		return k.writer.Err()
	}
	return k.err
}

// end keeps no more, and ends the film, which the identity tells from others then. The feed stays open.
func (k *keptInput) end() error {
	k.mu.Lock()
	w, err := k.writer, k.err
	k.writer = nil
	k.mu.Unlock()
	if w == nil {
		return err
	}
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	var sum string
	if err == nil {
		sum, err = capture.Sum(k.path)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sum, k.err = sum, err
	return err
}
