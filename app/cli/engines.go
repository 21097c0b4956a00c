package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"zalgoscope/app/visible"
	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
)

func enginesCommand(engines []Engine) *cobra.Command {
	return &cobra.Command{
		Use:   "engines",
		Short: "List what can compute here, and what auto chooses",
		Long: `List what can compute here: for each OpenGL device its driver, limits and memory. auto chooses the
first hardware device with OpenGL 4.3, else the processor.

With ZALGOSCOPE_GL_DEBUG=1 in the environment the GL engine asks the driver to report (KHR_debug): its remarks
are printed, and a misuse of OpenGL ends the step with an error that names the layer. That is slower.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return listEngines(cmd.OutOrStdout(), engines)
		},
	}
}

func listEngines(w io.Writer, engines []Engine) error {
	net, err := loadNet(assets.DefaultNet, load.Options{})
	if err != nil {
		return err
	}
	processor, err := engines[0].Open(net, EngineOptions{Say: say})
	if err != nil {
		return err
	}
	defer processor.Close()
	fmt.Fprintln(w, processor.Device())
	if err := listHalf(w, engines[0], net); err != nil {
		return err
	}
	if engines[0].Hindered != nil {
		if text := engines[0].Hindered(); text != "" {
			fmt.Fprintln(w, text)
		}
	}
	chosen, why := engines[0].Name, "nothing else computes here"
	for _, e := range engines {
		if e.Devices == nil {
			continue
		}
		usable, because, err := e.Devices.List(w)
		if err != nil {
			return err
		}
		if chosen != engines[0].Name {
			continue // to one before it
		}
		if why = because; usable {
			chosen = e.Name
		}
	}
	_, err = fmt.Fprintf(w, "auto chooses %s: %s\n", chosen, visible.Line(why))
	return err
}

// listHalf tells by what the processor multiplies in bfloat16, if it can, and whether that is what the studio takes.
func listHalf(w io.Writer, processor Engine, net *nn.Net) error {
	half, err := processor.Open(net, EngineOptions{Precision: nn.BF16, Say: say})
	if err != nil {
		return nil // it cannot
	}
	defer half.Close()
	fast, err := processor.Open(net, EngineOptions{Precision: nn.Fast, Say: say})
	if err != nil {
		return err
	}
	defer fast.Close()
	taken := "which the studio and the saver take"
	if nn.PrecisionOf(fast) == nn.FP32 {
		taken = "which is slower here"
	}
	_, err = fmt.Fprintf(w, "%s: --precision bf16, %s\n", half.Device(), taken)
	return err
}
