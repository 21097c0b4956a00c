package cpu

import (
	"fmt"
	"os"
	"testing"
	"time"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
	"zalgoscope/nn/load"
)

// googlenet is the public definition with random weights.
func googlenet(tb testing.TB) *nn.Net {
	tb.Helper()
	const file = "../../../shared/nets/bvlc_googlenet.prototxt"
	if _, err := os.Stat(file); err != nil {
		tb.Skip("needs bvlc_googlenet.prototxt in the project's shared folder beside the repository")
	}
	net, err := load.File(file, load.Options{Random: true})
	if err != nil {
		tb.Fatal(err)
	}
	return net
}

func menagerie(tb testing.TB) *nn.Net {
	tb.Helper()
	data, ok := assets.Net("menagerie")
	if !ok {
		tb.Fatal("the net is not built in")
	}
	net, err := load.ONNX(data, "menagerie", load.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	return net
}

// darknet is the trunk of tiny YOLO with random weights: 3x3 convolutions, leaky rectifiers and max pools.
func darknet(testing.TB) *nn.Net {
	net, at, from := &nn.Net{Name: "darknet", Input: nn.DefaultInput()}, nn.Picture, 3
	add := func(name string, op nn.Op) {
		net.Layers = append(net.Layers, nn.Layer{Name: name, In: []int{at}, Op: op})
		at = len(net.Layers) - 1
	}
	for i, to := range []int{16, 32, 64, 128, 256} {
		if i > 0 {
			add(fmt.Sprint("pool", i), &nn.Pool{Window: nn.Square(2, 2, 0), Max: true})
		}
		add(fmt.Sprint("conv", i+1), randomConv(from, to, nn.Square(3, 1, 1)))
		add(fmt.Sprint("leaky", i+1), &nn.ReLU{Slope: 0.1})
		from = to
	}
	return net
}

// BenchmarkStep is a whole gradient step to inception 4c.
func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		name  string
		net   func(testing.TB) *nn.Net
		layer string
		w, h  int
	}{
		{"menagerie", menagerie, "inception_4c", 320, 240},
		{"googlenet", googlenet, "inception_4c/output", 224, 224},
		{"googlenet", googlenet, "inception_4c/output", 512, 512},
		{"darknet", darknet, "leaky5", 320, 240},
	} {
		for _, k := range available() {
			b.Run(fmt.Sprintf("%s/%dx%d/%s", c.name, c.w, c.h, k.name), func(b *testing.B) {
				benchmarkStep(b, c.net(b), c.layer, c.w, c.h, k.name)
			})
		}
	}
}

func benchmarkStep(b *testing.B, net *nn.Net, layer string, w, h int, kernel string) {
	e, err := Open(net, Options{Kernel: kernel})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	obj := nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}}
	m, err := e.Measure(obj, w, h, 2*time.Second)
	if err != nil {
		b.Fatal(err)
	}
	c, _ := e.NewPicture(w, h)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Ascend(c, obj, nn.Step{Size: 1.5, ShiftX: 3, ShiftY: -5}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(m.GFLOPS, "GFLOP/s")
	b.ReportMetric(m.PeakGFLOPS, "peak-GFLOP/s")
	b.ReportMetric(100*m.Share, "%peak")
	b.ReportMetric(m.MsBest, "ms-best")
	b.ReportMetric(100*m.Share*m.MsPerStep/m.MsBest, "%peak-best")
	b.ReportMetric(float64(m.ArenaBytes)/1e6, "arena-MB")
}

func BenchmarkDepth(b *testing.B)   { enginetest.DepthCost(b, openMenagerie) }
func BenchmarkFatigue(b *testing.B) { enginetest.FatigueCost(b, openMenagerie) }
