package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"zalgoscope/nn"
)

// engineFlags are the flags by which a command takes an engine.
type engineFlags struct {
	engine  string
	threads int
}

func (f *engineFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.engine, "engine", "auto", "what computes: auto, cpu, gl or reference")
	fs.IntVar(&f.threads, "threads", 0, "threads of the CPU engine; 0 for one a core")
}

// open makes the engine that the flags ask for.
func (f *engineFlags) open(net *nn.Net) (nn.Engine, error) {
	switch f.engine {
	case "auto", "reference":
		return nn.NewReference(net)
	}
	return nil, fmt.Errorf("--engine is %q, but must be auto, cpu, gl or reference", f.engine)
}
