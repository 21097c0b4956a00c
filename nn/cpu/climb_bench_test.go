package cpu

import (
	"testing"

	"zalgoscope/nn"
)

// BenchmarkClimb moves a canvas along a gradient that lies as the first convolution leaves it, one thread.
func BenchmarkClimb(b *testing.B) {
	e, err := Open(menagerie(b), Options{Threads: 1})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	c, err := e.NewPicture(512, 512)
	if err != nil {
		b.Fatal(err)
	}
	p, err := e.plan(512, 512, deep)
	if err != nil {
		b.Fatal(err)
	}
	step := nn.Step{Size: 1, ShiftX: 5}
	if _, err := e.Ascend(c, deep, step); err != nil {
		b.Fatal(err)
	}
	before := nn.ProcessorTime()
	for b.Loop() {
		e.climb(p, c.(*canvas), step)
	}
	b.ReportMetric((nn.ProcessorTime()-before).Seconds()*1e3/float64(b.N), "processor-ms/op")
}
