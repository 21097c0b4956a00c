package enginetest

import (
	"slices"
	"testing"
	"time"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// BendPace reports how many percent of its pace an engine keeps under bends: steps with and
// without them take turns, so that what else the machine does slows both. "%pace" is the median
// of the pairs' ratios, "%pace-best" that of the quickest steps; "ms-clean" and "ms-bent"
// are medians. The bends before step n are those that at gives, always of the same layers and kinds.
func BendPace(b *testing.B, e nn.Engine, net *nn.Net, at func(n int) []bend.Spec, obj nn.Objective, w, h int) {
	r, err := bend.New(net, at(0), profiler(e, w, h))
	if err != nil {
		b.Fatal(err)
	}
	nets := [2]*nn.Net{nil, r.Net}
	var canvases [2]nn.Canvas
	for i := range canvases {
		if canvases[i], err = e.NewPicture(w, h); err != nil {
			b.Fatal(err)
		}
		defer canvases[i].Release()
		if err := canvases[i].Write(picture(w, h)); err != nil {
			b.Fatal(err)
		}
	}
	step := func(i, n int) float64 {
		if err := e.Bend(nets[i]); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		if i == 1 {
			if ok, err := r.Turn(at(n)); !ok || err != nil {
				b.Fatalf("turn: %v, %v", ok, err)
			}
		}
		if _, err := e.Ascend(canvases[i], obj, nn.Step{Size: 1.5, ShiftX: n % 7, ShiftY: -n % 5}); err != nil {
			b.Fatal(err)
		}
		return 1e3 * time.Since(start).Seconds()
	}
	for n := range 3 {
		step(0, n)
		step(1, n)
	}
	var took [2][]float64
	var ratios []float64
	for n := 0; b.Loop(); n++ {
		var ms [2]float64
		for k := range ms {
			i := (k + n) % 2 // neither is always the first
			ms[i] = step(i, n)
			took[i] = append(took[i], ms[i])
		}
		ratios = append(ratios, 100*ms[0]/ms[1])
	}
	if err := e.Bend(nil); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(median(ratios), "%pace")
	b.ReportMetric(100*slices.Min(took[0])/slices.Min(took[1]), "%pace-best")
	b.ReportMetric(median(took[0]), "ms-clean")
	b.ReportMetric(median(took[1]), "ms-bent")
	b.ReportMetric(0, "ns/op")
}

// profiler measures layers on the fixed picture, each once.
func profiler(e nn.Engine, w, h int) bend.Profiler {
	known := map[string]bend.Profile{}
	return func(layer string) (bend.Profile, error) {
		if p, ok := known[layer]; ok {
			return p, nil
		}
		if err := e.Bend(nil); err != nil {
			return bend.Profile{}, err
		}
		a, err := e.Activation(nn.DefaultInput().Tensor(picture(w, h)), layer)
		if err != nil {
			return bend.Profile{}, err
		}
		known[layer] = bend.ProfileOf(a)
		return known[layer], nil
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
