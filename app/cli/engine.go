package cli

import (
	"io"
	"strings"
	"time"

	"zalgoscope/app/teach"
	"zalgoscope/nn"
)

// Engine is what computes, as --engine names it.
type Engine struct {
	Name    string
	Open    func(net *nn.Net, o EngineOptions) (nn.Engine, error)
	Devices *Devices          // nil for one that needs none but the processor
	Learn   teach.OpenLearner // nil for one that cannot teach

	Hindered func() string // tells why it does not compute by all that is there, "" where nothing is in its way; may be nil
}

// LearnerOptions say how a learner is opened.
type LearnerOptions = teach.LearnerOptions

// EngineOptions say how an engine is opened.
type EngineOptions struct {
	Device    string            // part of the device's name; "" for whichever suits
	Threads   int               // of the processor; 0 for one a core
	Precision nn.Precision      // of the processor; "" for its usual one
	Say       func(text string) // takes a line for people
}

// Devices are those of an engine, which a machine may lack, or lose while it dreams.
type Devices struct {
	// List writes them and tells whether auto may use one, and why that one, or why none.
	List func(w io.Writer) (usable bool, why string, err error)
	// Absent tells the error of Open that says no more than that there is none.
	Absent func(err error) bool
	// Failed tells the errors of a device that is lost, from a net's fault or a bad call.
	Failed func(err error) bool
}

// measured is an engine that can tell how fast it is.
type measured interface {
	// Measure makes gradient steps on a canvas of w x h pixels, for about the given time where that is up to it.
	Measure(obj nn.Objective, w, h int, d time.Duration) (*nn.Measurement, error)
}

// choices are what --engine takes, for a sentence.
func choices(engines []Engine) string {
	names := []string{"auto"}
	for _, e := range engines {
		names = append(names, e.Name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
