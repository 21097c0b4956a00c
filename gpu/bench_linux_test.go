package gpu

import (
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

// computed is the time that all threads of the process have computed.
func computed() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return time.Duration(t.Nano())
}
