package gpu

import (
	"math"
	"slices"
	"testing"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/bend"
	"zalgoscope/nn/enginetest"
	"zalgoscope/nn/load"
)

// BenchmarkBends measures the pace that the default net keeps with four bends, as nn/cpu's benchmark of
// that name does, their amounts standing or turned at every step.
func BenchmarkBends(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"modules/mixed", "inception_3a:rotate=20,channels=random:0.5 inception_3b:cross-wire inception_4a:fold inception_4c:feedback"},
		{"modules/level", "inception_3a:fold inception_3b:noise inception_4a:invert inception_4c:sine"},
		{"modules/space", "inception_3a:rotate inception_3b:blur inception_4a:dilate inception_4c:flip-h"},
		{"modules/channels", "inception_3a:shuffle inception_3b:normalise inception_4a:roll inception_4c:sample-hold"},
		{"modules/gradient", "inception_3a:gradient-sign inception_3b:gradient-blur inception_4a:gradient-mirror inception_4c:gradient-orthogonal"},
		{"largest/mixed", "conv1:rotate=20,channels=random:0.5 conv2:cross-wire conv2:fold conv1:feedback"},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkBends(b, c.text, 0) })
		b.Run(c.name+"/turned", func(b *testing.B) { benchmarkBends(b, c.text, 0.1) })
	}
}

// BenchmarkBendKinds measures the pace with a single bend of each kind, on the largest map and on a module.
func BenchmarkBendKinds(b *testing.B) {
	for _, layer := range []string{"conv2", "inception_4a"} {
		for _, k := range bend.Kinds {
			b.Run(layer+"/"+k.Name, func(b *testing.B) { benchmarkBends(b, layer+":"+k.Name, 0) })
		}
	}
}

// benchmarkBends lets amounts swing by a share of themselves.
func benchmarkBends(b *testing.B, text string, swing float64) {
	specs, err := bend.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	net := menagerie(b)
	e := open(b, net, llvmpipe())
	obj := nn.Objective{{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}}
	enginetest.BendPace(b, e, net, func(n int) []bend.Spec {
		turned := slices.Clone(specs)
		for i := range turned {
			k, _ := bend.Find(turned[i].Kind)
			turned[i].Amount = k.Clamp(turned[i].Amount * (1 - swing*math.Abs(math.Sin(float64(n)))))
		}
		return turned
	}, obj, 320, 240)
}

func menagerie(t testing.TB) *nn.Net {
	t.Helper()
	data, ok := assets.Net("menagerie")
	if !ok {
		t.Fatal("the net is not built in")
	}
	net, err := load.ONNX(data, "menagerie", load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return net
}
