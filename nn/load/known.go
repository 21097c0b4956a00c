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

// knownNet is recognised by a part of its name, in lower case.
type knownNet struct {
	part  string
	input nn.Input
}

// knownNets are the nets known by name; the first match wins.
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

// recognise finds a net's row of the table; nil if there is none.
func recognise(net *nn.Net) *knownNet {
	name := strings.ToLower(net.Name)
	for i := range knownNets {
		if strings.Contains(name, knownNets[i].part) {
			return &knownNets[i]
		}
	}
	return nil
}

// known is the preprocessing that the file states, or else what is known of
// the net, or else what nets of its format mostly have.
func (s *said) known(net *nn.Net, format string) nn.Input {
	if s.input != nil {
		return *s.input
	}
	if format == "caffe" {
		if scenes(net) {
			return placesInput
		}
		if k := recognise(net); k != nil {
			return k.input
		}
		return caffeInput // Caffe reads pictures as BGR in 0..255 whatever the net
	}
	if paddedEnd(net) {
		return caffeInput
	}
	if strings.HasPrefix(s.producer, "pytorch") || strings.HasPrefix(s.graph, "mxnet") {
		return torchInput
	}
	if strings.Contains(s.producer, "caffe") {
		return caffeInput
	}
	return nn.DefaultInput()
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
