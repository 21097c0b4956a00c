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
	if model == nil {
		return fromCaffe(text, nil, name, o)
	}
	data := whole(model)
	return fromCaffe(text, &data, name, o)
}

func fromCaffe(text []byte, model *skimmed, name string, o Options) (*nn.Net, error) {
	net, err := loadCaffe(text, model, name, o)
	if err != nil {
		return nil, fmt.Errorf("load: %s: %w", name, err)
	}
	return net, nil
}

func loadCaffe(text []byte, model *skimmed, name string, o Options) (*nn.Net, error) {
	desc, err := prototxt.Parse(text)
	if err != nil {
		return nil, err
	}
	c := &caffe{seed: o.Seed, values: map[string]operand{}}
	c.limit = maxRandom
	switch {
	case model != nil:
		if c.model, err = readBlobs(*model); err != nil {
			return nil, fmt.Errorf("weights: %w", err)
		}
		c.limit = allowance(model.size)
	case !o.Random:
		return nil, errors.New("has no weights: name its .caffemodel after a comma, or put it beside under the same stem")
	}
	layers := slices.DeleteFunc(desc.Layer, excluded)
	in, err := c.input(desc, layers)
	if err != nil {
		return nil, err
	}
	for _, l := range layers {
		c.layer(l)
	}
	net := &nn.Net{Name: desc.GetName()}
	if net.Name == "" {
		net.Name = stem(name)
	}
	if len(c.layers) == 0 {
		return nil, c.nothing()
	}
	c.report(o.Warn)
	c.finish(net)
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
// output from here on, also where it writes over its input. What cannot be used is
// lost, with all that needs it.
func (c *caffe) layer(l *prototxt.Layer) {
	if slices.Contains(sources, l.GetType()) {
		return
	}
	lab := caffeLabel(l)
	in, lost, err := c.operands(l)
	v := []operand{{lost: lost}}
	switch start := c.mark(); {
	case dropped(l.GetType()):
		return
	case err != nil:
		v[0].lost = c.lose(label{name: l.GetName()}, l.GetType(), err) // its blob may be another's
	case lost != nil:
		c.also(lost)
	default:
		if v, err = c.outputs(l, lab, in); err != nil {
			c.rollback(start)
			v = []operand{{lost: c.lose(lab, l.GetType(), err)}}
		}
	}
	c.write(l, v)
}

// outputs adds a layer and gives what it makes: one value for all its blobs, or one for each.
func (c *caffe) outputs(l *prototxt.Layer, lab label, in []value) (out []operand, err error) {
	if l.GetType() != "Slice" || len(in) != 1 {
		v, err := c.operation(l, lab, in)
		return []operand{mapOf(v)}, err
	}
	list, err := c.slice(l, lab, in)
	for _, v := range list {
		out = append(out, mapOf(v))
	}
	return out, err
}

// operands are what a layer reads, or the last of it that is lost.
func (c *caffe) operands(l *prototxt.Layer) (in []value, lost *loss, err error) {
	if len(l.Top) > maxBlobNames || len(l.Bottom) > maxBlobNames {
		return nil, nil, fmt.Errorf("reads %d blobs and makes %d; %d are the most", len(l.Bottom), len(l.Top), maxBlobNames)
	}
	if len(l.GetName()) > maxName || slices.ContainsFunc(l.Top, func(s string) bool { return len(s) > maxName }) {
		return nil, nil, errors.New("has a name that is too long")
	}
	if err := c.checkTops(l); err != nil {
		return nil, nil, err
	}
	in = make([]value, len(l.Bottom))
	for i, b := range l.Bottom {
		v, ok := c.values[b]
		if !ok {
			return nil, nil, fmt.Errorf("reads %q, which no layer before it makes", b)
		}
		if in[i] = v.value; v.lost != nil {
			lost = v.lost
		}
	}
	return in, lost, nil
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

// write lets the layer's blobs mean its output. One that another layer made keeps its meaning.
func (c *caffe) write(l *prototxt.Layer, v []operand) {
	for i, t := range l.Top[:min(len(l.Top), maxBlobNames)] {
		if _, made := c.values[t]; !made || slices.Contains(l.Bottom, t) {
			c.values[t] = v[min(i, len(v)-1)]
		}
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
