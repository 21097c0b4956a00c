package cli

import (
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"zalgoscope/app/visible"
)

// progressLine is the terminal's last line while work tells there how far it is. What is said takes its place, and the work draws
// it anew below.
var progressLine struct {
	sync.Mutex // for as long as anything is written to the terminal
	drawn      bool
}

// onTerminal tells whether people see the standard error as it comes.
func onTerminal() bool { return term.IsTerminal(int(os.Stderr.Fd())) }

// columns is how many characters the terminal has in a line.
func columns() int {
	if w, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil && w > 1 {
		return w
	}
	return 80
}

// drawProgress has something drawn on the line.
func drawProgress(f func()) {
	progressLine.Lock()
	defer progressLine.Unlock()
	f()
	progressLine.drawn = true
}

// erase leaves an empty line. The lock is held.
func erase() {
	if progressLine.drawn {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
		progressLine.drawn = false
	}
}

// say writes a line for people to the terminal; everything that is said there goes this way.
func say(text string) {
	progressLine.Lock()
	defer progressLine.Unlock()
	erase()
	fmt.Fprintln(os.Stderr, "zalgoscope:", visible.Line(text))
}

func warn(text string) { say("warning: " + text) }

// bar is a progress bar with the time left, on a terminal only.
type bar struct{ bar *progressbar.ProgressBar }

func newBar(total int64, what string) bar {
	if !onTerminal() {
		return bar{}
	}
	return drawnBar(total, what)
}

func drawnBar(total int64, what string) bar {
	return bar{progressbar.NewOptions64(total,
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionSetDescription(what),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetElapsedTime(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionFullWidth(),
	)}
}

func (b bar) set(done int64) {
	if b.bar != nil {
		drawProgress(func() { _ = b.bar.Set64(done) }) // a bar that cannot be drawn stops nothing
	}
}

// progress is for work whose total becomes known on the way.
func (b bar) progress(done, total int64) {
	if b.bar != nil {
		drawProgress(func() {
			b.bar.ChangeMax64(total)
			_ = b.bar.Set64(done)
		})
	}
}

func (b bar) close() {
	if b.bar != nil {
		drawProgress(func() { _ = b.bar.Exit() })
		endProgress()
	}
}

// endProgress takes the line away.
func endProgress() {
	progressLine.Lock()
	defer progressLine.Unlock()
	erase()
}
