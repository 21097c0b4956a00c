package cpu

import (
	"slices"
	"testing"
	"time"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
	"zalgoscope/nn/train"
)

// BenchmarkLearn is a step of menagerie's architecture with batch norms: 64 pictures of 64x64, as compare.py --speed of nn/train
// has PyTorch make, which can run this in turn. "pictures/s" is by the clock, "pictures/cpu-s" by the processor time of all
// threads, the medians of the steps; "best" is by the clock in the quickest.
func BenchmarkLearn(b *testing.B) {
	data, _ := assets.Net("menagerie")
	net, err := load.ONNX(data, "menagerie", load.Options{})
	if err != nil {
		b.Fatal(err)
	}
	m, err := train.Scratch(net, 10, 1, 1)
	if err != nil {
		b.Fatal(err)
	}
	const n = 64
	batch := testBatch(m, n, 64, 64)
	for _, k := range append(halvers(), available()[:max(len(available())-1, 1)]...) {
		b.Run(k.name, func(b *testing.B) {
			l, err := OpenLearner(m, n, 64, 64, false, Options{Kernel: k.name})
			if err != nil {
				b.Fatal(err)
			}
			defer l.Close()
			o := train.Optimiser{Momentum: 0.9, Decay: 5e-4}
			var took, busy []float64
			for b.Loop() {
				began, had := time.Now(), nn.ProcessorTime()
				if _, err := l.Learn(batch); err != nil {
					b.Fatal(err)
				}
				o.Step(m, 1e-4)
				l.Changed()
				took, busy = append(took, time.Since(began).Seconds()), append(busy, (nn.ProcessorTime()-had).Seconds())
			}
			slices.Sort(took)
			slices.Sort(busy)
			b.ReportMetric(n/took[len(took)/2], "pictures/s")
			b.ReportMetric(n/took[0], "best")
			b.ReportMetric(n/busy[len(busy)/2], "pictures/cpu-s")
			b.ReportMetric(float64(l.stride*n>>20), "MiB")
			b.ReportMetric(0, "ns/op")
		})
	}
}
