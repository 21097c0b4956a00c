package gpu

import (
	"testing"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
	"zalgoscope/nn/load"
)

func BenchmarkBends(b *testing.B)     { enginetest.BendPaces(b, openMenagerie) }
func BenchmarkBendKinds(b *testing.B) { enginetest.KindPaces(b, openMenagerie) }

func openMenagerie(b *testing.B) (nn.Engine, *nn.Net) {
	net := menagerie(b)
	return open(b, net, llvmpipe()), net
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
