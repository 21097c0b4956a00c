package gpu

import (
	"slices"
	"testing"
	"time"

	"zalgoscope/nn"
)

// BenchmarkFatigue is what fatigue and evenness add to a step of menagerie at 320x240.
func BenchmarkFatigue(b *testing.B) {
	for _, layer := range []string{"conv2", "inception_3b", "inception_4c"} {
		b.Run(layer, func(b *testing.B) {
			net := menagerie(b)
			e := open(b, net, llvmpipe())
			l, err := net.Find(layer)
			if err != nil {
				b.Fatal(err)
			}
			shapes, err := net.Shapes(320, 240)
			if err != nil {
				b.Fatal(err)
			}
			tired, _ := tiring(b, e, layer, shapes[l][0], nn.Fatigue{Gain: 1, Even: 0.5, Rate: 0.02})
			plain := nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}}
			costs(b, e, [2]nn.Objective{plain, tired}, [2]nn.Depth{})
		})
	}
}

// BenchmarkDepth is what depth adds to such a step, to inception_4c.
func BenchmarkDepth(b *testing.B) {
	e := open(b, menagerie(b), llvmpipe())
	plain := nn.Objective{{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}}
	costs(b, e, [2]nn.Objective{plain, plain}, [2]nn.Depth{{}, {Amount: 1, Levels: 4}})
}

// costs reports how many percent longer a step of the second kind takes than one of the first, in the median of
// pairs that take turns, so that what else the machine does slows both, and of the quickest steps.
func costs(b *testing.B, e *Engine, objs [2]nn.Objective, depths [2]nn.Depth) {
	var canvases [2]nn.Canvas
	for i := range canvases {
		canvases[i] = painted(b, e, 320, 240)
	}
	step := func(i, n int) float64 {
		begin := time.Now()
		if _, err := e.Ascend(canvases[i], objs[i], nn.Step{Size: 1.5, ShiftX: n % 7, ShiftY: -n % 5, Depth: depths[i]}); err != nil {
			b.Fatal(err)
		}
		return time.Since(begin).Seconds()
	}
	for n := range 3 {
		step(0, n)
		step(1, n)
	}
	var took [2][]float64
	var ratios []float64
	for n := 0; b.Loop(); n++ {
		var s [2]float64
		for k := range s {
			i := (k + n) % 2 // neither is always the first
			s[i] = step(i, n)
			took[i] = append(took[i], s[i])
		}
		ratios = append(ratios, s[1]/s[0])
	}
	slices.Sort(ratios)
	b.ReportMetric(100*(ratios[len(ratios)/2]-1), "%cost")
	b.ReportMetric(100*(slices.Min(took[1])/slices.Min(took[0])-1), "%cost-best")
	slices.Sort(took[0])
	b.ReportMetric(1e3*took[0][len(took[0])/2], "ms-plain")
	b.ReportMetric(0, "ns/op")
}
