package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/visible"
)

func seeCommand(engines []Engine) *cobra.Command {
	var (
		nets    netFlags
		compute engineFlags
	)
	cmd := &cobra.Command{
		Use:   "see IMAGE",
		Short: "Tell what the net sees in a picture: its five most likely labels",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			net, err := nets.load()
			if err != nil {
				return err
			}
			side := max(net.Size())
			m, err := picture.Options{Most: side}.Open(args[0])
			if err != nil {
				return err
			}
			engine, err := compute.open(net)
			if err != nil {
				return err
			}
			defer engine.Close()
			// The whole picture at the size that the net learnt to see.
			shares, err := dream.See(net, engine, picture.Long(m, side))
			if err != nil {
				return err
			}
			for _, s := range shares[:min(5, len(shares))] {
				fmt.Fprintf(cmd.OutOrStdout(), "%5.1f %%  %s\n", 100*s.Share, visible.Line(s.Label))
			}
			return nil
		},
	}
	nets.register(cmd)
	compute.register(cmd, engines)
	return cmd
}
