package record

import (
	"errors"
	"slices"
	"sync"
	"time"

	"zalgoscope/app/dream"
)

// Ring holds the frames of the last seconds, for an instant replay. It keeps the
// frames themselves, no copies. Its methods may be called from any goroutine.
type Ring struct {
	span time.Duration
	most int64

	mu     sync.Mutex
	frames []*dream.Frame // guarded by mu
	recipe func() Recipe  // of the dream that they are of, nil for none; guarded by mu
	bytes  int64          // of the frames; guarded by mu
}

// NewRing makes a ring that goes back for a time but never holds more bytes of frames than most.
func NewRing(span time.Duration, most int64) *Ring { return &Ring{span: span, most: most} }

// Begin makes the frames that follow those of another dream, of which this gives the whole recipe.
func (r *Ring) Begin(recipe func() Recipe) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames, r.bytes, r.recipe = nil, 0, recipe
}

// Add takes a frame. One whose number does not follow on the last one's is another
// dream's, and the ring begins again.
func (r *Ring) Add(f *dream.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.frames); n > 0 && r.frames[n-1].Number+1 != f.Number {
		r.frames, r.bytes = nil, 0
	}
	r.frames = append(r.frames, f)
	r.bytes += int64(len(f.Image.Pix))
	drop := 0
	for drop < len(r.frames) && (r.bytes > r.most || f.Done.Sub(r.frames[drop].Done) > r.span) {
		r.bytes -= int64(len(r.frames[drop].Image.Pix))
		drop++
	}
	// The rest moves down, so that what is dropped can be freed.
	kept := copy(r.frames, r.frames[drop:])
	clear(r.frames[kept:])
	r.frames = r.frames[:kept]
}

// Held tells how many frames the ring holds, how far back they go, and the bytes that they take.
func (r *Ring) Held() (frames int, span time.Duration, bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.frames); n > 0 {
		span = r.frames[n-1].Done.Sub(r.frames[0].Done)
	}
	return len(r.frames), span, r.bytes
}

// Still is a ring of what this one holds now, with the recipe as it is now: it stays so while this one goes on.
func (r *Ring) Still() *Ring {
	r.mu.Lock()
	defer r.mu.Unlock()
	still := &Ring{span: r.span, most: r.most, frames: slices.Clone(r.frames), bytes: r.bytes}
	if r.recipe != nil {
		recipe := r.recipe()
		still.recipe = func() Recipe { return recipe }
	}
	return still
}

// Save writes what the ring holds now, while it goes on. Without a rate in the options it
// plays as fast as it was dreamed. The recipe is what Begin was given where the options have none; the place
// of the frames in it is filled in. Progress, which may be nil, hears how far it is.
func (r *Ring) Save(path string, o Options, progress func(done, total int)) error {
	r.mu.Lock()
	frames := append([]*dream.Frame(nil), r.frames...)
	if o.Recipe == nil {
		o.Recipe = r.recipe
	}
	r.mu.Unlock()
	if len(frames) == 0 {
		return errors.New("record: there are no frames yet to replay")
	}
	if o.FPS == 0 {
		o.FPS = rate(frames)
	}
	if recipe := o.Recipe; recipe != nil {
		from := frames[0].Number - 1
		o.Recipe = func() Recipe {
			r := recipe()
			r.From = from
			return r
		}
	}
	rec, err := Create(path, o)
	if err != nil {
		return err
	}
	for i, f := range frames {
		if err = rec.Add(f.Picture()); err != nil {
			break
		}
		if progress != nil {
			progress(i+1, len(frames))
		}
	}
	if cerr := rec.Close(); err == nil {
		err = cerr
	}
	return err
}

// rate is the frames' own rate, within what every format can show.
func rate(frames []*dream.Frame) float64 {
	n := len(frames) - 1
	span := frames[n].Done.Sub(frames[0].Done).Seconds()
	if n == 0 || span <= 0 {
		return DefaultFPS
	}
	return min(max(float64(n)/span, 0.5), gifMostFPS)
}
