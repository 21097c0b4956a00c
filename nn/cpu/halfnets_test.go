package cpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// netMaker makes nets of random layers with random weights.
type netMaker struct {
	*rand.Rand
	net      *nn.Net
	pictures [2]tensor.Shape // that it is for, and that every net is to take
	shapes   [2][]tensor.Shape
}

// anyNet is the net of a seed and the size of a picture for it.
func anyNet(seed uint64) (net *nn.Net, w, h int) {
	m := &netMaker{Rand: rand.New(rand.NewPCG(seed, 9)), net: &nn.Net{Name: fmt.Sprint("net ", seed), Input: nn.DefaultInput()}}
	w, h = 3+m.IntN(14), 3+m.IntN(9)
	wide, high := m.net.Size()
	m.pictures = [2]tensor.Shape{{3, h, w}, {3, high, wide}}
	at := m.add(m.conv(3, m.channels(), 1, nn.Square(3, 1+m.IntN(2), 1)), nn.Picture)
	for range 3 + m.IntN(7) {
		in := max(at-m.IntN(4)*m.IntN(2), 0)
		at = m.layer(in)
	}
	return m.net, w, h
}

// add adds a layer, if its operation fits what it reads and the models compute it soon, and gives the last one's number.
func (m *netMaker) add(op nn.Op, in ...int) int {
	for i := range m.shapes {
		read := make([]tensor.Shape, len(in))
		for k, j := range in {
			if read[k] = m.pictures[i]; j != nn.Picture {
				read[k] = m.shapes[i][j]
			}
		}
		s, err := op.Shape(read)
		if err != nil || i == 0 && op.MACs(read) > 1<<19 {
			m.shapes[0] = m.shapes[0][:len(m.net.Layers)]
			return len(m.net.Layers) - 1
		}
		m.shapes[i] = append(m.shapes[i], s)
	}
	m.net.Layers = append(m.net.Layers, nn.Layer{Name: fmt.Sprint("layer", len(m.net.Layers)), In: in, Op: op})
	return len(m.net.Layers) - 1
}

// alike tells whether two layers' maps are of one size.
func (m *netMaker) alike(a, b int) bool {
	for _, s := range m.shapes {
		if s[a][1] != s[b][1] || s[a][2] != s[b][2] {
			return false
		}
	}
	return true
}

// channels is one number of channels of many kinds.
func (m *netMaker) channels() int {
	return []int{1 + m.IntN(40), 16 * (1 + m.IntN(3)), 2 * (1 + m.IntN(20))}[m.IntN(3)]
}

// window is a kernel's on a map, often with its middle on each cell.
func (m *netMaker) window() nn.Window {
	k := []int{1, 3, 3, 5, 2, 4, 7}[m.IntN(7)]
	w := nn.Square(k, 1, k/2)
	switch m.IntN(6) {
	case 0:
		w.Stride = [2]int{2, 2}
	case 1:
		w.Stride = [2]int{1 + m.IntN(3), 1 + m.IntN(3)}
		w.Pad = [4]int{m.IntN(k + 1), m.IntN(k + 1), m.IntN(k + 1), m.IntN(k + 1)}
	case 2:
		w.Dilation = [2]int{1 + m.IntN(2), 1 + m.IntN(3)}
	}
	return w
}

// conv is a convolution that keeps the spread of what it reads.
func (m *netMaker) conv(in, out, groups int, win nn.Window) *nn.Conv {
	o := &nn.Conv{Window: win, Groups: groups, Bias: make([]float32, out)}
	o.W = nn.NewTensor(tensor.Shape{out, in / groups, o.Window.Kernel[0], o.Window.Kernel[1]})
	spread := math.Sqrt(2 / float64(in/groups*o.Window.Kernel[0]*o.Window.Kernel[1]))
	for i := range nn.Floats(o.W) {
		nn.Floats(o.W)[i] = float32(spread * m.NormFloat64())
	}
	for i := range o.Bias {
		o.Bias[i] = float32(0.1 * m.NormFloat64())
	}
	return o
}

