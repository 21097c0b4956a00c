package cli

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zalgoscope/assets"
	"zalgoscope/nn/zoo"
)

func netsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "nets",
		Short: "List the built-in nets and public ones that are known to work",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(out, "BUILT IN")
			for _, n := range assets.Nets {
				fmt.Fprintf(out, "  %s\t%s\n", n.Name, n.About)
			}
			fmt.Fprintln(out, "\nPUBLIC: zalgoscope nets get NAME")
			for _, n := range zoo.Nets {
				listNet(out, n)
			}
			fmt.Fprintf(out, "\nWhere they are was last looked up on %s. Nets are downloaded to %s\n", zoo.Dated, zoo.Dir())
			return out.Flush()
		},
	}
	cmd.AddCommand(getCommand())
	return cmd
}

func listNet(out *tabwriter.Writer, n zoo.Net) {
	state := ""
	if _, ok := zoo.Installed(n.Name); ok {
		state = " (downloaded)"
	}
	fmt.Fprintf(out, "  %s\t%s%s\n", n.Name, n.About, state)
	if n.Licence != "" {
		fmt.Fprintf(out, "  \t  licence: %s\n", n.Licence)
	}
	for _, f := range n.Files {
		size := "size unknown"
		if f.Size > 0 {
			size = fmt.Sprintf("%.1f MB", float64(f.Size)/1e6)
		}
		fmt.Fprintf(out, "  \t  %s, %s, %s\n", f.Name, size, f.Checksum())
		for _, url := range f.URLs {
			fmt.Fprintf(out, "  \t    %s\n", url)
		}
		if why := f.Insecure(); why != "" {
			fmt.Fprintf(out, "  \t    only with --insecure: %s\n", why)
		}
	}
}

func getCommand() *cobra.Command {
	var o zoo.Options
	cmd := &cobra.Command{
		Use:   "get NAME",
		Short: "Download a public net to the user's data folder, resuming and checking it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			net, err := zoo.Find(args[0])
			if err != nil {
				return err
			}
			bar := newBar(1, net.Name)
			defer bar.close()
			o.Progress = bar.progress
			if err := zoo.Get(cmd.Context(), net, zoo.Dir(), o); err != nil {
				return err
			}
			bar.close()
			fmt.Fprintf(cmd.OutOrStdout(), "%s is there: zalgoscope dream IMAGE --net %s -o OUT.png\n", net.Name, net.Name)
			return nil
		},
	}
	cmd.Flags().BoolVar(&o.Insecure, "insecure", false, "take files that have no published checksum, and from servers without https")
	return cmd
}
