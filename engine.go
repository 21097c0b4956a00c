package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"zalgoscope/gpu"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
)

// engineFlags are the flags by which a command takes an engine.
type engineFlags struct {
	engine  string
	device  string
	threads int
}

func (f *engineFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.engine, "engine", "auto", "what computes: auto (a hardware GL device, else the processor), cpu, gl or reference")
	fs.StringVar(&f.device, "device", "", "with --engine gl: part of the device's name (see 'zalgoscope engines'); a software one must be named")
	fs.IntVar(&f.threads, "threads", 0, "threads of the CPU engine; 0 for one a core")
}

// open makes the engine that the flags ask for.
func (f *engineFlags) open(net *nn.Net) (nn.Engine, error) {
	if f.threads < 0 {
		return nil, fmt.Errorf("--threads is %d, but must be 0 or more", f.threads)
	}
	switch f.engine {
	case "auto":
		e, err := gpu.Open(net, gpu.Options{})
		if err == nil {
			return e, nil
		}
		if !errors.Is(err, gpu.ErrNoDevice) {
			fmt.Fprintf(os.Stderr, "zalgoscope: warning: %s; the processor dreams instead\n", oneLine(err))
		}
		return f.openCPU(net)
	case "cpu":
		return f.openCPU(net)
	case "gl":
		return gpu.Open(net, gpu.Options{Device: f.device})
	case "reference":
		return nn.NewReference(net)
	}
	return nil, fmt.Errorf("--engine is %q, but must be auto, cpu, gl or reference", f.engine)
}

func (f *engineFlags) openCPU(net *nn.Net) (nn.Engine, error) {
	return cpu.Open(net, cpu.Options{Threads: f.threads})
}
