package load

import (
	_ "embed"
	"slices"
	"strings"

	"zalgoscope/nn"
)

// imagenetNames are short names of the classes of ILSVRC 2012, one a line in
// the order of their WordNet numbers, which Caffe, torchvision and MXNet keep.
//
//go:embed imagenet.txt
var imagenetNames []byte

// torchNets are parts of the names of torchvision's other architectures, in lower case.
var torchNets = []string{"resnet", "resnext", "densenet", "mobilenet", "mnasnet", "shufflenet", "inception", "efficientnet", "convnext", "regnet"}

// imagenetLabels names the classes of a net that is known to have learnt
// ImageNet's; nil for any other, whatever the number of its channels.
func imagenetLabels(net *nn.Net) []string {
	conv := classifier(net)
	if conv == nil || conv.W.Shape()[0] != 1000 || !learntImageNet(net) {
		return nil
	}
	return parseLabels(imagenetNames)
}

// learntImageNet tells whether the published weights of an architecture of 1000 classes are ImageNet's.
func learntImageNet(net *nn.Net) bool {
	if k := recognise(net, knownNets); k != nil {
		return k.part != "places"
	}
	in := func(part string) bool { return strings.Contains(strings.ToLower(net.Name), part) }
	return slices.ContainsFunc(torchNets, in) || paddedEnd(net)
}
