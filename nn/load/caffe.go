package load

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"zalgoscope/nn"
	"zalgoscope/nn/load/prototxt"
)

// caffe builds a graph from a Caffe description and its trained arrays.
type caffe struct {
	graph
	warner
	model  blobs // nil: random weights
	seed   uint64
	values map[string]operand // blobs by name, as the last layer left them
}

const (
	maxBlobNames = 1024    // that a layer reads or makes
	maxRandom    = 1 << 28 // random weights; VGG-19 has 144 million
)

// operand is what a name stands for while a file is read: a value, an array of
// constants, or something lost to an unsupported operation.
type operand struct {
	value
	mapped bool // it is the value
	array  *array
	lost   *loss
}

func mapOf(v value) operand { return operand{value: v, mapped: true} }

// Caffe reads a net from the text of a .prototxt and the bytes of a .caffemodel.
// A nil model is an error unless the options ask for random weights.
func Caffe(text, model []byte, name string, o Options) (*nn.Net, error) {
	net, err := loadCaffe(text, model, name, o)
	if err != nil {
		return nil, fmt.Errorf("load: %s: %w", name, err)
	}
	return net, nil
}

func loadCaffe(text, model []byte, name string, o Options) (*nn.Net, error) {
	desc, err := prototxt.Parse(text)
	if err != nil {
		return nil, err
	}
	c := &caffe{seed: o.Seed, values: map[string]operand{}}
	c.limit = maxRandom
	switch {
	case model != nil:
		if c.model, err = readBlobs(model); err != nil {
			return nil, fmt.Errorf("weights: %w", err)
		}
		c.limit = allowance(int64(len(model)))
	case !o.Random:
		return nil, errors.New("has no weights: name its .caffemodel after a comma, or put it beside under the same stem")
	}
	layers := slices.DeleteFunc(desc.Layer, excluded)
	in, err := c.input(desc, layers)
	if err != nil {
		return nil, err
	}
	for _, l := range layers {
		if err := c.layer(l); err != nil {
			return nil, fmt.Errorf("layer %q (%s): %w", l.GetName(), l.GetType(), err)
		}
	}
	net := &nn.Net{Name: desc.GetName()}
	if net.Name == "" {
		net.Name = stem(name)
	}
	c.report(o.Warn)
	if err := c.finish(net); err != nil {
		return nil, err
	}
	return net, dress(net, in, o, "caffe")
}

// excluded tells whether a layer is for training only.
func excluded(l *prototxt.Layer) bool {
	test := func(r *prototxt.Rule) bool { return r.Phase == nil || r.GetPhase() == prototxt.Phase_TEST }
	if len(l.Include) > 0 {
		return !slices.ContainsFunc(l.Include, test)
	}
	return slices.ContainsFunc(l.Exclude, test) || l.Phase != nil && l.GetPhase() == prototxt.Phase_TRAIN
}

// sources are the layers that stand for data from outside.
var sources = []string{"Input", "Data", "ImageData", "MemoryData", "HDF5Data", "WindowData", "DummyData"}

// input finds the picture among the net's sources, and what they say about it.
func (c *caffe) input(desc *prototxt.Net, layers []*prototxt.Layer) (said, error) {
	var s said
	var names []string
	var dims [][]int64
	for i, n := range desc.Input {
		names = append(names, n)
		switch {
		case i < len(desc.InputShape):
			dims = append(dims, desc.InputShape[i].Dim)
		case 4*i+4 <= len(desc.InputDim):
			dims = append(dims, desc.InputDim[4*i:4*i+4])
		default:
			dims = append(dims, nil)
		}
	}
	for _, l := range layers {
		if !slices.Contains(sources, l.GetType()) {
			continue
		}
		for i, n := range l.Top {
			names = append(names, n)
			dims = append(dims, sourceDims(l, i))
		}
		if len(names) == len(l.Top) {
			s.transform(l)
		}
	}
	if len(names) == 0 {
		return s, errors.New("has no input: no input field and no Input or data layer")
	}
	if len(names) > maxLayers {
		return s, fmt.Errorf("has %d inputs", len(names))
	}
	for i, n := range names[1:] {
		c.values[n] = operand{lost: extraInput(n, i+2)}
	}
	c.values[names[0]] = mapOf(value{layer: nn.Picture})
	if err := s.size(dims[0]); err != nil {
		return s, fmt.Errorf("input %q %w", names[0], err)
	}
	c.width, c.height = s.reference()
	c.batch = s.batch
	return s, nil
}

