package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"codeberg.org/sbinet/npyio"
	"github.com/spf13/cobra"
	"gorgonia.org/tensor"

	"zalgoscope/app/picture"
	"zalgoscope/nn"
)

func probeCommand() *cobra.Command {
	var (
		nets       netFlags
		engines    engineFlags
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
			net, err := nets.load()
			if err != nil {
				return err
			}
			x, err := probeInput(net, args[0])
			if err != nil {
				return err
			}
			engine, err := engines.open(net)
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
			return picture.Atomic(out, func(w io.Writer) error { return writeNPY(w, y) })
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&layer, "layer", "", "layer to look at")
	fs.StringVarP(&out, "out", "o", "", ".npy file to write")
	fs.BoolVar(&grad, "grad", false, "the gradient instead of the activation")
	nets.register(cmd)
	engines.register(cmd)
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

// readNPY reads float32 or float64 of shape 3,H,W or 1,3,H,W.
func readNPY(path string) (*tensor.Dense, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	r, err := npyio.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s is not an .npy file: %w", path, err)
	}
	shape := r.Header.Descr.Shape
	if len(shape) == 4 && shape[0] == 1 {
		shape = shape[1:]
	}
	if len(shape) != 3 || shape[0] != 3 || shape[1] < 1 || shape[2] < 1 || r.Header.Descr.Fortran {
		return nil, fmt.Errorf("%s has shape %v; an input is 3,H,W in C order", path, r.Header.Descr.Shape)
	}
	if n := info.Size(); int64(shape[1]) > n || int64(shape[2]) > n/int64(shape[1]) {
		return nil, fmt.Errorf("%s is cut off: shape %v does not fit in %d bytes", path, shape, n)
	}
	var data []float32
	if strings.HasSuffix(r.Header.Descr.Type, "f8") {
		var wide []float64
		err = r.Read(&wide)
		for _, v := range wide {
			data = append(data, float32(v))
		}
	} else {
		err = r.Read(&data)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; an input is float32 or float64", path, err)
	}
	if len(data) != 3*shape[1]*shape[2] {
		return nil, fmt.Errorf("%s is cut off: shape %v, but %d values", path, shape, len(data))
	}
	return nn.TensorOf(data, shape...), nil
}

// writeNPY writes the tensor with its shape, which npyio cannot do for a slice.
func writeNPY(w io.Writer, t *tensor.Dense) error {
	return t.WriteNpy(w)
}
