// Package load makes nets of the files that Caffe and ONNX leave: a .prototxt
// with its .caffemodel, or a .onnx. Files are not trusted: whatever they hold,
// the answer is a net that passes its own Validate, or an error of one line.
package load

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zalgoscope/nn"
	"zalgoscope/nn/disk"
)

// Options adjust what a file says about itself. Labels come from the options,
// else the metadata; where there are none that fit the net, File takes those of
// a list beside it, and last ImageNet's if the net is known to have learnt them.
type Options struct {
	Input  *nn.Input    // overrides order, range, mean and std; nil: metadata, else the table of known nets, else nn.DefaultInput
	Labels []string     // overrides the labels
	Random bool         // a .prototxt without .caffemodel gets random weights
	Seed   uint64       // of the random weights
	Warn   func(string) // hears one-line warnings; nil drops them
}

// File reads the net that a spec names: "net.onnx", "net.prototxt" (which
// takes the net.caffemodel beside it), or both Caffe files with a comma between, in either order.
func File(spec string, o Options) (*nn.Net, error) {
	first, second, err := split(spec)
	if err != nil {
		return nil, err
	}
	net, err := fromFiles(first, second, o)
	if err == nil && net.Labels == nil {
		net.Labels = labelsBeside(first)
		err = fitLabels(net, o.Warn)
	}
	if err == nil && net.Labels == nil {
		net.Labels = imagenetLabels(net)
		err = fitLabels(net, nil)
	}
	if err == nil {
		net.AddLabelMap()
	}
	return net, err
}

// Files lists the files that File reads for a spec, external data and labels aside.
func Files(spec string) ([]string, error) {
	first, second, err := split(spec)
	if err != nil {
		return nil, err
	}
	if second == "" {
		return []string{first}, nil
	}
	return []string{first, second}, nil
}

func fromFiles(first, second string, o Options) (*nn.Net, error) {
	name := filepath.Base(first)
	if extension(first) == ".onnx" {
		data, err := skim(first, onnxTrail)
		if err != nil {
			return nil, err
		}
		return fromONNX(data, name, openFolder(first).open, o)
	}
	text, err := readFile(first)
	if err != nil {
		return nil, err
	}
	var model *skimmed
	if second != "" {
		data, err := skim(second, caffeTrail)
		if err != nil {
			return nil, err
		}
		model = &data
	}
	return fromCaffe(text, model, name, o)
}

// split takes a spec apart into the description and, for Caffe, the weights:
// "" where there are none.
func split(spec string) (first, second string, err error) {
	first = spec
	if _, err := os.Stat(spec); err != nil {
		first, second, _ = strings.Cut(spec, ",")
	}
	if extension(first) == ".caffemodel" {
		first, second = second, first
	}
	switch {
	case extension(first) == ".onnx" && second == "":
	case extension(first) == ".prototxt" && extension(second) == ".caffemodel":
	case extension(first) == ".prototxt" && second == "":
		beside := strings.TrimSuffix(first, filepath.Ext(first)) + ".caffemodel"
		if _, err := os.Stat(beside); err == nil {
			second = beside
		}
	case first == "" && extension(second) == ".caffemodel":
		beside := strings.TrimSuffix(second, filepath.Ext(second)) + ".prototxt"
		if _, err := os.Stat(beside); err != nil {
			return "", "", fmt.Errorf("load: %s has weights only: name its .prototxt before it, with a comma between", second)
		}
		first = beside
	default:
		return "", "", fmt.Errorf("load: %q is no net: NET.onnx, NET.prototxt or NET.prototxt,NET.caffemodel is", spec)
	}
	return first, second, nil
}

func extension(path string) string { return strings.ToLower(filepath.Ext(path)) }

// readFile reads a regular file that is not beyond what protobuf allows.
func readFile(path string) ([]byte, error) {
	data, err := disk.Read(path, 2<<30)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	return data, nil
}

// dress gives a net with layers its input and labels, and checks it as a whole.
func dress(net *nn.Net, s said, o Options, format string) error {
	net.Input, net.InputFrom = s.known(net, format)
	if o.Input != nil {
		net.Input, net.InputFrom = *o.Input, "as it was asked for"
	}
	if s.width > 0 {
		net.Input.Width, net.Input.Height = s.width, s.height
	}
	if err := checkInput(net.Input); err != nil {
		return err
	}
	if net.Labels = o.Labels; net.Labels == nil {
		net.Labels = s.labels
	}
	if err := net.Validate(); err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "nn: "))
	}
	if err := fitLabels(net, o.Warn); err != nil {
		return err
	}
	net.AddLabelMap()
	return nil
}

// fitLabels drops labels that do not match the last layer's channels.
func fitLabels(net *nn.Net, warn func(string)) error {
	if net.Labels == nil {
		return nil
	}
	w, h := net.Input.Width, net.Input.Height
	if w == 0 || h == 0 {
		w, h = unknownSide, unknownSide
	}
	shapes, err := net.Shapes(w, h)
	if err != nil {
		return err
	}
	if last := shapes[len(shapes)-1][0]; last != len(net.Labels) {
		if warn != nil {
			warn(fmt.Sprintf("%d labels do not fit the %d channels of the last layer %q and are left out", len(net.Labels), last, net.Layers[len(shapes)-1].Name))
		}
		net.Labels = nil
	}
	return nil
}
