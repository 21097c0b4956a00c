package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"zalgoscope/app/cli"
	"zalgoscope/gpu"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/train"
)

// engines are what computes; the processor, which is always there, is the first.
var engines = []cli.Engine{
	{Name: "cpu", Open: openCPU, Learn: openLearner, Hindered: cpu.Hindered},
	{Name: "gl", Open: openGL, Devices: &cli.Devices{
		List:   listGL,
		Absent: func(err error) bool { return errors.Is(err, gpu.ErrNoDevice) },
		Failed: func(err error) bool { return errors.As(err, new(*gpu.Error)) },
	}},
	{Name: "reference", Open: openReference},
}

func openCPU(net *nn.Net, o cli.EngineOptions) (nn.Engine, error) {
	return cpu.Open(net, cpu.Options{Threads: o.Threads, Precision: o.Precision})
}

func openLearner(m *train.Model, batch, w, h int, o cli.LearnerOptions) (train.Learner, error) {
	return cpu.OpenLearner(m, batch, w, h, o.Slope, cpu.Options{Threads: o.Threads, Precision: o.Precision})
}

// openGL opens a GL device, whose driver reports where the environment asks for it, for finding faults.
func openGL(net *nn.Net, o cli.EngineOptions) (nn.Engine, error) {
	g := gpu.Options{Device: o.Device}
	if os.Getenv("ZALGOSCOPE_GL_DEBUG") != "" {
		g.Report = func(text string) { o.Say("gl: " + text) }
	}
	return gpu.Open(net, g)
}

func openReference(net *nn.Net, _ cli.EngineOptions) (nn.Engine, error) { return nn.NewReference(net) }

// listGL lists the GL devices.
func listGL(w io.Writer) (usable bool, why string, err error) {
	devices, err := gpu.Devices()
	if errors.Is(err, gpu.ErrNoDevice) {
		return false, err.Error(), nil
	} else if err != nil {
		return false, "", err
	}
	why = "no hardware device has OpenGL 4.3, and a software one is slower than the processor itself"
	for _, d := range devices {
		kind := "hardware"
		if d.Software {
			name, _, _ := strings.Cut(d.Renderer, " ")
			kind = "software, used only when named: --engine gl --device " + name
		} else if !usable {
			usable, why = true, d.Renderer+" is the first hardware device with OpenGL 4.3"
		}
		fmt.Fprintf(w, "gl %s\n    vendor %s, %s\n", d, d.Vendor, kind)
		fmt.Fprintf(w, "    blocks of %d MiB, buffer textures of %d Mi texels, %d KiB shared, work groups of %d\n",
			d.Limits.Block>>20, d.Limits.Texels>>20, d.Limits.Shared>>10, d.Limits.Threads)
		if d.Memory > 0 {
			fmt.Fprintf(w, "    %d MiB of device memory\n", d.Memory>>20)
		}
	}
	return usable, why, nil
}
