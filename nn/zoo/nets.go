package zoo

// Dated is when the table was last compared with what is published.
const Dated = "2026-11-30"

const (
	mb      = 1 << 20
	caffe   = "https://raw.githubusercontent.com/BVLC/caffe/master/models/"
	weights = "dl.caffe.berkeleyvision.org/" // down for long times
	apache  = "https://apache-mxnet.s3-accelerate.dualstack.amazonaws.com/caffe/models/"
	squeeze = "https://github.com/DeepScale/SqueezeNet/raw/master/"
	moved   = "https://github.com/forresti/SqueezeNet/raw/master/"
	vgg     = "www.robots.ox.ac.uk/~vgg/software/very_deep/caffe/"
	vggGist = "https://gist.githubusercontent.com/ksimonyan/"
	places  = "https://raw.githubusercontent.com/CSAILVision/places365/master/"
	zoo     = "https://huggingface.co/onnxmodelzoo/"
	vision  = zoo + "legacy_models/resolve/main/validated/vision/"
	onnx    = vision + "classification/"
)

// model is a net of ONNX's model zoo: where that keeps all together, and a repository of its own.
func model(name, folder, file string, size int64, sum string) []File {
	return []File{{Name: name + ".onnx", URLs: []string{folder + file + ".onnx", zoo + file + "/resolve/main/" + file + ".onnx"}, Size: size, SHA256: sum}}
}

