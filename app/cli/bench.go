package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/visible"
	"zalgoscope/nn"
)

// benchJob is what the bench command was asked for.
type benchJob struct {
	netFlags
	engineFlags
	layer, size string
	seconds     float64
	json        bool
}

func benchCommand(engines []Engine) *cobra.Command {
	j := &benchJob{}
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure gradient steps: a second, by layer, and as a share of the device's peak",
		Long: `Measure gradient steps: a second, by layer, and as a share of the device's peak, which is
measured in the same run. Only the multiply-adds that the net's definition asks for count. A .prototxt
without weights gets random ones.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := j.measure()
			if err != nil {
				return err
			}
			if j.json {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				return e.Encode(m)
			}
			return printMeasurement(cmd.OutOrStdout(), m)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&j.layer, "layer", "", "layer to climb; the net's default where not given")
	fs.StringVar(&j.size, "size", "320x240", "WIDTHxHEIGHT of the canvas")
	fs.Float64Var(&j.seconds, "seconds", 4, "how long to measure")
	fs.BoolVar(&j.json, "json", false, "print JSON")
	j.random = true
	j.netFlags.register(cmd)
	j.engineFlags.register(cmd, engines)
	return cmd
}

func (j *benchJob) measure() (*nn.Measurement, error) {
	w, h, err := picture.ParseSize(j.size)
	if err != nil {
		return nil, err
	}
	net, err := j.load()
	if err != nil {
		return nil, err
	}
	if j.layer == "" {
		j.layer = dream.DefaultLayer(net)
	}
	engine, _, err := j.choose(net)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	obj := nn.Objective{{Layer: j.layer, Channel: nn.AllChannels, Weight: 1}}
	span := time.Duration(j.seconds * float64(time.Second))
	if e, ok := engine.(measured); ok {
		return e.Measure(obj, w, h, span)
	}
	return nil, fmt.Errorf("the %s engine is not measured", engine.Device())
}

func printMeasurement(w io.Writer, m *nn.Measurement) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "LAYER\tMS\tGFLOP/S\tOF PEAK")
	for _, l := range m.Layers {
		name := visible.Text(l.Layer)
		if l.Backward {
			name += " (backward)"
		}
		fmt.Fprintf(out, "%s\t%.3f\t", name, l.Ms)
		if l.GFLOPS > 0 {
			fmt.Fprintf(out, "%.1f\t%.0f %%", l.GFLOPS, 100*l.Share)
		} else {
			fmt.Fprint(out, "\t")
		}
		fmt.Fprintln(out)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "%s to %s at %dx%d on %s: %.2f steps a second, %.2f ms a step, %.1f GFLOP/s of %.1f, %.0f %%\n",
		visible.Text(m.Net), visible.Text(m.Layer), m.Width, m.Height, m.Device, m.StepsPerS, m.MsPerStep, m.GFLOPS, m.PeakGFLOPS, 100*m.Share)
	return err
}
