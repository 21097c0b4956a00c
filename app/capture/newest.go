package capture

import (
	"image"
	"sync"

	"golang.org/x/image/draw"
)

// Moving is an input whose pictures come by themselves: a frame of a dream has the newest. It has to be closed.
type Moving interface {
	Name() string
	Image() *image.RGBA // the newest picture
	Close()
}

// newest keeps the newest picture of a source. Its methods may be called from any goroutine.
type newest struct {
	mu     sync.Mutex
	m      *image.RGBA // guarded by mu
	frame  int         // of the dream that held is of; guarded by mu
	held   *image.RGBA // guarded by mu
	missed int64       // pictures that nobody asked for; guarded by mu
	asked  bool        // that m was; guarded by mu
}

// put takes a picture, which is brought to the size of the first one.
func (n *newest) put(m *image.RGBA) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.m != nil && m.Rect != n.m.Rect {
		fitted := image.NewRGBA(n.m.Rect)
		draw.ApproxBiLinear.Scale(fitted, fitted.Rect, m, m.Rect, draw.Src, nil)
		m = fitted
	}
	if n.m != nil && !n.asked {
		n.missed++
	}
	n.m, n.asked = m, false
}

// Image is the newest picture, nil before the first.
func (n *newest) Image() *image.RGBA {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.m
}

// Picture is the newest one for a frame that was not asked for before. It waits for nothing.
func (n *newest) Picture(frame int) (*image.RGBA, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.held == nil || frame != n.frame {
		n.frame, n.held, n.asked = frame, n.m, true
	}
	return n.held, nil
}

// Sized is nil: pictures are scaled.
func (n *newest) Sized(w, h int) *image.RGBA { return nil }
