package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/nn/bend"
)

// bendsJob is what the bends command was asked for.
type bendsJob struct {
	netFlags
	engineFlags
	sheetFlags
	layers []string
}

func bendsCommand(engines []Engine) *cobra.Command {
	j := &bendsJob{sheetFlags: sheetFlags{start: "clouds"}}
	cmd := &cobra.Command{
		Use:   "bends [" + startNames + "]",
		Short: "List the kinds of bends, or show what each makes of a picture",
		Long: `List the kinds of bends: name, smallest, usual and largest amount, and what it does. With --sheet
each is dreamed as a thumbnail, at its usual amount and at two layers, beside the dream without bends.`,
		Example: `  zalgoscope bends
  zalgoscope bends --sheet bends.jpg photo.jpg
  zalgoscope bends --sheet bends.png clouds --layers conv2,inception_4a --size 240x180`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if sheet, err := j.wanted(args); err != nil {
				return err
			} else if !sheet {
				return listBends(cmd.OutOrStdout())
			}
			return j.run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&j.sheet, "sheet", "", "write thumbnails of all bends to this PNG or JPEG file")
	fs.StringVar(&j.size, "size", "128x96", "WIDTHxHEIGHT of a thumbnail")
	fs.StringSliceVar(&j.layers, "layers", nil, "layers to bend in turn; by default two, a quarter and half of the way through the net")
	j.netFlags.register(cmd)
	j.engineFlags.register(cmd, engines)
	return cmd
}

func listBends(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for i, group := range bend.Groups() {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, group)
		for _, k := range bend.Kinds {
			if k.Group == group {
				fmt.Fprintf(w, "  %s\t%g to %g, usually %g\t%s\t%s\n", k.Name, k.Min, k.Max, k.Default, k.Unit, k.Help)
			}
		}
	}
	return w.Flush()
}

func (j *bendsJob) run(ctx context.Context) error {
	w, h, err := j.cell()
	if err != nil {
		return err
	}
	start, err := dream.Open(j.start, w, h, 1, picture.Options{Width: w, Height: h}.Open)
	if err != nil {
		return err
	}
	net, err := j.load()
	if err != nil {
		return err
	}
	if len(j.layers) == 0 {
		j.layers = dream.SheetLayers(net)
	}
	engine, err := j.open(net)
	if err != nil {
		return err
	}
	defer engine.Close()
	say(fmt.Sprintf("each bend at %v", j.layers))
	bar := newBar(1, "dreaming")
	defer bar.close()
	sheet, err := dream.BendSheet(net, engine, start.Image(), dream.SheetSettings(), j.layers, func(done, total int) error {
		bar.progress(int64(done), int64(total))
		return ctx.Err()
	})
	if err != nil {
		return err
	}
	return picture.Save(j.sheet, sheet)
}
