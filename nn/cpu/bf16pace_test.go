package cpu

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"zalgoscope/nn"
	"zalgoscope/nn/load"
)

// BenchmarkPrecision reports how many steps in bfloat16 take the time of one in floats: both
// engines' steps take turns, so that what else the machine does slows both. "x" is the median of the pairs'
// ratios, "x-low" and "x-high" their quartiles, "x-best" that of the quickest steps, "x-cpu" the median by the
// processor time of one thread, which a busy machine falsifies least; "maps" is the share that is left of the memory for maps.
func BenchmarkPrecision(b *testing.B) {
	for _, c := range []struct {
		name  string
		net   func(testing.TB) *nn.Net
		layer string
		w, h  int
	}{
		{"menagerie", menagerie, "inception_4c", 320, 240},
		{"googlenet", googlenet, "inception_4c/output", 224, 224},
		{"googlenet", googlenet, "inception_4c/output", 512, 512},
		{"menagerie", menagerie, "inception_4c", 1920, 1080},
	} {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/%dx%d/%d", c.name, c.w, c.h, threads), func(b *testing.B) {
				pair := fastest(b)
				precisionPace(b, c.net(b), nn.Objective{{Layer: c.layer, Channel: nn.AllChannels, Weight: 1}}, c.w, c.h, threads, pair)
			})
		}
	}
}

// BenchmarkPrecisionNet is BenchmarkPrecision at 224x224 for the ONNX file $ZALGOSCOPE_NET, such as families.py --export writes, to its last layer.
func BenchmarkPrecisionNet(b *testing.B) {
	file := os.Getenv("ZALGOSCOPE_NET")
	if file == "" {
		b.Skip("needs $ZALGOSCOPE_NET")
	}
	net, err := load.File(file, load.Options{Random: true})
	if err != nil {
		b.Fatal(err)
	}
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprint(threads), func(b *testing.B) {
			last := net.Layers[len(net.Layers)-1].Name
			precisionPace(b, net, nn.Objective{{Layer: last, Channel: nn.AllChannels, Weight: 1}}, 224, 224, threads, fastest(b))
		})
	}
}

// fastest is the best kernels of either precision.
func fastest(b *testing.B) [2]string {
	half := halvers()
	if half == nil {
		b.Skip("needs a processor with AVX512_BF16")
	}
	return [2]string{available()[0].name, half[0].name}
}

func precisionPace(b *testing.B, net *nn.Net, obj nn.Objective, w, h, threads int, names [2]string) {
	for range 4 { // then the answer stays, so that maps of both are given places alike
		far()
	}
	var engines [2]*Engine
	var canvases [2]nn.Canvas
	for i, name := range names {
		e, err := Open(net, Options{Threads: threads, Kernel: name})
		if err != nil {
			b.Fatal(err)
		}
		defer e.Close()
		c, err := e.NewPicture(w, h)
		if err != nil {
			b.Fatal(err)
		}
		if err := c.Write(noise(w, h)); err != nil {
			b.Fatal(err)
		}
		engines[i], canvases[i] = e, c
	}
	step := func(i, n int) (ms, cpu float64) {
		start, busy := time.Now(), nn.ProcessorTime()
		if _, err := engines[i].Ascend(canvases[i], obj, nn.Step{Size: 1.5, ShiftX: n % 7, ShiftY: -n % 5}); err != nil {
			b.Fatal(err)
		}
		return 1e3 * time.Since(start).Seconds(), (nn.ProcessorTime() - busy).Seconds()
	}
	for n := range 3 {
		step(0, n)
		step(1, n)
	}
	var took [2][]float64
	var ratios, busy []float64
	for n := 0; b.Loop(); n++ {
		var ms, cpu [2]float64
		for k := range ms {
			i := (k + n) % 2 // neither is always the first
			ms[i], cpu[i] = step(i, n)
			took[i] = append(took[i], ms[i])
		}
		ratios, busy = append(ratios, ms[0]/ms[1]), append(busy, cpu[0]/cpu[1])
	}
	for i := range took {
		slices.Sort(took[i])
	}
	slices.Sort(ratios)
	slices.Sort(busy)
	n := len(ratios)
	b.ReportMetric(ratios[n/2], "x")
	b.ReportMetric(ratios[n/4], "x-low")
	b.ReportMetric(ratios[n*3/4], "x-high")
	b.ReportMetric(took[0][0]/took[1][0], "x-best")
	if threads == 1 { // others wait by spinning
		b.ReportMetric(busy[n/2], "x-cpu")
	}
	b.ReportMetric(took[0][n/2], "ms-float")
	b.ReportMetric(took[1][n/2], "ms-half")
	b.ReportMetric(float64(engines[1].plans[0].size)/float64(engines[0].plans[0].size), "maps")
	b.ReportMetric(0, "ns/op")
}