// Nets are public nets whose operations nn/load knows; it has the labels of those that learnt ImageNet's
// classes. SHA-1 of Caffe's own nets are from their readme files; those of SqueezeNet and VGG from projects
// that test with them, and Apache MXNet's list of its mirror agrees; SHA-256 and sizes of ONNX nets from
// their Git LFS entries and the manifest of ONNX's hub; the model zoo's own downloads ended on 1 July 2025. Licences are
// as the readme files beside the weights name them.
var Nets = []Net{
	{"googlenet", "Caffe's GoogLeNet (ImageNet), the net of DeepDream", "unrestricted", []File{
		{Name: "googlenet.prototxt", URLs: []string{caffe + "bvlc_googlenet/deploy.prototxt", apache + "bvlc_googlenet/deploy.prototxt"},
			Size: 35862, SHA1: "7060345c8012294baa60eeb5901d2d3fd89d75fc"},
		{Name: "googlenet.caffemodel", URLs: []string{
			"https://www.deepdetect.com/downloads/platform/pretrained/caffe/googlenet/bvlc_googlenet.caffemodel",
			apache + "bvlc_googlenet/bvlc_googlenet.caffemodel",
			"https://" + weights + "bvlc_googlenet.caffemodel", "http://" + weights + "bvlc_googlenet.caffemodel",
		}, Size: 51 * mb, SHA1: "405fc5acd08a3bb12de8ee5e23a96bec22f08204"},
	}},
	{"places365", "GoogLeNet for places: landscapes, rooms, towers", "CC BY", []File{
		{Name: "places365.prototxt", URLs: []string{places + "deploy_googlenet_places365.prototxt"}, Size: 36000},
		{Name: "places365.caffemodel", URLs: []string{"http://places2.csail.mit.edu/models_places365/googlenet_places365.caffemodel"}},
		{Name: "places365.labels.txt", URLs: []string{places + "categories_places365.txt"}, Size: 7000},
	}},
	{"squeezenet-1.0", "SqueezeNet 1.0 (ImageNet), small", "", []File{
		{Name: "squeezenet-1.0.prototxt", URLs: []string{squeeze + "SqueezeNet_v1.0/deploy.prototxt", moved + "SqueezeNet_v1.0/deploy.prototxt"},
			Size: 11000, SHA1: "733249be856b9cd28ce929cd7c41874cf817c3c6"},
		{Name: "squeezenet-1.0.caffemodel", URLs: []string{squeeze + "SqueezeNet_v1.0/squeezenet_v1.0.caffemodel", moved + "SqueezeNet_v1.0/squeezenet_v1.0.caffemodel"},
			Size: 5 * mb, SHA1: "579d0beb658e43c45937bf8bb5e4034fea4e1f69"},
	}},
	{"squeezenet-1.1", "SqueezeNet 1.1 (ImageNet), small and fast", "", []File{
		{Name: "squeezenet-1.1.prototxt", URLs: []string{squeeze + "SqueezeNet_v1.1/deploy.prototxt", moved + "SqueezeNet_v1.1/deploy.prototxt"},
			Size: 11000, SHA1: "c226bbaaa4d83e2a3d3727618091e897e5f2e3aa"},
		{Name: "squeezenet-1.1.caffemodel", URLs: []string{squeeze + "SqueezeNet_v1.1/squeezenet_v1.1.caffemodel", moved + "SqueezeNet_v1.1/squeezenet_v1.1.caffemodel"},
			Size: 5 * mb, SHA1: "3397f026368a45ae236403ccc81cfcbe8ebe1bd0"},
	}},
	{"alexnet", "Caffe's AlexNet (ImageNet)", "unrestricted", []File{
		{Name: "alexnet.prototxt", URLs: []string{caffe + "bvlc_alexnet/deploy.prototxt", apache + "bvlc_alexnet/deploy.prototxt"},
			Size: 4000, SHA1: "cb77655eb4db32c9c47699c6050926f9e0fc476a"},
		{Name: "alexnet.caffemodel", URLs: []string{
			"https://nvidia.box.com/shared/static/5j264j7mky11q8emy4q14w3r8hl5v6zh.caffemodel", apache + "bvlc_alexnet/bvlc_alexnet.caffemodel",
			"https://" + weights + "bvlc_alexnet.caffemodel", "http://" + weights + "bvlc_alexnet.caffemodel",
		}, Size: 232 * mb, SHA1: "9116a64c0fbe4459d18f4bb6b56d647b63920377"},
	}},
	{"caffenet", "Caffe's reference net (ImageNet), a sister of AlexNet", "unrestricted", []File{
		{Name: "caffenet.prototxt", URLs: []string{caffe + "bvlc_reference_caffenet/deploy.prototxt"}, Size: 4000, SHA1: "6a40fd8b77233afee8fd525ce59bb4ccaae78d58"},
		{Name: "caffenet.caffemodel", URLs: []string{"https://" + weights + "bvlc_reference_caffenet.caffemodel", "http://" + weights + "bvlc_reference_caffenet.caffemodel"},
			Size: 232 * mb, SHA1: "4c8d77deb20ea792f84eb5e6d0a11ca0a8660a46"},
	}},
	{"vgg16", "VGG with 16 layers (ImageNet), large and slow", "", []File{
		{Name: "vgg16.prototxt", URLs: []string{
			vggGist + "211839e770f7b538e2d8/raw/0067c9b32f60362c74f4c445a080beed06b07eb3/VGG_ILSVRC_16_layers_deploy.prototxt",
			apache + "vgg/VGG_ILSVRC_16_layers_deploy.prototxt",
		}, Size: 6000, SHA1: "2734e5500f1445bd7c9fee540c99f522485247bd"},
		{Name: "vgg16.caffemodel", URLs: []string{
			"https://" + vgg + "VGG_ILSVRC_16_layers.caffemodel", apache + "vgg/VGG_ILSVRC_16_layers.caffemodel", "http://" + vgg + "VGG_ILSVRC_16_layers.caffemodel",
		}, Size: 528 * mb, SHA1: "9363e1f6d65f7dba68c4f27a1e62105cdf6c4e24"},
	}},
	{"vgg19", "VGG with 19 layers (ImageNet), larger and slower", "", []File{
		{Name: "vgg19.prototxt", URLs: []string{
			vggGist + "3785162f95cd2d5fee77/raw/bb2b4fe0a9bb0669211cf3d0bc949dfdda173e9e/VGG_ILSVRC_19_layers_deploy.prototxt",
			apache + "vgg/VGG_ILSVRC_19_layers_deploy.prototxt",
		}, Size: 7000, SHA1: "132d2f60b3d3b1c2bb9d3fdb0c8931a44f89e2ae"},
		{Name: "vgg19.caffemodel", URLs: []string{
			"https://" + vgg + "VGG_ILSVRC_19_layers.caffemodel", apache + "vgg/VGG_ILSVRC_19_layers.caffemodel", "http://" + vgg + "VGG_ILSVRC_19_layers.caffemodel",
		}, Size: 548 * mb, SHA1: "239785e7862442717d831f682bb824055e51e9ba"},
	}},
	{"googlenet-onnx", "the same GoogLeNet as ONNX", "", []File{
		{Name: "googlenet-onnx.onnx", URLs: []string{onnx + "inception_and_googlenet/googlenet/model/googlenet-7.onnx"},
			Size: 28020232, SHA256: "5725ccfd90845735ce5897faf7843c3f9b13acda3c4f3bff82cb21c9337c9de8"},
	}},
	{"resnet18", "ResNet-18 v2 (ImageNet) as ONNX", "Apache 2.0", []File{
		{Name: "resnet18.onnx", URLs: []string{onnx + "resnet/model/resnet18-v2-7.onnx", "https://s3.amazonaws.com/onnx-model-zoo/resnet/resnet18v2/resnet18v2.onnx"},
			Size: 46806737, SHA256: "3b4d048057854022232aa20bf68262e31718ab7119a17f920b8a2dc1433f824b"},
	}},
	{"resnet50", "ResNet-50 v2 (ImageNet), the residual net that others are measured by", "Apache 2.0",
		model("resnet50", onnx+"resnet/model/", "resnet50-v2-7", 102442450, "1e80e8a7c8eec8e8b20c440d7dd7f2f8590779c7c2859dc4514870dc463845d3")},
	{"mobilenetv2", "MobileNetV2 (ImageNet): small and quick, made of depthwise convolutions", "Apache 2.0",
		model("mobilenetv2", onnx+"mobilenet/model/", "mobilenetv2-12", 13964571, "c0c3f76d93fa3fd6580652a45618618a220fced18babf65774ed169de0432ad5")},
	{"efficientnet-lite4", "EfficientNet-Lite4 (ImageNet): made for phones, without squeeze and excite", "MIT",
		model("efficientnet-lite4", onnx+"efficientnet-lite4/model/", "efficientnet-lite4-11", 51946641, "d111689907c06eea7c82e4833ddef758da6453b9d4cf60b7e99ca05c7cbd9c12")},
	{"densenet121", "DenseNet-121 (ImageNet): every layer reads all before it", "MIT",
		model("densenet121", onnx+"densenet-121/model/", "densenet-12", 32726877, "0294e7e88e5b3360de9b0fdc321baf9e6ef18b7f058c4536caae3b9f18ed9ed5")},
	{"shufflenet-v2", "ShuffleNet v2 (ImageNet): small, with shuffled channels", "BSD 3-clause",
		model("shufflenet-v2", onnx+"shufflenet/model/", "shufflenet-v2-12", 9218556, "ea69821b4dd374ae2f33f9710dd1229ac263d0ee5b5a46ca3521f6483e1ba035")},
	{"inception-v1", "Inception v1 (ImageNet): GoogLeNet trained by others", "MIT",
		model("inception-v1", onnx+"inception_and_googlenet/inception_v1/model/", "inception-v1-12", 28021958, "814b31a6316873bd03d2d808415ce1f40a7bf48ad88eab5ecc3cdc8dc6cf38ec")},
	{"convnext-tiny", "ConvNeXt-T (ImageNet): a convolutional net built as transformers are, with large windows", "Apache 2.0",
		[]File{{Name: "convnext-tiny.onnx", URLs: []string{zoo + "legacy_models/resolve/main/Computer_Vision/convnext_tiny_Opset17_torch_hub/convnext_tiny_Opset17.onnx"},
			Size: 114441019, SHA256: "66ce90ae0aaba2d7df6fac5354a26f58fba8a4e4e104d1404491ffdcfddbb8b1"}}},
	{"style-mosaic", "fast style transfer after a mosaic: textures and no things", "BSD 3-clause",
		model("style-mosaic", vision+"style_transfer/fast_neural_style/model/", "mosaic-9", 6728029, "fa646dedade881243f8d5a2ceb7de2b93675b21fc24f7482894ac4851a9a0a47")},
	{"style-rain-princess", "fast style transfer after Afremov's Rain Princess", "BSD 3-clause",
		model("style-rain-princess", vision+"style_transfer/fast_neural_style/model/", "rain-princess-9", 6728029, "4162912e6f75fedef6f810ae989b9e10d3d5d43308dab34b027c850cf255e152")},
	{"style-udnie", "fast style transfer after Picabia's Udnie", "BSD 3-clause",
		model("style-udnie", vision+"style_transfer/fast_neural_style/model/", "udnie-9", 6728029, "8656b6ce7dec8f22ee13c2d557d6b67bd6f550dde88d0f2e7c9972aeb765cc0d")},
	{"style-pointilism", "fast style transfer after pointillists", "BSD 3-clause",
		model("style-pointilism", vision+"style_transfer/fast_neural_style/model/", "pointilism-9", 6728029, "5ee2b8d4d6bc60a777f54e0fe96a1b717360a004b79d56c67390d4a975b14d98")},
}
