package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"zalgoscope/assets"
	"zalgoscope/gpu"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/load"
)

func enginesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "engines",
		Short: "List what can compute here, and what auto chooses",
		Long: `List what can compute here: for each OpenGL device its driver, limits and memory. auto chooses the
first hardware device with OpenGL 4.3, else the processor.

With ZALGOSCOPE_GL_DEBUG=1 in the environment the GL engine asks the driver to report (KHR_debug): its remarks
are printed, and a misuse of OpenGL ends the step with an error that names the layer. That is slower.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return listEngines(cmd.OutOrStdout())
		},
	}
}

func listEngines(w io.Writer) error {
	net, err := loadNet(assets.DefaultNet, load.Options{})
	if err != nil {
		return err
	}
	processor, err := cpu.Open(net, cpu.Options{})
	if err != nil {
		return err
	}
	defer processor.Close()
	fmt.Fprintln(w, processor.Device())
	devices, err := gpu.Devices()
	if err != nil && !errors.Is(err, gpu.ErrNoDevice) {
		return err
	}
	hardware := ""
	for _, d := range devices {
		kind := "hardware"
		if d.Software {
			name, _, _ := strings.Cut(d.Renderer, " ")
			kind = "software, used only when named: --engine gl --device " + name
		} else if hardware == "" {
			hardware = d.Renderer
		}
		fmt.Fprintf(w, "gl %s\n    vendor %s, %s\n", d, d.Vendor, kind)
		fmt.Fprintf(w, "    blocks of %d MiB, buffer textures of %d Mi texels, %d KiB shared, work groups of %d\n",
			d.Limits.Block>>20, d.Limits.Texels>>20, d.Limits.Shared>>10, d.Limits.Threads)
		if d.Memory > 0 {
			fmt.Fprintf(w, "    %d MiB of device memory\n", d.Memory>>20)
		}
	}
	switch {
	case hardware != "":
		fmt.Fprintf(w, "auto chooses gl: %s is the first hardware device with OpenGL 4.3\n", hardware)
	case len(devices) > 0:
		fmt.Fprintln(w, "auto chooses cpu: no hardware device has OpenGL 4.3, and a software one is slower than the processor itself")
	default:
		fmt.Fprintf(w, "auto chooses cpu: %s\n", oneLine(err))
	}
	return nil
}
