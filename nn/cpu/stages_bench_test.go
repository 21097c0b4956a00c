package cpu

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"text/tabwriter"
)

// BenchmarkStages prints how long each stage of a gradient step takes on one thread and on all, the quickest of many steps, and how many items it
// has; a star marks stages that are not worth sharing. The net is that of BenchmarkLayers.
func BenchmarkStages(b *testing.B) {
	one, p := openLayers(b, 1)
	all, q := openLayers(b, 0)
	best := [2][]float64{make([]float64, len(p.stages)), make([]float64, len(q.stages))}
	var steps [2]float64
	for b.Loop() {
		for i, run := range []struct {
			e *Engine
			p *plan
		}{{one, p}, {all, q}} {
			for range 10 { // in turns that are long enough to wake all threads
				whole := seconds(func() {
					for j := range run.p.stages {
						s := &run.p.stages[j]
						took := seconds(func() { run.e.workers.runRanges(s, s.cuts, s.share) })
						if best[i][j] == 0 || took < best[i][j] {
							best[i][j] = took
						}
					}
				})
				if steps[i] == 0 || whole < steps[i] {
					steps[i] = whole
				}
			}
		}
	}
	var text strings.Builder
	out := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "stage\titems\tone, us\tall, us\ttimes\tguess, us\t tasks\t")
	var sums [2]float64
	for j := range p.stages {
		a, t := best[0][j], best[1][j]
		sums[0], sums[1] = sums[0]+a, sums[1]+t
		s, names, guess := &q.stages[j], "", 0.0
		for _, lead := range s.tasks {
			for t := range lead.all() {
				names += fmt.Sprintf(" %s/%s %dx%dx%d", t.layer, direction(t.back)[:1], t.out.c, t.out.h, t.out.w)
				for _, w := range t.writers[1:] {
					names += strings.TrimPrefix(fmt.Sprintf(" %T", w), " *cpu.") + " "
				}
				guess += t.cost
			}
		}
		star := ""
		if !s.share {
			star = "*"
		}
		fmt.Fprintf(out, "%d\t%d%s\t%.1f\t%.1f\t%.2f\t%.1f\t%s\t\n", j, len(s.items), star, 1e6*a, 1e6*t, a/t, guess/1e3, names)
	}
	out.Flush()
	if os.Getenv("ZALGOSCOPE_STAGES") != "brief" {
		fmt.Print("\n", text.String())
	}
	b.ReportMetric(1e3*sums[0], "one-ms")
	b.ReportMetric(1e3*sums[1], "all-ms")
	b.ReportMetric(1e3*steps[0], "one-step-ms")
	b.ReportMetric(1e3*steps[1], "all-step-ms")
	b.ReportMetric(0, "ns/op")
}
