package zoo

const (
	mb      = 1 << 20
	caffe   = "https://raw.githubusercontent.com/BVLC/caffe/master/models/"
	weights = "http://dl.caffe.berkeleyvision.org/"
	squeeze = "https://github.com/DeepScale/SqueezeNet/raw/master/"
	vgg     = "http://www.robots.ox.ac.uk/~vgg/software/very_deep/caffe/"
	vggGist = "https://gist.githubusercontent.com/ksimonyan/"
	places  = "https://raw.githubusercontent.com/CSAILVision/places365/master/"
	onnx    = "https://github.com/onnx/models/raw/main/validated/vision/classification/"
)

// imagenet is the list of ImageNet's thousand class names in Caffe's order.
var imagenet = File{Name: "synset_words.txt", URL: "https://github.com/opencv/opencv/raw/3.3.1/samples/data/dnn/synset_words.txt"}

// Nets are public nets whose operations nn/load knows. SHA-1 of Caffe's own
// nets are from their readme files; those of SqueezeNet and VGG from projects
// that test with them; SHA-256 of ONNX nets from their Git LFS entries.
var Nets = []Net{
	{"googlenet", "Caffe's GoogLeNet (ImageNet), the net of DeepDream", []File{
		{Name: "googlenet.prototxt", URL: caffe + "bvlc_googlenet/deploy.prototxt", Size: 35862, SHA1: "7060345c8012294baa60eeb5901d2d3fd89d75fc"},
		{Name: "googlenet.caffemodel", URL: weights + "bvlc_googlenet.caffemodel", Size: 51 * mb, SHA1: "405fc5acd08a3bb12de8ee5e23a96bec22f08204"},
		imagenet,
	}},
	{"places365", "GoogLeNet for places: landscapes, rooms, towers", []File{
		{Name: "places365.prototxt", URL: places + "deploy_googlenet_places365.prototxt"},
		{Name: "places365.caffemodel", URL: "http://places2.csail.mit.edu/models_places365/googlenet_places365.caffemodel"},
		{Name: "places365.labels.txt", URL: places + "categories_places365.txt"},
	}},
	{"squeezenet-1.0", "SqueezeNet 1.0 (ImageNet), small", []File{
		{Name: "squeezenet-1.0.prototxt", URL: squeeze + "SqueezeNet_v1.0/deploy.prototxt", SHA1: "733249be856b9cd28ce929cd7c41874cf817c3c6"},
		{Name: "squeezenet-1.0.caffemodel", URL: squeeze + "SqueezeNet_v1.0/squeezenet_v1.0.caffemodel", Size: 5 * mb, SHA1: "579d0beb658e43c45937bf8bb5e4034fea4e1f69"},
		imagenet,
	}},
	{"squeezenet-1.1", "SqueezeNet 1.1 (ImageNet), small and fast", []File{
		{Name: "squeezenet-1.1.prototxt", URL: squeeze + "SqueezeNet_v1.1/deploy.prototxt", SHA1: "c226bbaaa4d83e2a3d3727618091e897e5f2e3aa"},
		{Name: "squeezenet-1.1.caffemodel", URL: squeeze + "SqueezeNet_v1.1/squeezenet_v1.1.caffemodel", Size: 5 * mb, SHA1: "3397f026368a45ae236403ccc81cfcbe8ebe1bd0"},
		imagenet,
	}},
	{"alexnet", "Caffe's AlexNet (ImageNet)", []File{
		{Name: "alexnet.prototxt", URL: caffe + "bvlc_alexnet/deploy.prototxt", SHA1: "cb77655eb4db32c9c47699c6050926f9e0fc476a"},
		{Name: "alexnet.caffemodel", URL: weights + "bvlc_alexnet.caffemodel", Size: 232 * mb, SHA1: "9116a64c0fbe4459d18f4bb6b56d647b63920377"},
		imagenet,
	}},
	{"caffenet", "Caffe's reference net (ImageNet), a sister of AlexNet", []File{
		{Name: "caffenet.prototxt", URL: caffe + "bvlc_reference_caffenet/deploy.prototxt", SHA1: "6a40fd8b77233afee8fd525ce59bb4ccaae78d58"},
		{Name: "caffenet.caffemodel", URL: weights + "bvlc_reference_caffenet.caffemodel", Size: 232 * mb, SHA1: "4c8d77deb20ea792f84eb5e6d0a11ca0a8660a46"},
		imagenet,
	}},
	{"vgg16", "VGG with 16 layers (ImageNet), large and slow", []File{
		{Name: "vgg16.prototxt", URL: vggGist + "211839e770f7b538e2d8/raw/0067c9b32f60362c74f4c445a080beed06b07eb3/VGG_ILSVRC_16_layers_deploy.prototxt", SHA1: "2734e5500f1445bd7c9fee540c99f522485247bd"},
		{Name: "vgg16.caffemodel", URL: vgg + "VGG_ILSVRC_16_layers.caffemodel", Size: 527 * mb, SHA1: "9363e1f6d65f7dba68c4f27a1e62105cdf6c4e24"},
		imagenet,
	}},
	{"vgg19", "VGG with 19 layers (ImageNet), larger and slower", []File{
		{Name: "vgg19.prototxt", URL: vggGist + "3785162f95cd2d5fee77/raw/bb2b4fe0a9bb0669211cf3d0bc949dfdda173e9e/VGG_ILSVRC_19_layers_deploy.prototxt"},
		{Name: "vgg19.caffemodel", URL: vgg + "VGG_ILSVRC_19_layers.caffemodel", SHA1: "239785e7862442717d831f682bb824055e51e9ba"},
		imagenet,
	}},
	{"googlenet-onnx", "the same GoogLeNet as ONNX", []File{
		{Name: "googlenet-onnx.onnx", URL: onnx + "inception_and_googlenet/googlenet/model/googlenet-7.onnx", Size: 28020232, SHA256: "5725ccfd90845735ce5897faf7843c3f9b13acda3c4f3bff82cb21c9337c9de8"},
		imagenet,
	}},
	{"resnet18", "ResNet-18 v2 (ImageNet) as ONNX", []File{
		{Name: "resnet18.onnx", URL: onnx + "resnet/model/resnet18-v2-7.onnx", Size: 46806737, SHA256: "3b4d048057854022232aa20bf68262e31718ab7119a17f920b8a2dc1433f824b"},
		imagenet,
	}},
}
