package load

import (
	"strings"

	"zalgoscope/nn"
)

// Preprocessing of families of nets that are exchanged as ONNX.
var (
	// timm's IMAGENET_INCEPTION_MEAN and _STD, and Keras's mode "tf": -1..1.
	tfInput = nn.Input{Range: 1, Mean: [3]float32{0.5, 0.5, 0.5}, Std: [3]float32{0.5, 0.5, 0.5}}
	// EfficientNet-Lite as TensorFlow's TPU repository trains it.
	liteInput = nn.Input{Range: 255, Mean: [3]float32{127, 127, 127}, Std: [3]float32{128, 128, 128}}
	// The image encoders of CLIP, also where OpenCLIP trained them.
	clipInput = nn.Input{Range: 1, Mean: [3]float32{0.48145466, 0.4578275, 0.40821073}, Std: [3]float32{0.26862954, 0.26130258, 0.27577711}}
	// Keras's nets that scale the picture by layers of their own, and PyTorch's examples of fast style transfer.
	rawInput = nn.Input{Range: 255, Std: [3]float32{1, 1, 1}}
	// What timm gives MobileViT and the nets of MIIL.
	plainInput = nn.Input{Range: 1, Std: [3]float32{1, 1, 1}}
	// DenseNet as shicai's Caffe models have it, which Caffe2's, and so ONNX's model zoo's, were made from.
	denseInput = nn.Input{BGR: true, Range: 255, Mean: [3]float32{103.94, 116.78, 123.68}, Std: [3]float32{1 / 0.017, 1 / 0.017, 1 / 0.017}}
)

// exporter is who wrote a file, by parts of the producer's and the graph's names.
type exporter struct {
	parts  []string
	nets   []knownNet // those that are not as most; the first match wins
	input  nn.Input   // what most have
	reason string
}

var anywhere = []knownNet{
	{"clip", clipInput},
	{"efficientnet-lite", liteInput},
	{"style-", rawInput}, {"mosaic", rawInput}, {"candy", rawInput}, {"rain-princess", rawInput}, {"udnie", rawInput}, {"pointilism", rawInput},
}

var exporters = []exporter{
	{[]string{"keras", "tf2onnx", "tensorflow", "mlprodict"}, []knownNet{
		{"efficientnet", rawInput}, {"mobilenet-v3", rawInput}, {"mobilenetv3", rawInput}, {"convnext", rawInput}, {"regnet", rawInput},
		{"densenet", torchInput},
		{"resnetv2", tfInput}, {"resnet-v2", tfInput}, {"inception", tfInput}, {"xception", tfInput}, {"mobilenet", tfInput}, {"nasnet", tfInput},
		{"resnet", vggInput}, {"vgg", vggInput},
	}, nn.DefaultInput(), "assumed of a net of TensorFlow"},
	{[]string{"caffe"}, []knownNet{{"densenet", denseInput}, {"vgg", vggInput}, {"alexnet", alexInput}, {"caffenet", alexInput}, {"zfnet", alexInput}}, caffeInput, "what Caffe's nets have"},
	{[]string{"pytorch", "torch"}, []knownNet{
		{"tf-efficientnet-b", torchInput}, {"tf-efficientnetv2", tfInput}, {"tf-mobilenetv3", tfInput},
		{"mobilenetv3-large-100-miil", plainInput}, {"tresnet", plainInput}, {"mobilevit", plainInput},
		{"inception", tfInput}, {"xception", tfInput}, {"nasnet", tfInput}, {"mixer", tfInput}, {"beit", tfInput}, {"resnetv2-50x", tfInput}, {"-bit", tfInput},
		{"^vit-", tfInput},
	}, torchInput, "what most nets of PyTorch have"},
	{[]string{"mxnet"}, nil, torchInput, "what MXNet's nets have"},
}

// family is the preprocessing of an ONNX net that says nothing itself, and why.
func (s *said) family(net *nn.Net) (in nn.Input, from string) {
	switch {
	case transformed(net):
		return torchInput, "known of torchvision's nets that change it in their first layers"
	case clipStem(net):
		return clipInput, "known of CLIP's ResNets by their first layers"
	}
	if k := recognise(net, anywhere); k != nil {
		return k.input, k.by()
	}
	by := strings.ToLower(s.producer + " " + s.graph)
	for _, e := range exporters {
		for _, part := range e.parts {
			if !strings.Contains(by, part) {
				continue
			}
			if k := recognise(net, e.nets); k != nil {
				return k.input, k.by()
			}
			return e.input, e.reason
		}
	}
	return nn.DefaultInput(), "assumed, for the file does not say"
}

// transformed tells torchvision's transform_input, which picks the picture's channels one by one.
func transformed(net *nn.Net) bool {
	picks := 0
	for _, l := range net.Layers {
		conv, ok := l.Op.(*nn.Conv)
		if ok && l.In[0] == nn.Picture && conv.Kernel == [2]int{1, 1} && conv.W.Shape()[0] == 1 {
			picks++
		}
	}
	return picks == 3
}

// clipStem tells a ResNet as CLIP has it: three convolutions and an average pool before the first block.
func clipStem(net *nn.Net) bool {
	convs := 0
	for _, l := range net.Layers {
		switch op := l.Op.(type) {
		case *nn.Conv:
			s := op.W.Shape()
			if convs++; convs > 3 || s[2] != 3 || s[3] != 3 || convs == 1 && (s[1] != 3 || op.Stride != [2]int{2, 2}) {
				return false
			}
		case *nn.Pool:
			return convs == 3 && !op.Max && !op.Global && op.Kernel == [2]int{2, 2}
		}
	}
	return false
}
