package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"gorgonia.org/tensor"

	"zalgoscope/app/beside"
	"zalgoscope/app/picture"
	"zalgoscope/nn"
	"zalgoscope/nn/disk"
	"zalgoscope/nn/npy"
)

func probeCommand(engines []Engine) *cobra.Command {
	var (
		nets       netFlags
		compute    engineFlags
		layer, out string
		grad       bool
	)
	cmd := &cobra.Command{
		Use:   "probe IMAGE|FILE.npy --layer NAME -o OUT.npy",
		Short: "Write a layer's activation or gradient, for checking against other programs",
		Long: `Write a layer's activation, or with --grad the gradient of half its squared L2 norm
with respect to the preprocessed input, as float32 .npy of shape C,H,W.

A picture is preprocessed at its own size; an .npy input of shape 3,H,W is taken as already preprocessed.`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := beside.Check(out); err != nil {
				return err
			}
			net, err := nets.load()
			if err != nil {
				return err
			}
			x, err := probeInput(net, args[0])
			if err != nil {
				return err
			}
			engine, err := compute.open(net)
			if err != nil {
				return err
			}
			defer engine.Close()
			var y *tensor.Dense
			if grad {
				y, _, err = engine.Gradient(x, nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}})
			} else {
				y, err = engine.Activation(x, layer)
			}
			if err != nil {
				return err
			}
			return beside.Write(out, func(w io.Writer) error { return npy.Write(w, y) })
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&layer, "layer", "", "layer to look at")
	fs.StringVarP(&out, "out", "o", "", ".npy file to write")
	fs.BoolVar(&grad, "grad", false, "the gradient instead of the activation")
	nets.register(cmd)
	compute.register(cmd, engines)
	_ = cmd.MarkFlagRequired("layer")
	_ = cmd.MarkFlagRequired("out")
	return cmd
}

// probeInput opens a preprocessed .npy, or preprocesses a picture.
func probeInput(net *nn.Net, path string) (*tensor.Dense, error) {
	if strings.HasSuffix(strings.ToLower(path), ".npy") {
		return readNPY(path)
	}
	m, err := picture.Open(path)
	if err != nil {
		return nil, err
	}
	return net.Input.Tensor(m), nil
}

// readNPY reads an input: float32 or float64 of shape 3,H,W or 1,3,H,W.
func readNPY(path string) (*tensor.Dense, error) {
	t, err := readAnyNPY(path)
	if err != nil {
		return nil, err
	}
	shape := t.Shape()
	if len(shape) == 4 && shape[0] == 1 {
		shape = shape[1:]
	}
	if len(shape) != 3 || shape[0] != 3 {
		return nil, fmt.Errorf("%s has shape %v; an input is 3,H,W", path, t.Shape())
	}
	return nn.TensorOf(nn.Floats(t), shape...), nil
}

// readAnyNPY reads an array of any shape.
func readAnyNPY(path string) (*tensor.Dense, error) {
	f, err := disk.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	t, err := npy.Read(f, info.Size())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}
