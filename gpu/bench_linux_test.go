package gpu

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"zalgoscope/nn"
)

// BenchmarkGoogLeNet is a step to inception_4c at 224x224. GFLOP/s are counted by
// the clock and, as per thread, by the time that the process computed.
func BenchmarkGoogLeNet(b *testing.B) {
	e := open(b, googlenet(b), llvmpipe())
	c := painted(b, e, 224, 224)
	step := func() {
		if _, err := e.Ascend(c, to4c, nn.Step{Size: 1.5}); err != nil {
			b.Fatal(err)
		}
	}
	step()
	flop := 0.0
	for _, q := range e.plans[0].passes {
		flop += q.flops
	}
	begin := computed()
	for b.Loop() {
		step()
	}
	n := float64(b.N)
	b.ReportMetric(n*flop/b.Elapsed().Seconds()/1e9, "GFLOP/s")
	b.ReportMetric(n*flop/(computed()-begin).Seconds()/1e9, "GFLOP/s/thread")
}

// BenchmarkTuning is the first ten seconds with nothing compiled or tuned before: the
// first step, which compiles the usual kernels, and how much longer than usual a later one takes at
// most while the tuner is at work, beside an engine that does not tune. Mesa keeps programs too: each
// needs a process of its own with MESA_SHADER_CACHE_DIR set to an empty folder.
func BenchmarkTuning(b *testing.B) {
	for _, fixed := range []bool{true, false} {
		b.Run(fmt.Sprintf("fixed=%v", fixed), func(b *testing.B) {
			o := llvmpipe()
			o.Cache, o.Fixed = b.TempDir(), fixed
			e := open(b, googlenet(b), o)
			c := painted(b, e, 224, 224)
			var took []time.Duration
			for begin := time.Now(); time.Since(begin) < 10*time.Second || len(took) < 3; {
				begin := time.Now()
				if _, err := e.Ascend(c, to4c, nn.Step{Size: 1.5}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begin))
			}
			first := took[0]
			slices.Sort(took[1:])
			ms := func(d time.Duration) float64 { return 1e3 * d.Seconds() }
			b.ReportMetric(first.Seconds(), "s-first")
			b.ReportMetric(ms(took[len(took)/2]), "ms-median")
			b.ReportMetric(ms(took[len(took)*9/10]), "ms-90%")
			b.ReportMetric(ms(took[len(took)-1]), "ms-longest")
			b.ReportMetric(float64(len(e.tuner.best)), "shapes")
			b.ReportMetric(float64(e.tuner.builder.came), "programs")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// computed is the time that all threads of the process have computed.
func computed() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}
