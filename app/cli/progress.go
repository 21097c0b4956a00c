package cli

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar is a progress bar with the time left, on a terminal only.
type bar struct{ bar *progressbar.ProgressBar }

func newBar(total int64, what string) bar {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return bar{}
	}
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
		_ = b.bar.Set64(done) // a bar that cannot be drawn stops nothing
	}
}

// progress is for work whose total becomes known on the way.
func (b bar) progress(done, total int64) {
	if b.bar != nil {
		b.bar.ChangeMax64(total)
		b.set(done)
	}
}

func (b bar) close() {
	if b.bar != nil {
		_ = b.bar.Exit()
		_ = b.bar.Clear()
	}
}
