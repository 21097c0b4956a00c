package dream

import (
	"fmt"
	"math"
	"testing"
)

// BenchmarkEndless dreams two whole layers from static, 2000 frames for each of three seeds, and reports of pairs of frames 60
// apart how far the layer's means have turned (cosine distance), and over how many channels they are spread: the least and the
// mean after frame 100. It takes about half an hour: go test ./app/dream -run - -bench Endless -benchtime 1x -timeout 2h
//
// The aim is 0.04 and 80 channels at the least. 5a meets it (0.042, 81; seed 1); 4c meets it in the mean alone (0.022 and
// 0.052, 54 and 105; seed 1). Frames 60 apart share no thing at this zoom, which enlarges eleven times between them: the
// distance is how far two pictures of the same dream differ by chance, and knobs trade it for the channels. At 4c, 400 frames,
// least and mean of the distance and of the channels:
//
//	octaves 3                              0.030 0.049   70 114
//	octaves 3, hold 0.25                   0.025 0.043   81 125
//	zoom 0.06                              0.035 0.078   53 107
//	zoom 0.06, steps 4 of 1                0.026 0.041   87 116
//	zoom 0.08, steps 4 of 1                0.024 0.050   65 111
//	160x120                                0.030 0.069   57 101
//	160x120, octaves 3, steps 3 of 1.5     0.030 0.051   83 114
//	the same with steps 4 of 1, zoom 0.06  0.031 0.055   65 117
//	128x96, octaves 3, steps 4 of 1        0.045 0.065   89 114
//	the same for 2000 frames, in bfloat16  0.037 0.071   55 115
//	zoom 0.03, rotate 1, octaves 3         0.020 0.037   88 123
//	zoom 0.06, steps 6 of 0.7              0.016 0.037   83 116
//	fatigue 0.5, rotate 1, octaves 3       0.016 0.076   41  76
//	128x96, octaves 3, steps 8 of 0.5      0.034 0.050   97 124
//	96x72, octaves 2, steps 8 of 0.5       0.046 0.080   91 130
//
// So what passes in 400 frames does not in 2000: among five times as many pairs some are nearer, and single channels burst now and
// then, as fatigue's rate lets them.
//
// The last row meets both by a margin, in 400 frames of one seed: a small map, whose means vary, and small steps, by which
// channels tire before they burst. In 2000 frames at two octaves, seed 1 unless told, in bfloat16 from the third row on, the
// least distance and channels; where a frame is told, the first miss ended the dream there:
//
//	96x72, steps 8 of 0.5                          0.033   82
//	the same, seed 2                               0.0435  91
//	80x60, steps 8 of 0.5                          0.0397 <80
//	80x60, steps 10 of 0.4, zoom 0.06              0.049   79   960
//	80x60, steps 12 of 0.33, zoom 0.06             0.056   78   770
//	80x60, steps 14 of 0.28, zoom 0.07             0.077   79   370
//	80x60, steps 16 of 0.25, zoom 0.06             0.0485  81
//	the same, seed 2                               0.055   79   870
//	the same, seed 3                               0.054   79   730
//	80x60, steps 16 of 0.22, zoom 0.055            0.055  <80   820
//	the same, seed 2                               0.0401  80
//	the same, seed 3                               0.048   79   500
//	80x60, steps 16 of 0.25, zoom 0.06, hold 0.75  0.035   73   160
//	84x63, steps 16 of 0.25, zoom 0.06             0.090   75   230
//	88x66, steps 16 of 0.25, zoom 0.06             0.034   89   650
//	96x72, steps 10 of 0.4, zoom 0.06              0.069   76   260
//	96x72, steps 16 of 0.25, zoom 0.06             0.037   98   410
//	96x72, steps 16 of 0.25, zoom 0.08             0.081  <80   110
//
// So of either of two settings one seed meets both in 2000 frames, with at most 4.9 % clipped and a contrast within 10.1 %; the
// others miss by a channel, in the last of 40 to 80 frames looked at. No setting was found that three seeds meet.
//
// Rotation, jitter and even change little.
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
