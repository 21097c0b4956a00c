package cli

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"zalgoscope/gpu"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/failover"
)

// engineFlags are the flags by which a command takes an engine.
type engineFlags struct {
	engine  string
	device  string
	threads int
	fault   func(layer string, bytes int64) error // makes the GL device fail, for tests
}

func (f *engineFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.engine, "engine", "auto", "what computes: auto (a hardware GL device, else the processor), cpu, gl or reference")
	fs.StringVar(&f.device, "device", "", "with --engine gl: part of the device's name (see 'zalgoscope engines'); a software one must be named")
	fs.IntVar(&f.threads, "threads", 0, "threads of the CPU engine; 0 for one a core")
}

// open makes the engine that the flags ask for. Where that is a GL device and it fails later, the
// processor goes on with a warning.
func (f *engineFlags) open(net *nn.Net) (nn.Engine, error) {
	e, err := f.choose(net)
	if _, gl := e.(*gpu.Engine); !gl || err != nil {
		return e, err
	}
	return failover.New(e, failover.Options{
		Failed: func(err error) bool { return errors.As(err, new(*gpu.Error)) },
		Open:   func() (nn.Engine, error) { return f.openCPU(net) },
		OnMove: func(m *nn.Moved) { warn(oneLine(m)) },
	}), nil
}

// choose makes the engine itself.
func (f *engineFlags) choose(net *nn.Net) (nn.Engine, error) {
	if f.threads < 0 {
		return nil, fmt.Errorf("--threads is %d, but must be 0 or more", f.threads)
	}
	switch f.engine {
	case "auto":
		e, err := gpu.Open(net, gpu.Options{Report: glReport()})
		if err == nil {
			return e, nil
		}
		if !errors.Is(err, gpu.ErrNoDevice) {
			warn(oneLine(err) + "; the processor dreams instead")
		}
		return f.openCPU(net)
	case "cpu":
		return f.openCPU(net)
	case "gl":
		return gpu.Open(net, gpu.Options{Device: f.device, Report: glReport(), Fault: f.fault})
	case "reference":
		return nn.NewReference(net)
	}
	return nil, fmt.Errorf("--engine is %q, but must be auto, cpu, gl or reference", f.engine)
}

// glReport prints what the GL driver reports where the environment asks for it, for finding faults.
func glReport() func(text string) {
	if os.Getenv("ZALGOSCOPE_GL_DEBUG") == "" {
		return nil
	}
	return func(text string) { say("gl: " + text) }
}

func (f *engineFlags) openCPU(net *nn.Net) (nn.Engine, error) {
	return cpu.Open(net, cpu.Options{Threads: f.threads})
}
