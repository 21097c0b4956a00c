package dream

import (
	"fmt"
	"math"
	"testing"
)

// BenchmarkEndless dreams two whole layers from static, 2000 frames for each of three seeds, and reports of pairs of frames 60
// apart how far the layer's means have turned (cosine distance), and over how many channels they are spread: the least and the
// mean after frame 100. It takes about half an hour: go test ./app/dream -run - -bench Endless -benchtime 1x -timeout 2h
func BenchmarkEndless(b *testing.B) {
	const first, apart, every, frames = 100, 60, 10, 2000
	net, e := builtIn(b, "menagerie")
	for _, layer := range []struct {
		name string
		zoom float64
	}{{"inception_5a", 0.02}, {"inception_4c", 0.04}} {
		for seed := uint64(1); seed <= 3; seed++ {
			b.Run(fmt.Sprintf("%s/seed=%d", layer.name, seed), func(b *testing.B) {
				s := Live()
				s.Layer, s.Octaves, s.Zoom = layer.name, 4, layer.zoom
				for range b.N {
					var turned, spread, clip figures
					var means [][]float64
					d, err := New(net, e, Make("static", 240, 150, seed), Options{Seed: seed})
					if err != nil {
						b.Fatal(err)
					}
					for n := range frames {
						f, err := d.Frame(Fixed(s))
						if err != nil {
							b.Fatal(err)
						}
						if n < first || n%every != 0 {
							continue
						}
						means = append(means, layerMeans(b, net, e, s.Layer, f.Image))
						spread = append(spread, participation(means[len(means)-1]))
						clip = append(clip, 100*clipped(f.Image))
						if k := len(means) - 1 - apart/every; k >= 0 {
							turned = append(turned, cosineDistance(means[k], means[len(means)-1]))
						}
					}
					d.Release()
					b.ReportMetric(turned.least(), "turned-least")
					b.ReportMetric(turned.mean(), "turned-mean")
					b.ReportMetric(spread.least(), "channels-least")
					b.ReportMetric(spread.mean(), "channels-mean")
					b.ReportMetric(clip.mean(), "%clipped")
				}
			})
		}
	}
}

type figures []float64

func (f figures) least() float64 {
	least := math.Inf(1)
	for _, v := range f {
		least = min(least, v)
	}
	return least
}

func (f figures) mean() float64 {
	sum := 0.0
	for _, v := range f {
		sum += v
	}
	return sum / float64(len(f))
}
