package teach

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"zalgoscope/app/picture"
	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/load"
	"zalgoscope/nn/train"
)

// BenchmarkLesson is steps of a lesson with all that belongs to them: pictures taken from the cache and changed, the learner and
// the optimiser. Medians of the steps, by the clock; nn/train/compare.py --speed --data measures PyTorch's beside it.
func BenchmarkLesson(b *testing.B) {
	data, _ := assets.Net("menagerie")
	net, err := load.ONNX(data, "menagerie", load.Options{})
	if err != nil {
		b.Fatal(err)
	}
	folder, r := b.TempDir(), rand.New(rand.NewPCG(1, 1))
	for i := range 128 {
		m := image.NewRGBA(image.Rect(0, 0, 64, 64))
		for j := range m.Pix {
			m.Pix[j] = byte(r.IntN(256)) | byte(255*(j%4/3))
		}
		if err := picture.Save(filepath.Join(folder, fmt.Sprintf("%d-%d.png", i%10, i)), m); err != nil {
			b.Fatal(err)
		}
	}
	b.Setenv("XDG_CACHE_HOME", b.TempDir())
	f, err := Look(folder)
	if err != nil {
		b.Fatal(err)
	}
	set, err := OpenSet(context.Background(), f, 64, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer set.Close()
	set.Classes = nil
	for c := range 10 {
		set.Classes = append(set.Classes, fmt.Sprint(c))
	}
	for i := range set.Pictures {
		set.Pictures[i].Class = i % 10
	}
	for _, precision := range []nn.Precision{nn.FP32, nn.BF16} {
		b.Run(string(precision), func(b *testing.B) {
			enough := errors.New("enough")
			var took []float64
			last := time.Time{}
			l, err := Begin(set, Options{
				From: net, Origin: "menagerie", Scratch: true, Side: 64, Epochs: mostEpochs, Seed: 1, Precision: precision, Warn: func(string) {},
				Open: func(m *train.Model, batch, w, h int, o LearnerOptions) (train.Learner, error) {
					return cpu.OpenLearner(m, batch, w, h, o.Slope, cpu.Options{Threads: o.Threads, Precision: o.Precision})
				},
				Step: func(Progress) error {
					now := time.Now()
					if !last.IsZero() {
						took = append(took, now.Sub(last).Seconds())
					}
					if last = now; b.Loop() {
						return nil
					}
					return enough
				},
			})
			if err != nil {
				b.Skip(err)
			}
			defer l.Close()
			if err := l.Run(context.Background()); !errors.Is(err, enough) {
				b.Fatal(err)
			}
			slices.Sort(took)
			b.ReportMetric(64/took[len(took)/2], "pictures/s")
			b.ReportMetric(64/took[0], "best")
			b.ReportMetric(0, "ns/op")
		})
	}
}
