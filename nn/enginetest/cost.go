package enginetest

import (
	"slices"
	"testing"
	"time"

	"zalgoscope/nn"
)

// DepthCost measures what evening out the levels of detail costs a step of menagerie, the net that open gives.
func DepthCost(b *testing.B, open func(b *testing.B) (nn.Engine, *nn.Net)) {
	e, _ := open(b)
	obj := nn.Objective{{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}}
	stepCosts(b, e, [2]nn.Objective{obj, obj}, [2]nn.Depth{{}, {Amount: 1, Levels: 4}})
}

// FatigueCost measures what fatigue and evenness cost.
func FatigueCost(b *testing.B, open func(b *testing.B) (nn.Engine, *nn.Net)) {
	e, net := open(b)
	plain := nn.Target{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}
	l, err := net.Find(plain.Layer)
	if err != nil {
		b.Fatal(err)
	}
	shapes, err := net.Shapes(costWidth, costHeight)
	if err != nil {
		b.Fatal(err)
	}
	tired := plain
	tired.Fatigue = nn.Fatigue{Gain: 1, Even: 0.5, Rate: 0.02}
	if tired.Fatigue.Memory, err = e.NewMemory(shapes[l][0]); err != nil {
		b.Fatal(err)
	}
	defer tired.Fatigue.Memory.Release()
	stepCosts(b, e, [2]nn.Objective{{plain}, {tired}}, [2]nn.Depth{})
}

const costWidth, costHeight = 320, 240

// stepCosts reports by how many percent the second kind of step takes longer than the first: they take turns on two
// canvases, so that what else the machine does slows both. "%cost" is from the median of the pairs' ratios, "%cost-best" from
// the quickest steps; "ms-plain" and "ms-dear" are medians.
func stepCosts(b *testing.B, e nn.Engine, objs [2]nn.Objective, depths [2]nn.Depth) {
	var canvases [2]nn.Canvas
	for i := range canvases {
		c, err := e.NewPicture(costWidth, costHeight)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Release()
		if err := c.Write(picture(costWidth, costHeight)); err != nil {
			b.Fatal(err)
		}
		canvases[i] = c
	}
	step := func(i, n int) float64 {
		start := time.Now()
		if _, err := e.Ascend(canvases[i], objs[i], nn.Step{Size: 1.5, ShiftX: n % 7, ShiftY: -n % 5, Depth: depths[i]}); err != nil {
			b.Fatal(err)
		}
		return 1e3 * time.Since(start).Seconds()
	}
	took := alternate(b, step)
	b.ReportMetric(100*median(ratios(took[1], took[0]))-100, "%cost")
	b.ReportMetric(100*slices.Min(took[1])/slices.Min(took[0])-100, "%cost-best")
	b.ReportMetric(median(took[0]), "ms-plain")
	b.ReportMetric(median(took[1]), "ms-dear")
	b.ReportMetric(0, "ns/op")
}

// alternate takes steps of two kinds by turns, neither always the first, after three of each, and returns what each took.
func alternate(b *testing.B, step func(i, n int) float64) (took [2][]float64) {
	for n := range 3 {
		step(0, n)
		step(1, n)
	}
	for n := 0; b.Loop(); n++ {
		for k := range took {
			i := (k + n) % 2
			took[i] = append(took[i], step(i, n))
		}
	}
	return took
}

func ratios(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range out {
		out[i] = a[i] / b[i]
	}
	return out
}
