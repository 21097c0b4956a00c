package app

import (
	"os"
	"path/filepath"
	"runtime"
	"time"

	"zalgoscope/nn"
)

// pacer holds the display back where the processor has to draw it: to the rate of a usual
// monitor, as nothing else does there, and to half of it while the processors are full, so
// that the dream has them.
type pacer struct {
	software bool
	least    time.Duration // from one drawing to the next
	last     time.Time     // of the last drawing
	whole    time.Time     // of the last one of an idle window

	checked time.Time
	spent   time.Duration // processor time until then
}

// Threads is how many of the processor's threads an engine had better take beside a window: one less
// than there are. With all of them, where the window needs one too, each step waits for the slowest.
func Threads() int { return max(runtime.NumCPU()-1, 1) }

const (
	fullRate = time.Second / 60
	halfRate = time.Second / 30
	idleRate = time.Second / 8
)

func newPacer() pacer { return pacer{software: softwareGL(), least: fullRate} }

// softwareGL guesses whether OpenGL runs on the processor: there is no device file of a graphics card.
func softwareGL() bool {
	if runtime.GOOS != "linux" {
		return false
	}
	if os.Getenv("LIBGL_ALWAYS_SOFTWARE") != "" {
		return true
	}
	cards, _ := filepath.Glob("/dev/dri/render*")
	nvidia, _ := filepath.Glob("/dev/nvidia[0-9]*")
	return len(cards)+len(nvidia) == 0
}

// preferGLX is called before a window opens. Ebiten asks for OpenGL ES by EGL, with which Mesa sends
// every picture that the processor has drawn through the X server's socket, a megabyte per 512x512;
// with GLX it shares the memory. Ebiten takes GLX where Steam is said to run it, which means nothing else to it.
func preferGLX() {
	if softwareGL() && os.Getenv("DISPLAY") != "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		_ = os.Setenv("SteamEnv", "1") // a name without = or NUL is always taken
	}
}

// wait is called before each drawing, in a window where nothing happens with idle set. It tells whether that window is to
// be drawn all the same, as it is after each period: what lay over it may have taken its pixels with it.
func (p *pacer) wait(idle bool, period time.Duration) (again bool) {
	if idle {
		time.Sleep(idleRate)
		p.last = time.Now()
		if again = p.last.Sub(p.whole) > period; again {
			p.whole = p.last
		}
		return again
	}
	if !p.software {
		return false
	}
	now := time.Now()
	if since := now.Sub(p.checked); since > time.Second {
		spent := nn.ProcessorTime()
		busy := (spent - p.spent).Seconds() / since.Seconds() / float64(runtime.NumCPU())
		p.checked, p.spent = now, spent
		p.least = p.rate(busy)
	}
	if d := p.last.Add(p.least).Sub(now); d > 0 {
		time.Sleep(d)
	}
	p.last = time.Now()
	return false
}

// rate is the drawing's period when the program keeps that share of the processors busy.
func (p *pacer) rate(busy float64) time.Duration {
	const full, idle = 0.75, 0.4
	switch {
	case busy > full:
		return halfRate
	case busy < idle:
		return fullRate
	}
	return p.least
}
