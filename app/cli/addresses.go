package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zalgoscope/app/beside"
	"zalgoscope/app/control"
	"zalgoscope/app/control/touchosc"
	"zalgoscope/app/dream"
)

// addressesCommand prints the addresses by which the studio is played.
func addressesCommand() *cobra.Command {
	var layout string
	cmd := &cobra.Command{
		Use:   "addresses",
		Short: "List the OSC addresses by which the studio is played",
		Long: `List the OSC addresses that 'zalgoscope --osc PORT' obeys, what each takes, and what it does. Patterns,
bundles and their time tags are understood. A message without arguments asks where a control stands, which is
answered to its sender; a trigger takes nothing, or a button's 1. With --touchosc a layout for TouchOSC is written
that has a control for each: open it there, and set its first OSC connection to this machine and port.`,
		Example: `  zalgoscope addresses
  zalgoscope addresses --touchosc zalgoscope.tosc
  zalgoscope --osc 9000 --osc-listen 0.0.0.0`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if layout != "" {
				return writeLayout(layout)
			}
			return listAddresses(cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&layout, "touchosc", "", "write a layout for TouchOSC to this .tosc file, instead of the list")
	return cmd
}

// writeLayout writes a layout for TouchOSC with all addresses and the built-in scenes.
func writeLayout(path string) error {
	if filepath.Ext(path) != ".tosc" {
		return fmt.Errorf("TouchOSC opens files that end in .tosc, but the name is %s", path)
	}
	var scenes []string
	for _, p := range dream.Presets() {
		scenes = append(scenes, p.Name)
	}
	data, err := touchosc.Layout(scenes)
	if err != nil {
		return err
	}
	return beside.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

func listAddresses(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, a := range control.Addresses() {
		takes := map[control.Kind]string{control.Share: "0 to 1", control.Text: "text", control.Trigger: "-"}[a.Kind]
		if a.Kind == control.Number {
			takes = fmt.Sprintf("%g to %g", a.Min, a.Max)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", a.Path, takes, a.Help)
	}
	return w.Flush()
}
