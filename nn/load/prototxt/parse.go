// Package prototxt reads Caffe's net descriptions in protobuf text form.
package prototxt

// The schema becomes Go by protoc and google.golang.org/protobuf/cmd/protoc-gen-go@v1.36.10.
//go:generate protoc --go_out=. --go_opt=paths=source_relative prototxt.proto

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"google.golang.org/protobuf/encoding/prototext"
)

// Limits of a description; ResNet-152's has 150 kB, 2,000 messages, 3 levels.
const (
	maxText     = 1 << 20
	maxMessages = 1 << 15
	maxDepth    = 16
)

// Parse reads a description and brings layers of the 2014 format into the
// current one. Fields that Net does not know are skipped.
func Parse(text []byte) (*Net, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := measure(text); err != nil {
		return nil, err
	}
	var n Net
	if err := (prototext.UnmarshalOptions{DiscardUnknown: true, AllowPartial: true}).Unmarshal(text, &n); err != nil {
		return nil, errors.New(oneLine(err.Error()))
	}
	if len(n.Layer) > 0 && len(n.Layers) > 0 {
		return nil, errors.New("mixes layer { } and layers { }")
	}
	for _, old := range n.Layers {
		if old.Layer != nil {
			return nil, errors.New("is in Caffe's format of 2013; Caffe's upgrade_net_proto_text brings it up to date")
		}
		n.Layer = append(n.Layer, old.upgrade())
	}
	n.Layers = nil
	return &n, nil
}

// measure bounds what the parser will be asked to build.
func measure(text []byte) error {
	if len(text) > maxText {
		return fmt.Errorf("is %d bytes long; %d are the most", len(text), maxText)
	}
	depth, messages := 0, 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '#':
			for i < len(text) && text[i] != '\n' {
				i++
			}
		case '"', '\'':
			for i++; i < len(text) && text[i] != c && text[i] != '\n'; i++ {
				if text[i] == '\\' {
					i++
				}
			}
		case '{', '<', '[':
			depth++
			messages++
		case '}', '>', ']':
			depth--
		}
		if depth > maxDepth {
			return fmt.Errorf("nests deeper than %d levels", maxDepth)
		}
		if messages > maxMessages {
			return fmt.Errorf("has more than %d messages", maxMessages)
		}
	}
	return nil
}

// oneLine makes a parser's message fit one line of a terminal.
func oneLine(s string) string {
	s = strings.TrimSpace(strings.TrimPrefix(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r): // the parser varies its spaces on purpose
			return ' '
		case !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, s), "proto:"))
	const most = 160
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}

// upgrade gives the layer in the current format.
func (l *LayerV1) upgrade() *Layer {
	kind := l.GetType().String()
	if k, ok := kinds[l.GetType()]; ok {
		kind = k
	}
	return &Layer{
		Name: l.Name, Type: &kind, Bottom: l.Bottom, Top: l.Top, Include: l.Include, Exclude: l.Exclude,
		ConcatParam: l.ConcatParam, ConvolutionParam: l.ConvolutionParam, EltwiseParam: l.EltwiseParam,
		InnerProductParam: l.InnerProductParam, LrnParam: l.LrnParam, PoolingParam: l.PoolingParam,
		PowerParam: l.PowerParam, ReluParam: l.ReluParam, SoftmaxParam: l.SoftmaxParam,
		TransformParam: l.TransformParam, MemoryDataParam: l.MemoryDataParam,
		DataParam: l.DataParam, ImageDataParam: l.ImageDataParam,
		ExpParam: l.ExpParam, MvnParam: l.MvnParam, SliceParam: l.SliceParam, ThresholdParam: l.ThresholdParam,
	}
}

// kinds gives today's names of the types that matter to an importer.
var kinds = map[LayerV1_Type]string{
	LayerV1_ABSVAL:                     "AbsVal",
	LayerV1_ACCURACY:                   "Accuracy",
	LayerV1_ARGMAX:                     "ArgMax",
	LayerV1_CONCAT:                     "Concat",
	LayerV1_CONTRASTIVE_LOSS:           "ContrastiveLoss",
	LayerV1_CONVOLUTION:                "Convolution",
	LayerV1_DATA:                       "Data",
	LayerV1_DECONVOLUTION:              "Deconvolution",
	LayerV1_DROPOUT:                    "Dropout",
	LayerV1_DUMMY_DATA:                 "DummyData",
	LayerV1_ELTWISE:                    "Eltwise",
	LayerV1_EUCLIDEAN_LOSS:             "EuclideanLoss",
	LayerV1_EXP:                        "Exp",
	LayerV1_FLATTEN:                    "Flatten",
	LayerV1_HDF5_DATA:                  "HDF5Data",
	LayerV1_HDF5_OUTPUT:                "HDF5Output",
	LayerV1_HINGE_LOSS:                 "HingeLoss",
	LayerV1_IMAGE_DATA:                 "ImageData",
	LayerV1_INFOGAIN_LOSS:              "InfogainLoss",
	LayerV1_INNER_PRODUCT:              "InnerProduct",
	LayerV1_LRN:                        "LRN",
	LayerV1_MEMORY_DATA:                "MemoryData",
	LayerV1_MULTINOMIAL_LOGISTIC_LOSS:  "MultinomialLogisticLoss",
	LayerV1_MVN:                        "MVN",
	LayerV1_POOLING:                    "Pooling",
	LayerV1_POWER:                      "Power",
	LayerV1_RELU:                       "ReLU",
	LayerV1_SIGMOID:                    "Sigmoid",
	LayerV1_SIGMOID_CROSS_ENTROPY_LOSS: "SigmoidCrossEntropyLoss",
	LayerV1_SILENCE:                    "Silence",
	LayerV1_SLICE:                      "Slice",
	LayerV1_SOFTMAX:                    "Softmax",
	LayerV1_SOFTMAX_LOSS:               "SoftmaxWithLoss",
	LayerV1_SPLIT:                      "Split",
	LayerV1_TANH:                       "TanH",
	LayerV1_THRESHOLD:                  "Threshold",
	LayerV1_WINDOW_DATA:                "WindowData",
}
