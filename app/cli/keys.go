package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"zalgoscope/app"
)

// keysCommand prints the studio's keys as the README has them.
func keysCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "keys",
		Short: "Print the studio's keys as a table",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(cmd.OutOrStdout(), keysTable())
			return err
		},
	}
}

// keysTable is the table of keys in Markdown.
func keysTable() string {
	var b strings.Builder
	b.WriteString("| key | what it does |\n| --- | --- |\n")
	for _, k := range app.Keys() {
		fmt.Fprintf(&b, "| %s | %s |\n", k.Keys, k.Help)
	}
	return b.String()
}
