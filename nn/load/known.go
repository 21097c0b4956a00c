package load

import (
	"strings"

	"zalgoscope/nn"
)

// Preprocessing of well-known nets, as their authors publish it.
var (
	// The means that Caffe's own GoogLeNet, SqueezeNet and most others were trained with.
	caffeInput = nn.Input{BGR: true, Range: 255, Mean: [3]float32{104, 117, 123}, Std: [3]float32{1, 1, 1}}
	// Caffe's imagenet mean file, averaged over the picture (AlexNet, CaffeNet).
	alexInput = nn.Input{BGR: true, Range: 255, Mean: [3]float32{104.00699, 116.66877, 122.67892}, Std: [3]float32{1, 1, 1}}
	// The means on the page of the VGG nets of ILSVRC 2014.
	vggInput = nn.Input{BGR: true, Range: 255, Mean: [3]float32{103.939, 116.779, 123.68}, Std: [3]float32{1, 1, 1}}
	// Places365's mean file, averaged over the picture.
	placesInput = nn.Input{BGR: true, Range: 255, Mean: [3]float32{104.051, 112.514, 116.676}, Std: [3]float32{1, 1, 1}}
	// What torchvision's and MXNet's pretrained nets share.
	torchInput = nn.Input{Range: 1, Mean: [3]float32{0.485, 0.456, 0.406}, Std: [3]float32{0.229, 0.224, 0.225}}
)

// knownNet is recognised by a part of its name, in lower case and with hyphens for underscores; "^" stands for the
// name's beginning.
type knownNet struct {
	part  string
	input nn.Input
}

// knownNets are the nets known by name that Caffe's users trained, whatever a file of them is; the first match wins.
var knownNets = []knownNet{
	{"places", placesInput},
	{"vgg", vggInput},
	{"alexnet", alexInput},
	{"caffenet", alexInput},
	{"googlenet", caffeInput},
	{"googlelenet", caffeInput},
	{"squeezenet", caffeInput},
	{"firenet", caffeInput},
}

// recognise finds a net's row of a table; nil if there is none.
func recognise(net *nn.Net, table []knownNet) *knownNet {
	name := strings.ReplaceAll(strings.ToLower(net.Name), "_", "-")
	for i := range table {
		if strings.Contains("^"+name, table[i].part) {
			return &table[i]
		}
	}
	return nil
}

// by tells that a net is known by its name.
func (k *knownNet) by() string { return "known of " + strings.Trim(k.part, "^-") + " by its name" }

// known is the preprocessing that the file states, or else what is known of
// the net, or else what nets of its format mostly have; and why.
func (s *said) known(net *nn.Net, format string) (in nn.Input, from string) {
	if s.input != nil {
		return *s.input, "stated by the file"
	}
	if format == "caffe" {
		if scenes(net) {
			return placesInput, "known of Places nets by their classes"
		}
		if k := recognise(net, knownNets); k != nil {
			return k.input, k.by()
		}
		return caffeInput, "what Caffe's nets have" // Caffe reads pictures as BGR in 0..255 whatever the net
	}
	if paddedEnd(net) {
		return caffeInput, "known of SqueezeNet 1.0 by its last layer"
	}
	return s.family(net)
}

// classifier is the last convolution, dense layers among them; nil if there is none.
func classifier(net *nn.Net) *nn.Conv {
	for i := len(net.Layers) - 1; i >= 0; i-- {
		if conv, ok := net.Layers[i].Op.(*nn.Conv); ok {
			return conv
		}
	}
	return nil
}

// scenes tells a Places net by its number of classes.
func scenes(net *nn.Net) bool {
	conv := classifier(net)
	return conv != nil && (conv.W.Shape()[0] == 205 || conv.W.Shape()[0] == 365)
}

// paddedEnd tells SqueezeNet 1.0 as its authors trained it, in Caffe, from
// torchvision's, whatever exported it: its last 1x1 convolution pads its input.
func paddedEnd(net *nn.Net) bool {
	conv := classifier(net)
	return conv != nil && conv.W.Shape()[0] == 1000 && conv.Kernel == [2]int{1, 1} && conv.Pad == [4]int{1, 1, 1, 1}
}
