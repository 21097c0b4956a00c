package cpu

import (
	"testing"

	"zalgoscope/assets"
	"zalgoscope/nn/load"
	"zalgoscope/nn/train"
)

// BenchmarkLearn is a step of menagerie's architecture with batch norms: 64 pictures of 64x64.
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
			for b.Loop() {
				if _, err := l.Learn(batch); err != nil {
					b.Fatal(err)
				}
				o.Step(m, 1e-4)
				l.Changed()
			}
			b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "pictures/s")
			b.ReportMetric(float64(l.stride*n>>20), "MiB")
		})
	}
}
