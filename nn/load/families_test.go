package load

import (
	"strings"
	"testing"

	"zalgoscope/nn"
)

// The preprocessing of a family is found by the file's name, by who exported it, and by the first layers.
func TestFamilies(t *testing.T) {
	plain := op("Relu", "x", "y")
	stem := func(pool string) []byte {
		return cat(array32("a", []int{4, 3, 3, 3}, ramp(108)...), array32("b", []int{4, 4, 3, 3}, ramp(144)...),
			op("Conv", "x,a", "c", attrInts("strides", 2, 2), attrInts("pads", 1, 1, 1, 1)), op("Relu", "c", "d"),
			op("Conv", "d,b", "e", attrInts("pads", 1, 1, 1, 1)), op("Relu", "e", "f"), op("Conv", "f,b", "g", attrInts("pads", 1, 1, 1, 1)),
			op(pool, "g", "y", attrInts("kernel_shape", 2, 2), attrInts("strides", 2, 2)))
	}
	pick := func(c int) []byte {
		i, n := array64("i"+string(rune('0'+c)), []int{}, c), string(rune('0'+c))
		return cat(i, op("Gather", "x,i"+n, "c"+n, attrInt("axis", 1)), op("Unsqueeze", "c"+n, "u"+n, attrInts("axes", 1)))
	}
	for _, c := range []struct {
		file, producer string
		graph          []byte
		want           nn.Input
		from           string
	}{
		{"mystery.onnx", "", plain, nn.DefaultInput(), "assumed"},
		{"resnet50.onnx", "pytorch", plain, torchInput, "PyTorch"},
		{"inception_v3.onnx", "pytorch", plain, tfInput, "inception by its name"},
		{"inception_v3.onnx", "pytorch", cat(pick(0), pick(1), pick(2), op("Concat", "u0,u1,u2", "y", attrInt("axis", 1))), torchInput, "torchvision"},
		{"vit_tiny_patch16_224.onnx", "pytorch", plain, tfInput, "vit by its name"},
		{"crossvit_9.onnx", "pytorch", plain, torchInput, "PyTorch"},
		{"MobileNetV2.onnx", "tf2onnx", plain, tfInput, "mobilenet by its name"},
		{"MobileNetV3Large.onnx", "tf2onnx", plain, rawInput, "mobilenetv3 by its name"},
		{"mobilenetv3_large_100.onnx", "pytorch", plain, torchInput, "PyTorch"},
		{"ResNet50.onnx", "keras2onnx", plain, vggInput, "resnet by its name"},
		{"EfficientNetB0.onnx", "tf2onnx", plain, rawInput, "efficientnet by its name"},
		{"efficientnet-lite4-11.onnx", "tf2onnx", plain, liteInput, "efficientnet-lite by its name"},
		{"densenet-12.onnx", "onnx-caffe2", plain, denseInput, "densenet by its name"},
		{"inception-v1-12.onnx", "onnx-caffe2", plain, caffeInput, "Caffe"},
		{"clip_rn50_visual.onnx", "", plain, clipInput, "clip by its name"},
		{"visual.onnx", "pytorch", stem("AveragePool"), clipInput, "CLIP's ResNets by their first layers"},
		{"resnet50d.onnx", "pytorch", stem("MaxPool"), torchInput, "PyTorch"},
		{"style-mosaic.onnx", "pytorch", plain, rawInput, "style by its name"},
	} {
		net, err := ONNX(cat(model(11, c.graph), text(2, c.producer)), c.file, Options{Warn: func(s string) { t.Error(s) }})
		if err != nil {
			t.Fatal(err)
		}
		c.want.Width, c.want.Height = 9, 7
		if net.Input != c.want || !strings.Contains(net.InputFrom, c.from) {
			t.Errorf("%s of %q: %v (%s), want %v (%s)", c.file, c.producer, net.Input, net.InputFrom, c.want, c.from)
		}
	}
}
