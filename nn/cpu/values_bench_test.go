package cpu

import (
	"testing"
	"time"

	"zalgoscope/nn"
)

// BenchmarkValues times single layers of values, forward and as a gradient step, on a map of 96x112x112, beside one that only
// copies: the bytes are those that each must read and write at least.
func BenchmarkValues(b *testing.B) {
	const c, side = 96, 112
	silu, gelu, mish, same := nn.NewUnary(nn.SiLU, 1, 0), nn.NewUnary(nn.Gelu, 1, 0), nn.NewUnary(nn.Mish, 1, 0), nn.NewUnary(nn.Linear, 1, 0)
	norm := func(o nn.Norm) nn.Op {
		o.Centred, o.Eps = true, 1e-6
		o.Scale, o.Shift = nn.Unscaled(c)
		return &o
	}
	for _, v := range []struct {
		name string
		op   nn.Op
	}{
		{"linear", &same}, {"silu", &silu}, {"gelu", &gelu}, {"mish", &mish},
		{"gate", &nn.Binary{Fn: nn.Times}}, {"layer norm", norm(nn.Norm{Groups: 1})}, {"instance norm", norm(nn.Norm{Groups: c, Positions: true})},
		{"global mean", &nn.Pool{Global: true}},
	} {
		net := &nn.Net{Name: "values", Input: nn.Input{Range: 255, Std: [3]float32{60, 60, 60}}}
		w := nn.NewTensor([]int{c, 3, 1, 1})
		for i := range nn.Floats(w) {
			nn.Floats(w)[i] = float32(i%7)/3 - 1
		}
		net.Layers = []nn.Layer{{Name: "map", Op: &nn.Conv{Window: nn.Square(1, 1, 0), Groups: 1, W: w}, In: []int{nn.Picture}}}
		in := []int{0}
		if _, binary := v.op.(*nn.Binary); binary {
			net.Layers = append(net.Layers, nn.Layer{Name: "gate", Op: &nn.Pool{Global: true}, In: in})
			in = []int{0, 1}
		}
		net.Layers = append(net.Layers, nn.Layer{Name: "op", Op: v.op, In: in})
		for _, k := range available() {
			b.Run(v.name+"/"+k.name, func(b *testing.B) {
				e, err := Open(net, Options{Threads: 1, Kernel: k.name})
				if err != nil {
					b.Fatal(err)
				}
				e.apart = true
				defer e.Close()
				canvas, err := e.NewPicture(side, side)
				if err != nil {
					b.Fatal(err)
				}
				obj := nn.Objective{{Layer: "op", Channel: nn.AllChannels, Weight: 1}}
				if _, err := e.Ascend(canvas, obj, nn.Step{Size: 1}); err != nil {
					b.Fatal(err)
				}
				p, err := e.plan(side, side, obj)
				if err != nil {
					b.Fatal(err)
				}
				me := e.workers.all[0]
				for _, s := range p.stages {
					for _, t := range s.tasks {
						forward, back := t.layer == "op" && !t.back, t.layer == "map" && t.back
						if !forward && !back {
							continue
						}
						best := time.Hour // of many, for a machine with other work
						for range 100 {
							start := time.Now()
							for i := range s.items {
								if s.items[i].task == t {
									s.run(me, i)
								}
							}
							best = min(best, time.Since(start))
						}
						bytes, name := 2*4*c*side*side, "GB/s-forward"
						if back {
							bytes, name = 3*4*c*side*side, "GB/s-back"
						}
						b.ReportMetric(float64(bytes)/float64(best.Nanoseconds()), name)
					}
				}
			})
		}
	}
}
