package enginetest

import (
	"math"
	"slices"
	"testing"
	"time"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// BendPaces measures the pace that an engine keeps with four bends of menagerie, the net that open gives with it:
// on the modules from 3a to 4c, before rectifiers, and on the largest maps, their amounts standing or turned
// at every step.
func BendPaces(b *testing.B, open func(b *testing.B) (nn.Engine, *nn.Net)) {
	for _, c := range []struct{ name, text string }{
		{"modules/mixed", "inception_3a:rotate=20,channels=random:0.5 inception_3b:cross-wire inception_4a:fold inception_4c:feedback"},
		{"modules/level", "inception_3a:fold inception_3b:noise inception_4a:invert inception_4c:sine"},
		{"modules/space", "inception_3a:rotate inception_3b:blur inception_4a:dilate inception_4c:flip-h"},
		{"modules/channels", "inception_3a:shuffle inception_3b:normalise inception_4a:roll inception_4c:sample-hold"},
		{"modules/gradient", "inception_3a:gradient-sign inception_3b:gradient-blur inception_4a:gradient-mirror inception_4c:gradient-orthogonal"},
		{"modules/weights", "inception_3a:weight-sign inception_3b:weight-noise inception_4a:weight-rotate inception_4c:weight-zero"},
		{"convolutions/mixed", "conv2/conv:gain inception_3a/3x3/conv:abs inception_4a/1x1/conv:rotate inception_4c/3x3/conv:sine"},
		{"largest/mixed", "conv1:rotate=20,channels=random:0.5 conv2:cross-wire conv2:fold conv1:feedback"},
		{"largest/level", "conv1:fold conv1:noise conv2:invert conv2:sine"},
		{"largest/space", "conv1:rotate conv1:blur conv2:dilate conv2:flip-h"},
	} {
		b.Run(c.name, func(b *testing.B) { bendPace(b, open, c.text, 0) })
		b.Run(c.name+"/turned", func(b *testing.B) { bendPace(b, open, c.text, 0.1) })
	}
}

// KindPaces measures the pace with a single bend of each kind, on the largest map and on a module.
func KindPaces(b *testing.B, open func(b *testing.B) (nn.Engine, *nn.Net)) {
	for _, layer := range []string{"conv2", "inception_4a"} {
		for _, k := range bend.Kinds {
			b.Run(layer+"/"+k.Name, func(b *testing.B) { bendPace(b, open, layer+":"+k.Name, 0) })
		}
	}
}

// bendPace lets amounts swing by a share of themselves.
func bendPace(b *testing.B, open func(b *testing.B) (nn.Engine, *nn.Net), text string, swing float64) {
	specs, err := bend.Parse(text)
	if err != nil {
		b.Fatal(err)
	}
	e, net := open(b)
	obj := nn.Objective{{Layer: "inception_4c", Channel: nn.AllChannels, Weight: 1}}
	BendPace(b, e, net, func(n int) []bend.Spec {
		turned := slices.Clone(specs)
		for i := range turned {
			k, _ := bend.Find(turned[i].Kind)
			turned[i].Amount = k.Clamp(turned[i].Amount * (1 - swing*math.Abs(math.Sin(float64(n)))))
		}
		return turned
	}, obj, 320, 240)
}

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
	took := alternate(b, step)
	if err := e.Bend(nil); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(100*median(ratios(took[0], took[1])), "%pace")
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
