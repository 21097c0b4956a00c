package cli

import (
	"cmp"
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"zalgoscope/app"
	"zalgoscope/app/beside"
	"zalgoscope/app/picture"
	"zalgoscope/app/visible"
	"zalgoscope/nn"
)

func classesCommand(engines []Engine) *cobra.Command {
	var (
		nets    netFlags
		compute engineFlags
		sheet   string
	)
	cmd := &cobra.Command{
		Use:   "classes",
		Short: "List the net's classes, or show what it dreams of each",
		Long: `List the labels that the net can give, and --class can dream. With --sheet each is dreamed small, and shown
in the order of the list.`,
		Example: `  zalgoscope classes
  zalgoscope classes --sheet classes.jpg --net filigree`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if sheet != "" {
				if err := cmp.Or(picture.CanSave(sheet), beside.Check(sheet)); err != nil {
					return err
				}
			}
			net, err := nets.load()
			if err != nil {
				return err
			}
			if sheet != "" {
				return drawClasses(cmd.Context(), net, compute, sheet)
			}
			if net.Logits() < 0 {
				return fmt.Errorf("net %q has no labels", net.Name)
			}
			for _, label := range net.Labels {
				fmt.Fprintln(cmd.OutOrStdout(), visible.Text(label))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&sheet, "sheet", "", "write pictures of all classes to this PNG or JPEG file")
	nets.register(cmd)
	compute.register(cmd, engines)
	return cmd
}

// drawClasses writes the sheet of a net's classes.
func drawClasses(ctx context.Context, net *nn.Net, compute engineFlags, path string) error {
	engine, err := compute.open(net)
	if err != nil {
		return err
	}
	defer engine.Close()
	bar := newBar(1, "dreaming")
	defer bar.close()
	m, err := app.ClassSheet(net, engine, func(done, total int) error {
		bar.progress(int64(done), int64(total))
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return picture.SaveAt(path, m, app.ThumbQuality)
}