// sourceDims is the shape of a source layer's i-th output, or nil where it does not say.
func sourceDims(l *prototxt.Layer, i int) []int64 {
	switch {
	case len(l.GetInputParam().GetShape()) == 1:
		return l.InputParam.Shape[0].Dim
	case i < len(l.GetInputParam().GetShape()):
		return l.InputParam.Shape[i].Dim
	case i == 0 && l.MemoryDataParam != nil:
		m := l.MemoryDataParam
		return []int64{1, int64(m.GetChannels()), int64(m.GetHeight()), int64(m.GetWidth())}
	}
	crop := max(l.GetTransformParam().GetCropSize(), l.GetDataParam().GetCropSize(), l.GetImageDataParam().GetCropSize())
	if i == 0 && crop > 0 && crop <= maxSide {
		return []int64{1, 3, int64(crop), int64(crop)}
	}
	return nil
}

// layer adds one layer of the description. A blob that it writes means its
// output from here on, also where it writes over its input.
func (c *caffe) layer(l *prototxt.Layer) error {
	if slices.Contains(sources, l.GetType()) {
		return nil
	}
	if len(l.Top) > maxBlobNames || len(l.Bottom) > maxBlobNames {
		return fmt.Errorf("reads %d blobs and makes %d; %d are the most", len(l.Bottom), len(l.Top), maxBlobNames)
	}
	if len(l.GetName()) > maxName || slices.ContainsFunc(l.Top, func(s string) bool { return len(s) > maxName }) {
		return errors.New("has a name that is too long")
	}
	if err := c.checkTops(l); err != nil {
		return err
	}
	lab := caffeLabel(l)
	in := make([]value, len(l.Bottom))
	var lost *loss
	for i, b := range l.Bottom {
		v, ok := c.values[b]
		if !ok {
			return fmt.Errorf("reads %q, which no layer before it makes", b)
		}
		if in[i] = v.value; v.lost != nil {
			lost = v.lost
		}
	}
	if dropped(l.GetType()) {
		return nil
	}
	if lost != nil {
		c.also(lost)
		c.write(l, operand{lost: lost})
		return nil
	}
	v, err := c.operation(l, lab, in)
	var u unsupported
	if errors.As(err, &u) {
		c.write(l, operand{lost: c.lose(lab, l.GetType(), string(u))})
		return nil
	}
	if err != nil {
		return err
	}
	c.write(l, mapOf(v))
	return nil
}

// checkTops refuses a blob that two layers make.
func (c *caffe) checkTops(l *prototxt.Layer) error {
	for i, t := range l.Top {
		if _, made := c.values[t]; made && !slices.Contains(l.Bottom, t) || slices.Contains(l.Top[:i], t) {
			return fmt.Errorf("makes %q, which is made already", t)
		}
	}
	return nil
}

// dropped tells whether layers of a kind leave nothing to dream on.
func dropped(kind string) bool {
	return strings.HasSuffix(kind, "Loss") ||
		slices.Contains([]string{"Accuracy", "ArgMax", "Silence", "HDF5Output", "SoftmaxWithLoss"}, kind)
}

func (c *caffe) write(l *prototxt.Layer, v operand) {
	for _, t := range l.Top {
		c.values[t] = v
	}
}

// caffeLabel calls a layer by the blob that it writes, so that the blob's name finds
// its last writer; the layer's own name is an alias.
func caffeLabel(l *prototxt.Layer) label {
	lab := label{name: l.GetName()}
	if len(l.Top) > 0 && l.Top[0] != "" {
		lab = label{name: l.Top[0], aliases: append([]string{l.GetName()}, l.Top[1:]...)}
	}
	lab.aliases = slices.DeleteFunc(lab.aliases, func(s string) bool { return s == "" || s == lab.name })
	return lab
}
