package cpu

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"text/tabwriter"

	"zalgoscope/nn"
	"zalgoscope/nn/load"
)

// BenchmarkLayers prints what each task of a gradient step at 224x224 takes on one thread, the sum of every item's quickest of many
// steps, with its share of the peak and the bytes that it reads and writes at least. The net is the ONNX file $ZALGOSCOPE_NET, such as
// families.py --export writes, to its last layer; $ZALGOSCOPE_KERNEL names the kernels.
func BenchmarkLayers(b *testing.B) {
	e, p := openLayers(b, 1)
	best, peak := quickest{}, 0.0
	for b.Loop() {
		best.run(e, p)
		run, work := e.k.peak, e.k.work
		if e.k.half != nil {
			run, work = e.k.half.peak, e.k.half.work
		}
		peak = max(peak, 20000*float64(work)/seconds(func() { run(20000) }))
	}
	var text strings.Builder
	out := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "layer\tway\tmap\tms\tof peak\tGB/s\twriters\t")
	total, ideal := 0.0, 0.0
	for t := range p.tasks() {
		sum := best.sum(func(o *task) bool { return o == t })
		total += sum
		share := math.NaN()
		if t.macs > 0 {
			share = 100 * float64(2*t.macs) / sum / peak
			ideal += float64(2*t.macs) / peak
		}
		var names []string
		for _, w := range t.writers[1:] {
			names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", w), "*cpu."))
		}
		bytes := t.reads + t.weights + float64(t.out.n*t.out.h*t.out.w*t.out.cell)
		fmt.Fprintf(out, "%s\t%s\t%dx%dx%d\t%.3f\t%.0f %%\t%.1f\t%s\t\n", t.layer, direction(t.back), t.out.c, t.out.h, t.out.w,
			1e3*sum, share, bytes/sum/1e9, strings.Join(names, " "))
	}
	out.Flush()
	fmt.Print("\n", text.String())
	b.ReportMetric(1e3*total, "ms")
	b.ReportMetric(peak/1e9, "peak-GFLOP/s")
	b.ReportMetric(100*ideal/total, "%peak")
	b.ReportMetric(0, "ns/op")
}

// openLayers readies the step of BenchmarkLayers on so many threads, or all.
func openLayers(b *testing.B, threads int) (*Engine, *plan) {
	file := os.Getenv("ZALGOSCOPE_NET")
	if file == "" {
		b.Skip("needs $ZALGOSCOPE_NET")
	}
	net, err := load.File(file, load.Options{Random: true})
	if err != nil {
		b.Fatal(err)
	}
	e, err := Open(net, Options{Threads: threads, Kernel: cmp.Or(os.Getenv("ZALGOSCOPE_KERNEL"), available()[0].name)})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	layer := cmp.Or(os.Getenv("ZALGOSCOPE_LAYER"), net.Layers[len(net.Layers)-1].Name)
	c, _ := e.NewPicture(224, 224)
	obj := nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}}
	if _, err := e.Ascend(c, obj, nn.Step{Size: 1}); err != nil {
		b.Fatal(err)
	}
	p, err := e.plan(224, 224, obj)
	if err != nil {
		b.Fatal(err)
	}
	return e, p
}

// quickest is how long each task's part of each item of a plan takes at best, in seconds on one thread.
type quickest map[work]float64

type work struct {
	*item
	task *task
}

// run runs a plan's items once.
func (q quickest) run(e *Engine, p *plan) {
	for i := range p.stages {
		s := &p.stages[i]
		for j := range s.items {
			it := &s.items[j]
			for t := range it.all() {
				took := seconds(func() { t.write(e.workers.all[0], it.region) })
				if old, ok := q[work{it, t}]; !ok || took < old {
					q[work{it, t}] = took
				}
			}
		}
	}
}

// of sums what a layer takes one way.
func (q quickest) of(layer string, back bool) float64 {
	return q.sum(func(t *task) bool { return t.layer == layer && t.back == back })
}

func (q quickest) sum(of func(t *task) bool) (sum float64) {
	for at, took := range q {
		if of(at.task) {
			sum += took
		}
	}
	return sum
}
