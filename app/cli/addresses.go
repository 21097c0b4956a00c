package cli

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zalgoscope/app/control"
)

// addressesCommand prints the addresses by which the studio is played.
func addressesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "addresses",
		Short: "List the OSC addresses by which the studio is played",
		Long: `List the OSC addresses that 'zalgoscope --osc PORT' obeys, what each takes, and what it does. Patterns,
bundles and their time tags are understood. A message without arguments asks where a control stands, which is
answered to its sender; a trigger takes nothing, or a button's 1.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return listAddresses(cmd.OutOrStdout()) },
	}
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
