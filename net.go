package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
	"zalgoscope/nn/zoo"
)

// netFlags are the flags by which a command takes a net.
type netFlags struct {
	net, order, scale, mean, std, labels string
	random                               bool // a .prototxt may come without weights
}

func (f *netFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.net, "net", assets.DefaultNet, "built-in or downloaded net by name (see 'zalgoscope nets'), or FILE.onnx, FILE.prototxt or FILE.prototxt,FILE.caffemodel")
	fs.StringVar(&f.order, "input-order", "", "colour order of the net's input, RGB or BGR, where the file does not say")
	fs.StringVar(&f.scale, "input-range", "", "range of the net's input, 0..1 or 0..255, where the file does not say")
	fs.StringVar(&f.mean, "input-mean", "", "mean that is subtracted, one number or three with commas")
	fs.StringVar(&f.std, "input-std", "", "spread that it is divided by, one number or three with commas")
	fs.StringVar(&f.labels, "labels", "", "file of the net's labels, one a line")
}

// load loads the net; warnings go to the terminal.
func (f *netFlags) load() (*nn.Net, error) {
	o := load.Options{
		Random: f.random,
		Warn:   func(w string) { fmt.Fprintf(os.Stderr, "zalgoscope: warning: %s\n", w) },
	}
	if f.labels != "" {
		text, err := os.ReadFile(f.labels)
		if err != nil {
			return nil, err
		}
		o.Labels = strings.Split(strings.TrimRight(string(text), "\r\n"), "\n")
	}
	net, err := loadNet(f.net, o)
	if err != nil {
		return nil, err
	}
	return net, f.adjust(&net.Input)
}

// loadNet takes a built-in net by name, then a downloaded one, then a file.
func loadNet(spec string, o load.Options) (*nn.Net, error) {
	if data, ok := assets.Net(spec); ok {
		return load.ONNX(data, spec, o)
	}
	if path, ok := zoo.Installed(spec); ok {
		return load.File(path, o)
	}
	if !strings.ContainsAny(spec, "./\\,") {
		return nil, fmt.Errorf("there is no built-in or downloaded net %q; 'zalgoscope nets' lists them", spec)
	}
	return load.File(spec, o)
}

// adjust overrides the parts of the preprocessing that flags name.
func (f *netFlags) adjust(in *nn.Input) error {
	if f.order != "" {
		switch strings.ToUpper(f.order) {
		case "RGB", "BGR":
			in.BGR = strings.EqualFold(f.order, "BGR")
		default:
			return fmt.Errorf("--input-order is %q, but must be RGB or BGR", f.order)
		}
	}
	switch f.scale {
	case "":
	case "0..1", "1":
		in.Range = 1
	case "0..255", "255":
		in.Range = 255
	default:
		return fmt.Errorf("--input-range is %q, but must be 0..1 or 0..255", f.scale)
	}
	if f.mean != "" {
		if err := triple("--input-mean", f.mean, &in.Mean); err != nil {
			return err
		}
	}
	if f.std != "" {
		if err := triple("--input-std", f.std, &in.Std); err != nil {
			return err
		}
		if in.Std[0] <= 0 || in.Std[1] <= 0 || in.Std[2] <= 0 {
			return fmt.Errorf("--input-std is %q, but must be above zero", f.std)
		}
	}
	return nil
}

// triple reads one number, or three with commas, for the three input channels.
func triple(flag, text string, to *[3]float32) error {
	parts := strings.Split(text, ",")
	if len(parts) != 1 && len(parts) != 3 {
		return fmt.Errorf("%s is %q, but must be one number or three with commas", flag, text)
	}
	for i := range to {
		part := parts[i%len(parts)]
		if _, err := fmt.Sscan(part, &to[i]); err != nil {
			return fmt.Errorf("%s is %q: %q is not a number", flag, text, part)
		}
	}
	return nil
}

// referenceSize is the picture size at which a net is described: the one that it
// was trained at, or that of most nets.
func referenceSize(net *nn.Net) (w, h int) {
	if net.Input.Width == 0 || net.Input.Height == 0 {
		return 224, 224
	}
	return net.Input.Width, net.Input.Height
}
