package cpu

import (
	"fmt"
	"math"
	"testing"

	"zalgoscope/nn"
)

// BenchmarkDepthwise compares depthwise convolutions, rectified, forward and back, with a copy of a map as large as theirs:
// the bytes a second of what each must read and write at least, on one thread, the best of many runs, and the first as a share of the second.
func BenchmarkDepthwise(b *testing.B) {
	for _, k := range append(available(), halvers()...) {
		if k == portable {
			continue
		}
		for _, l := range []struct{ c, kernel, stride, side int }{
			{64, 3, 1, 448}, {64, 3, 1, 112}, {64, 3, 2, 112}, {72, 3, 1, 56}, {72, 5, 2, 56}, {120, 5, 1, 28}, {240, 3, 2, 28}, {200, 3, 1, 14}, {480, 3, 1, 14}, {672, 5, 1, 14}, {192, 7, 1, 28},
		} {
			b.Run(fmt.Sprintf("%s/%d_%dx%d/%d@%d", k.name, l.c, l.kernel, l.kernel, l.stride, l.side), func(b *testing.B) {
				depth := randomConv(1, l.c, nn.Square(l.kernel, l.stride, l.kernel/2))
				depth.Groups = l.c
				same := nn.NewUnary(nn.Linear, 1, 0)
				net := &nn.Net{Name: "depth", Input: nn.DefaultInput(), Layers: []nn.Layer{
					{Name: "stem", In: []int{nn.Picture}, Op: randomConv(3, l.c, nn.Square(1, 1, 0))},
					{Name: "copy", In: []int{0}, Op: &same},
					{Name: "depth", In: []int{1}, Op: depth},
					{Name: "relu", In: []int{2}, Op: &nn.ReLU{}},
				}}
				e, err := Open(net, Options{Threads: 1, Kernel: k.name})
				if err != nil {
					b.Fatal(err)
				}
				e.apart = true
				defer e.Close()
				canvas, _ := e.NewPicture(l.side, l.side)
				obj := nn.Objective{{Layer: "relu", Channel: nn.AllChannels, Weight: 1}}
				if _, err := e.Ascend(canvas, obj, nn.Step{Size: 1}); err != nil {
					b.Fatal(err)
				}
				p, err := e.plan(l.side, l.side, obj)
				if err != nil {
					b.Fatal(err)
				}
				best := quickest{}
				for b.Loop() {
					best.run(e, p)
				}
				pace := func(layer string, back bool, cells int) float64 {
					sum := best.of(layer, back)
					return float64(4*l.c*cells) / sum / 1e9
				}
				in, out := l.side*l.side, (l.side+l.stride-1)/l.stride*((l.side+l.stride-1)/l.stride)
				copied, ahead, back := pace("copy", false, 2*in), pace("depth", false, in+out), pace("copy", true, in+out)
				if math.IsInf(ahead, 0) || math.IsInf(back, 0) || math.IsInf(copied, 0) {
					b.Fatal("a task is missing")
				}
				b.ReportMetric(copied, "copy-GB/s")
				b.ReportMetric(ahead, "GB/s")
				b.ReportMetric(100*ahead/copied, "%copy")
				b.ReportMetric(back, "back-GB/s")
				b.ReportMetric(100*back/copied, "back-%copy")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
