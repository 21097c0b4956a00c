package cli

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"gorgonia.org/tensor"

	"zalgoscope/app"
	"zalgoscope/app/picture"
	"zalgoscope/app/visible"
	"zalgoscope/nn"
)

func layersCommand(engines []Engine) *cobra.Command {
	var (
		nets         netFlags
		compute      engineFlags
		size, thumbs string
	)
	cmd := &cobra.Command{
		Use:   "layers",
		Short: "List a net's layers: kind, shape, cost in multiply-adds; or draw what each dreams",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			net, err := nets.load()
			if err != nil {
				return err
			}
			if thumbs != "" {
				return drawLayers(net, compute, thumbs)
			}
			w, h := net.Size()
			if size != "" {
				if w, h, err = picture.ParseSize(size); err != nil {
					return err
				}
			}
			out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			if err := listLayers(out, net, w, h); err != nil {
				return err
			}
			return out.Flush()
		},
	}
	nets.random = true
	nets.register(cmd)
	cmd.Flags().StringVar(&size, "size", "", "picture size WIDTHxHEIGHT at which to give shapes and costs; the net's own where not given")
	cmd.Flags().StringVar(&thumbs, "thumbs", "", "folder to write a picture into of what each layer of the studio's picker dreams, instead of the list")
	compute.register(cmd, engines)
	return cmd
}

// drawLayers writes the thumbnails of a net's layers into a folder, which it makes.
func drawLayers(net *nn.Net, compute engineFlags, folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	engine, err := compute.open(net)
	if err != nil {
		return err
	}
	defer engine.Close()
	return app.LayerThumbs(net, engine, folder)
}

func listLayers(out *tabwriter.Writer, net *nn.Net, w, h int) error {
	shapes, err := net.Shapes(w, h)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "input: %v (%s)\n", net.Input, net.InputFrom)
	fmt.Fprintf(out, "LAYER\tKIND\tSHAPE\tMMAC\tALSO\n")
	total := int64(0)
	for i, l := range net.Layers {
		in := make([]tensor.Shape, len(l.In))
		for k, j := range l.In {
			in[k] = tensor.Shape{3, h, w}
			if j != nn.Picture {
				in[k] = shapes[j]
			}
		}
		macs := l.Op.MACs(in)
		total += macs
		s := shapes[i]
		fmt.Fprintf(out, "%s\t%s\t%dx%dx%d\t%.2f\t%s\n", visible.Text(l.Name), l.Op.Kind(), s[0], s[1], s[2], float64(macs)/1e6, visible.Text(strings.Join(l.Aliases, " ")))
	}
	fmt.Fprintf(out, "%d layers at %dx%d\t\t\t%.2f\t\n", len(net.Layers), w, h, float64(total)/1e6)
	return nil
}
