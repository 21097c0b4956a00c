package teach

import (
	"time"

	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// Options say how a net is taught.
type Options struct {
	From    *nn.Net // its architecture, and its weights but with Scratch
	Origin  string  // what From is, for the checkpoint
	Scratch bool
	Wide    int // times as many channels as From, from scratch
	Side    int
	Epochs  int           // 0 for as many as go into Time
	Time    time.Duration // where Epochs is 0
	Robust  float64       // of 255: pictures are changed by as much, in one step, to what the net finds hardest
	Seed    uint64
	Threads int
	Adam    bool     // AdamW, in place of SGD with Nesterov's momentum
	Variety *Variety // nil for the usual one

	Precision nn.Precision // what is multiplied in, "" for FP32; which it is in the end is part of what a checkpoint is of

	Open OpenLearner
	// Step, which may be nil, hears of every step; an error of it, as of the context, ends the lesson, which then can go on later.
	Step func(Progress) error
	// Epoch, which may be nil, hears of every epoch with a copy of the net as it is.
	Epoch func(Progress, *nn.Net)
	Warn  func(string)
	Keep  string // the checkpoint's file, "" for none
	// Guarded says that something stands already where the net goes; the checkpoint remembers it of the lesson's beginning.
	Guarded bool
}

// OpenLearner opens what computes gradients, for batches of at most so many pictures of w x h.
type OpenLearner func(m *train.Model, batch, w, h int, o LearnerOptions) (train.Learner, error)

// LearnerOptions say how a learner computes.
type LearnerOptions struct {
	Slope     bool // the gradients at the pictures too
	Threads   int  // 0 for one a core
	Precision nn.Precision
}

// BatchOf is how many pictures of a side are a batch: all sides take about as long.
func BatchOf(side int) int { return min(max(64*64*64/(side*side)/8*8, 16), 64) }
