package capture

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// Slides are the pictures of a folder one after another, each fading into the next, as an input.
type Slides struct {
	newest
	folder string
	paths  []string
	stay   time.Duration
	closed chan struct{}
	once   sync.Once
	ended  chan struct{}
}

// How long a slide stays, and how long and by how many pictures a second it fades into the next.
const (
	SlideTime = 15 * time.Second
	fadeTime  = 2 * time.Second
	slideRate = 10
)

// OpenSlides begins with a folder's first picture that can be opened.
func OpenSlides(folder string, most int, stay time.Duration) (*Slides, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	s := &Slides{folder: folder, stay: stay, closed: make(chan struct{}), ended: make(chan struct{})}
	for _, e := range entries {
		ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(e.Name()), "."))
		if e.Type().IsRegular() && slices.Contains(picture.Endings, ending) {
			s.paths = append(s.paths, filepath.Join(folder, e.Name()))
		}
	}
	var first *image.RGBA
	for len(s.paths) > 0 && first == nil {
		if first, err = (picture.Options{Most: most}).Open(s.paths[0]); err != nil {
			s.paths = s.paths[1:]
		}
	}
	if first == nil {
		if err != nil {
			return nil, fmt.Errorf("capture: no picture in %s can be opened: %w", folder, err)
		}
		return nil, fmt.Errorf("capture: there is no picture in %s", folder)
	}
	s.put(first)
	go s.run(first)
	return s, nil
}

func (s *Slides) Name() string             { return s.folder }
func (s *Slides) Rate() float64            { return slideRate }
func (s *Slides) Identity() dream.Identity { return asPlayed(s.folder, &s.newest, slideRate) }

// Close ends it.
func (s *Slides) Close() {
	s.once.Do(func() { close(s.closed) })
	<-s.ended
}

func (s *Slides) run(now *image.RGBA) {
	defer close(s.ended)
	size := now.Rect.Size()
	for i := 1; ; i++ {
		if !s.wait(s.stay) {
			return
		}
		next, err := picture.Options{Width: size.X, Height: size.Y}.Open(s.paths[i%len(s.paths)])
		if err != nil {
			continue // it has gone, or is none
		}
		steps := int(fadeTime.Seconds() * slideRate)
		for k := 1; k <= steps; k++ {
			s.put(mixed(now, next, float64(k)/float64(steps)))
			if !s.wait(time.Second / slideRate) {
				return
			}
		}
		now = next
	}
}

// wait tells whether it is to go on after a while.
func (s *Slides) wait(d time.Duration) bool {
	select {
	case <-s.closed:
		return false
	case <-time.After(d):
		return true
	}
}

// mixed is so much of b over a.
func mixed(a, b *image.RGBA, share float64) *image.RGBA {
	k := int(256 * share)
	out := image.NewRGBA(a.Rect)
	for i, v := range a.Pix {
		out.Pix[i] = uint8((int(v)*(256-k) + int(b.Pix[i])*k) / 256)
	}
	return out
}