// layer adds one or a few that read layer in.
func (m *netMaker) layer(in int) int {
	c := m.shapes[0][in][0]
	like := func() int { // the last layer of the same size, perhaps the same one
		for j := len(m.net.Layers) - 1; j >= 0; j-- {
			if j != in && m.alike(in, j) && m.IntN(3) > 0 {
				return j
			}
		}
		return in
	}
	switch m.IntN(18) {
	case 0, 1, 2, 3:
		return m.add(m.conv(c, m.channels(), 1, m.window()), in)
	case 4:
		return m.add(&nn.ReLU{Slope: 0.1}, m.add(m.conv(c, m.channels(), 1, m.window()), in))
	case 5, 6:
		return m.add(&nn.ReLU{}, m.add(m.conv(c, m.channels(), 1, m.window()), in))
	case 7:
		return m.add(&nn.Clip{Min: -0.5, Max: 0.7}, in)
	case 8:
		return m.add(m.conv(c, c, c, m.window()), in)
	case 9:
		return m.add(&nn.LRN{Size: 5, Alpha: 0.3, Beta: 0.75, K: 1}, in)
	case 10:
		return m.add(&nn.Pool{Window: m.window(), Max: m.IntN(4) > 0}, in)
	case 11, 12:
		return m.add(&nn.Concat{}, in, like(), like())
	case 13:
		return m.add(&nn.Add{}, in, m.add(m.conv(c, c, 1, nn.Square(3, 1, 1)), in))
	case 14:
		for _, groups := range []int{4, 3, 2} {
			if c%groups == 0 {
				return m.add(m.conv(c, groups*(1+m.IntN(20)), groups, m.window()), in)
			}
		}
		return in
	case 15:
		o := m.conv(m.channels(), c, 1, m.window()) // which leads back
		o.Bias = nil
		return m.add(&nn.ConvTranspose{Conv: *o}, in)
	case 16:
		scale, shift := nn.Unscaled(c)
		return m.add(&nn.Norm{Groups: 1, Scale: scale, Shift: shift, Eps: 1e-5, Centred: true}, in)
	}
	u := nn.NewUnary([]nn.UnaryFn{nn.SiLU, nn.Gelu, nn.HardSwish, nn.Sigmoid}[m.IntN(4)], 1, 0.5)
	return m.add(&u, in)
}

// runs is the values and the picture's gradient of a layer by kernels.
func runs(t *testing.T, net *nn.Net, k *kernels, threads int, x *tensor.Dense, layer string) [2]*tensor.Dense {
	t.Helper()
	if !slices.ContainsFunc(net.Layers, func(l nn.Layer) bool { return halvable(l.Op) }) {
		k = k.former()
	}
	e := &Engine{net: net, opened: net, k: k, workers: newWorkers(threads), packs: newPacks(k)}
	defer e.Close()
	y, err := e.Activation(x, layer)
	if err != nil {
		t.Fatal(err)
	}
	dx, _, err := e.Gradient(x, nn.Objective{{Layer: layer, Channel: nn.AllChannels, Weight: 1}})
	if err != nil {
		t.Fatal(err)
	}
	return [2]*tensor.Dense{y, dx}
}

// inGo is the model of kernels of bfloat16, with the kernels' own where plain Go sums floats in another order: transforms to points and back,
// normalisations and functions.
func inGo(k *kernels) *kernels {
	m := modelOf(k)
	half := *m.half
	half.winograd, half.bendHalves = k.half.winograd, k.half.bendHalves
	own := m.halved(m.name, &half)
	own.winograd, own.benders = k.winograd, k.benders
	own.lrn, own.lrnGradient, own.lrn5, own.lrn5Gradient = k.lrn, k.lrnGradient, k.lrn5, k.lrn5Gradient
	own.channelSums, own.channelSquares, own.channelDots = k.channelSums, k.channelSquares, k.channelDots
	own.normaliseRow, own.normaliseGradientRow = k.normaliseRow, k.normaliseGradientRow
	return own
}

// FuzzHalfNets wants random nets to be in bfloat16 what the models of the kernels make of them, bit for bit, by any number of threads.
func FuzzHalfNets(f *testing.F) {
	if len(halvers()) == 0 {
		f.Skip("needs a processor with AVX512_BF16 or FEAT_BF16")
	}
	for _, seed := range []uint64{0, 1, 2, 3, 4, 6, 7, 8, 21, 39} { // in 1, 6 and 8 convolutions of floats show, in 21 and 39 what is coupled
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		net, w, h := anyNet(seed)
		x, last := enginetest.Input(w, h), net.Layers[len(net.Layers)-1].Name
		for _, k := range halvers() {
			got, want := runs(t, net, k, 1+int(seed%2), x, last), runs(t, net, inGo(k), 2, x, last)
			for i, what := range []string{"values", "picture's gradient"} {
				if d := enginetest.Error(got[i], want[i]); d != 0 {
					t.Errorf("%s: the %s at %dx%d differ by %.2g (relative L2) from the model's", k.name, what, w, h, d)
				}
			}
			if !t.Failed() {
				continue
			}
			shapes, _ := net.Shapes(w, h)
			for i, l := range net.Layers {
				t.Logf("%s: %s of %v, %v", l.Name, l.Op.Kind(), l.In, shapes[i])
			}
			break
		}
	})
}
