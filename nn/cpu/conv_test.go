package cpu

import (
	"fmt"
	"math"
	"testing"
	"time"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// convLayer is a convolution of GoogLeNet's kind on a map.
type convLayer struct{ in, out, kernel, stride, w, h int }

var convLayers = []convLayer{
	{3, 64, 7, 2, 224, 224},
	{64, 64, 1, 1, 56, 56},
	{64, 192, 3, 1, 56, 56},
	{192, 64, 3, 1, 56, 56},
	{96, 128, 3, 1, 28, 28},
	{128, 192, 3, 1, 28, 28},
	{32, 96, 5, 1, 28, 28},
	{480, 192, 1, 1, 14, 14},
	{512, 128, 1, 1, 14, 14},
	{112, 224, 3, 1, 14, 14},
	{96, 208, 3, 1, 14, 14},
	{64, 192, 3, 1, 238, 140},
	{16, 16, 3, 1, 56, 56},
	{32, 32, 3, 1, 28, 28},
}

// net reads the picture by way of a thin layer, so that the convolution measured
// reads a map like any other; the first layer of a net reads the picture itself.
func (l convLayer) net() *nn.Net {
	win := nn.Square(l.kernel, l.stride, l.kernel/2)
	net := &nn.Net{Name: "conv", Input: nn.DefaultInput()}
	in := nn.Picture
	if l.in != 3 {
		in = 0
		net.Layers = append(net.Layers, nn.Layer{Name: "spread", In: []int{nn.Picture}, Op: randomConv(3, l.in, nn.Square(1, 1, 0))})
	}
	net.Layers = append(net.Layers,
		nn.Layer{Name: "conv", In: []int{in}, Op: randomConv(l.in, l.out, win)},
		nn.Layer{Name: "relu", In: []int{in + 1}, Op: &nn.ReLU{}})
	return net
}

func randomConv(in, out int, win nn.Window) *nn.Conv {
	w := nn.NewTensor(tensor.Shape{out, in, win.Kernel[0], win.Kernel[1]})
	for i := range nn.Floats(w) {
		nn.Floats(w)[i] = float32(i%13-6) / 64
	}
	return &nn.Conv{Window: win, Groups: 1, W: w, Bias: make([]float32, out)}
}

// BenchmarkConv measures single layers, forward and backward, on one thread,
// beside the peak of that thread; the useful operations of winograd layers can
// exceed it. The best of many runs of each piece of work
// counts, for the machine may have other work.
func BenchmarkConv(b *testing.B) {
	for _, k := range available() {
		if k == portable {
			continue
		}
		for _, l := range convLayers {
			for _, back := range []bool{false, true} {
				name := fmt.Sprintf("%s/%d-%d_%dx%d@%dx%d/%s", k.name, l.in, l.out, l.kernel, l.kernel, l.w, l.h, direction(back))
				b.Run(name, func(b *testing.B) { benchmarkConv(b, k, l, back) })
			}
		}
	}
}

func direction(back bool) string {
	if back {
		return "backward"
	}
	return "forward"
}

func benchmarkConv(b *testing.B, k *kernels, l convLayer, back bool) {
	e, err := Open(l.net(), Options{Threads: 1, Kernel: k.name})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	c, _ := e.NewPicture(l.w, l.h)
	obj := nn.Objective{{Layer: "relu", Channel: nn.AllChannels, Weight: 1}}
	if _, err := e.Ascend(c, obj, nn.Step{Size: 1}); err != nil {
		b.Fatal(err)
	}
	p, err := e.plan(l.w, l.h, obj)
	if err != nil {
		b.Fatal(err)
	}
	if err := e.execute(p); err != nil {
		b.Fatal(err)
	}
	t, s := p.find(l, back)
	best, peak := make([]float64, len(s.items)), 0.0 // seconds of each item; operations a second
	for i := range best {
		best[i] = math.Inf(1)
	}
	for b.Loop() {
		for range 20 {
			for i := range s.items {
				if s.items[i].task == t {
					best[i] = min(best[i], seconds(func() { s.run(e.workers.all[0], i) }))
				}
			}
			peak = max(peak, 20000*float64(k.work)/seconds(func() { k.peak(20000) }))
		}
	}
	sum := 0.0
	for _, v := range best {
		if !math.IsInf(v, 1) {
			sum += v
		}
	}
	flops := float64(2*t.macs) / sum
	b.ReportMetric(flops/1e9, "GFLOP/s")
	b.ReportMetric(peak/1e9, "peak-GFLOP/s")
	b.ReportMetric(100*flops/peak, "%peak")
	b.ReportMetric(0, "ns/op")
}

// find is the task that holds the layer's convolution in one direction, and its stage.
func (p *plan) find(l convLayer, back bool) (*task, *stage) {
	for i := range p.stages {
		for _, t := range p.stages[i].tasks {
			reads := t.layer == "spread" || l.in == 3 && t.layer == "picture" // whose gradient the layer's transpose computes
			if t.macs > 0 && t.back == back && (back && reads || !back && t.layer == "conv") {
				return t, &p.stages[i]
			}
		}
	}
	panic("no such task")
}

func seconds(f func()) float64 {
	start := time.Now()
	f()
	return time.Since(start).Seconds()
}
