package cpu

import (
	"fmt"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// BenchmarkMatMul runs products of maps and their ways back, on one thread: a Gram matrix of 256 channels at 28x28, one of eight heads of
// 48 channels at as many positions with what it makes of a map, as in XCiT, and what 64 channels at 784 positions make of each other. It
// tells the milliseconds of the best of many runs and their share of the peak.
func BenchmarkMatMul(b *testing.B) {
	const side = 28
	cases := []struct {
		name     string
		channels int
		layers   []nn.Layer // after the stem, layer 0
	}{
		{"gram 256", 256, []nn.Layer{{Name: "product", In: []int{0, 0}, Op: &nn.MatMul{Heads: 1, TurnB: true}}}},
		{"gram 8x48", 384, []nn.Layer{{Name: "product", In: []int{0, 0}, Op: &nn.MatMul{Heads: 8, TurnB: true}}}},
		{"mixed 8x48", 384, []nn.Layer{
			{Name: "gram", In: []int{0, 0}, Op: &nn.MatMul{Heads: 8, TurnB: true}},
			{Name: "product", In: []int{1, 0}, Op: &nn.MatMul{Heads: 8}},
		}},
		{"positions 784", 64, []nn.Layer{{Name: "product", In: []int{0, 0}, Op: &nn.MatMul{Heads: 1, TurnA: true}}}},
	}
	for _, k := range available() {
		for _, c := range cases {
			b.Run(fmt.Sprintf("%s/%s", k.name, c.name), func(b *testing.B) {
				net := &nn.Net{Name: "products", Input: nn.DefaultInput(), Layers: append([]nn.Layer{
					{Name: "stem", In: []int{nn.Picture}, Op: randomConv(3, c.channels, nn.Square(1, 1, 0))},
				}, c.layers...)}
				e, err := Open(net, Options{Threads: 1, Kernel: k.name})
				if err != nil {
					b.Fatal(err)
				}
				defer e.Close()
				canvas, _ := e.NewPicture(side, side)
				obj := nn.Objective{{Layer: "product", Channel: nn.AllChannels, Weight: 1}}
				if _, err := e.Ascend(canvas, obj, nn.Step{Size: 1}); err != nil {
					b.Fatal(err)
				}
				p, err := e.plan(side, side, obj)
				if err != nil {
					b.Fatal(err)
				}
				at := len(net.Layers) - 1
				in := net.Layers[at].In
				work := 2 * float64(net.Layers[at].Op.(*nn.MatMul).MACs([]tensor.Shape{p.graph.node(in[0]).out.shape(), p.graph.node(in[1]).out.shape()}))
				best, peak := quickest{}, 0.0
				for b.Loop() {
					best.run(e, p)
					peak = max(peak, 20000*float64(k.work)/seconds(func() { k.peak(20000) }))
				}
				pace := func(unit string, layer string, back bool, work float64) {
					sum := best.of(layer, back)
					b.ReportMetric(1e3*sum, unit+"ms")
					b.ReportMetric(100*work/sum/peak, unit+"%peak")
				}
				pace("", "product", false, work)
				if len(c.layers) == 1 { // the stem's gradient is the product's two alone
					pace("back-", "stem", true, 2*work)
				}
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}
