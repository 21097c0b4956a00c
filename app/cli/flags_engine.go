package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"zalgoscope/nn"
	"zalgoscope/nn/failover"
)

// engineFlags are the flags by which a command takes an engine.
type engineFlags struct {
	engines []Engine // to choose from; the first is the processor
	engine  string
	device  string
	threads int

	precision string
	usual     nn.Precision // what auto means of the processor: "" for its own
}

// precisions is what --precision can be, before what auto means.
const precisions = "fp32, bf16 (faster by AMX, AVX512_BF16 of AMD, or FEAT_BF16 of Arm) or auto: "

func (f *engineFlags) register(cmd *cobra.Command, engines []Engine) {
	means := "fp32"
	if f.usual == nn.Fast {
		means = "the faster that it has"
	}
	f.engines = engines
	fs := cmd.Flags()
	fs.StringVar(&f.engine, "engine", "auto", "what computes: "+strings.Replace(choices(engines), "auto", "auto (a hardware GL device, else the processor)", 1))
	fs.StringVar(&f.device, "device", "", "with --engine gl: part of the device's name (see 'zalgoscope engines'); a software one must be named")
	fs.StringVar(&f.precision, "precision", "auto", "what the processor multiplies in: "+precisions+means)
	fs.IntVar(&f.threads, "threads", 0, "threads of the CPU engine; 0 for one a core")
}

// open makes the engine that the flags ask for. Where that has a device and it fails later, the
// processor goes on with a warning.
func (f *engineFlags) open(net *nn.Net) (nn.Engine, error) {
	e, devices, err := f.choose(net)
	if devices == nil || err != nil {
		return e, err
	}
	return failover.New(e, failover.Options{
		Failed: devices.Failed,
		Open:   func() (nn.Engine, error) { return f.processor(net) },
		OnMove: func(m *nn.Moved) { warn(oneLine(m)) },
	}), nil
}

// choose makes the engine itself, and tells its devices.
func (f *engineFlags) choose(net *nn.Net) (nn.Engine, *Devices, error) {
	if f.threads < 0 {
		return nil, nil, fmt.Errorf("--threads is %d, but must be 0 or more", f.threads)
	}
	switch nn.Precision(f.precision) {
	case "auto", nn.FP32:
	case nn.BF16:
		if f.engine == "auto" {
			opened, err := f.processor(net)
			return opened, nil, err
		}
		if f.engine != f.engines[0].Name {
			return nil, nil, fmt.Errorf("--precision bf16 is the processor's; with it --engine must be auto or %s, not %q", f.engines[0].Name, f.engine)
		}
	default:
		return nil, nil, fmt.Errorf("--precision is %q, but must be auto, fp32 or bf16", f.precision)
	}
	if f.engine == "auto" {
		return f.auto(net)
	}
	for _, e := range f.engines {
		if e.Name == f.engine {
			opened, err := e.Open(net, f.options(f.device))
			return opened, e.Devices, err
		}
	}
	return nil, nil, fmt.Errorf("--engine is %q, but must be %s", f.engine, choices(f.engines))
}

// auto makes the first engine that has a device here, else the processor's.
func (f *engineFlags) auto(net *nn.Net) (nn.Engine, *Devices, error) {
	for _, e := range f.engines {
		if e.Devices == nil {
			continue
		}
		opened, err := e.Open(net, f.options(""))
		if err == nil {
			return opened, e.Devices, nil
		}
		if !e.Devices.Absent(err) {
			warn(oneLine(err) + "; the processor dreams instead")
		}
	}
	opened, err := f.processor(net)
	return opened, nil, err
}

func (f *engineFlags) processor(net *nn.Net) (nn.Engine, error) {
	return f.engines[0].Open(net, f.options(""))
}

func (f *engineFlags) options(device string) EngineOptions {
	p := nn.Precision(f.precision)
	if f.precision == "auto" {
		p = f.usual
	}
	return EngineOptions{Device: device, Threads: f.threads, Precision: p, Say: say}
}
