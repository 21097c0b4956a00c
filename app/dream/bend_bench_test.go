package dream

import (
	"fmt"
	"math"
	"testing"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/bend"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/enginetest"
	"zalgoscope/nn/load"
)

// BenchmarkZalgo measures the pace that the default net keeps on the processor with the knob
// zalgo turned up, standing or moving.
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
	trunk := Bendable(net)
	pace := func(name string, level func(n int) float64) {
		b.Run(name, func(b *testing.B) {
			enginetest.BendPace(b, e, net, func(n int) []bend.Spec { return zalgo(trunk, level(n), Live().ZalgoFeed) }, obj, 320, 240)
		})
	}
	for _, level := range []float64{4, 8, 11} {
		pace(fmt.Sprint(level), func(int) float64 { return level })
	}
	pace("turned", func(n int) float64 { return 8 + 3*math.Sin(float64(n)/10) })
}
