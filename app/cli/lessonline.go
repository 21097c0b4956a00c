package cli

import (
	"fmt"
	"math"
	"os"
	"time"

	"zalgoscope/app/teach"
	"zalgoscope/app/visible"
	"zalgoscope/nn"
)

// lessonLine tells on the terminal how far a lesson is: a line that is rewritten, or elsewhere one for each epoch.
type lessonLine struct {
	live bool
	last time.Time
}

func (l *lessonLine) step(p teach.Progress) error {
	if l.live && time.Since(l.last) > 200*time.Millisecond {
		l.last = time.Now()
		text := visible.Short(visible.Line(progressText(p)), columns()-1) // a line that is broken cannot be rewritten
		drawProgress(func() { fmt.Fprint(os.Stderr, "\r\x1b[K"+text) })
	}
	return nil
}

func (l *lessonLine) epoch(p teach.Progress, _ *nn.Net) {
	if !l.live {
		say(progressText(p))
	}
}

func progressText(p teach.Progress) string {
	s := fmt.Sprintf("epoch %d of %d: loss %.3f, right %.0f %%", p.Epoch, p.Epochs, p.Loss, 100*p.Accuracy)
	if n := len(p.History); n > 0 && !math.IsNaN(p.History[n-1].Test) {
		s += fmt.Sprintf(", of those put aside %.1f %%", 100*p.History[n-1].Test)
	}
	return s + fmt.Sprintf("; %.0f pictures/s, %v left", p.Rate, p.Left)
}
