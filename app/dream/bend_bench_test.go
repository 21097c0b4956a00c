package dream

import (
	"fmt"
	"testing"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/enginetest"
	"zalgoscope/nn/load"
)

// BenchmarkZalgo measures the pace that the default net keeps on the processor with the knob
// zalgo turned up.
func BenchmarkZalgo(b *testing.B) {
	data, ok := assets.Net("menagerie")
	if !ok {
		b.Fatal("the net is not built in")
	}
	net, err := load.ONNX(data, "menagerie", load.Options{})
	if err != nil {
		b.Fatal(err)
	}
	e, err := cpu.Open(net, cpu.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	obj := nn.Objective{{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}}
	for _, level := range []float64{4, 8, 11} {
		b.Run(fmt.Sprint(level), func(b *testing.B) {
			enginetest.BendPace(b, e, net, Zalgo(net, level), obj, 320, 240)
		})
	}
}
