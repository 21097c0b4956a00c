package saver

import (
	"errors"
	"fmt"
	"image"
	"os"
	"sync"

	"zalgoscope/app/capture"
	"zalgoscope/app/picture"
)

// mostSeen is the longer side of pictures of a camera or the desktop, in pixels.
const mostSeen = 1280

// Look takes the desktop's picture where the show is to begin from that. It is called before a window covers it.
func (c *Config) Look() {
	if c.Begin != Desktop {
		return
	}
	m, err := capture.Snap("screen", mostSeen)
	if err == nil && plain(m) {
		err = errors.New("saver: the desktop is covered already; XScreenSaver keeps its picture where its own settings allow to grab it")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "zalgoscope: it begins from clouds:", err)
		return
	}
	c.desktop = m
}

// plain tells whether a picture has one colour alone.
func plain(m *image.RGBA) bool {
	for i, v := range m.Pix {
		if v != m.Pix[i%4] {
			return false
		}
	}
	return true
}

// eyes take pictures of a camera, one at a time, which is closed between them.
type eyes struct {
	snap func() (*image.RGBA, error)

	mu   sync.Mutex
	m    *image.RGBA // that has not been asked for; guarded by mu
	busy bool        // guarded by mu
	shut bool        // the last one could not be taken; guarded by mu
	told bool        // why; guarded by mu
}

// open gives the picture that was taken last, at a size. Where there is none it has one taken.
func (e *eyes) open(w, h int) *image.RGBA {
	e.mu.Lock()
	m := e.m
	e.m = nil
	e.mu.Unlock()
	if m == nil {
		e.request()
		return nil
	}
	return picture.Cover(m, w, h)
}

// ready tells whether there is a picture.
func (e *eyes) ready() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.m != nil
}

// blind tells whether the last picture could not be taken.
func (e *eyes) blind() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.shut
}

// request has a picture taken meanwhile.
func (e *eyes) request() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.busy {
		return
	}
	e.busy = true
	go func() {
		m, err := e.snap()
		e.mu.Lock()
		defer e.mu.Unlock()
		e.busy, e.shut = false, err != nil
		if err == nil {
			e.m = m
		} else if !e.told {
			e.told = true
			fmt.Fprintln(os.Stderr, "zalgoscope: it begins from clouds:", err)
		}
	}()
}
