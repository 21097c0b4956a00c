package bend

import (
	"math"

	"zalgoscope/nn"
)

// weightDraft is a convolution's weights under a bend: those of some output channels.
type weightDraft struct {
	draft
	w    []float32 // of one output channel, to be changed
	at   uint32    // number of its first weight in the layer
	kh   int
	kw   int
	size float32 // root mean square of the layer's weights
}

// struck visits the amount's share of the weights, each with its own random number.
func (d weightDraft) struck(visit func(i int, random uint32)) {
	first := Hash(d.seed) + d.at
	for i := range d.w {
		if r := Hash(first + uint32(i)); float64(r>>8)/(1<<24) < float64(d.amount) {
			visit(i, r)
		}
	}
}

func turnSigns(d weightDraft) {
	d.struck(func(i int, _ uint32) { d.w[i] = -d.w[i] })
}

// turnBits turns one of the bits that tell: the sign, the exponent's lower two, which change a
// weight's size by at most 2^3, so that it stays a number, or the mantissa's upper three.
func turnBits(d weightDraft) {
	d.struck(func(i int, random uint32) {
		bit := 20 + Hash(random)%6
		if bit == 25 {
			bit = 31
		}
		if v := math.Float32frombits(math.Float32bits(d.w[i]) ^ 1<<bit); v-v == 0 {
			d.w[i] = v
		}
	})
}

func addNoise(d weightDraft) {
	key := Hash(d.seed) + d.at
	for i := range d.w {
		d.w[i] += d.amount * d.size * Draw(key, i)
	}
}

func cut(d weightDraft) {
	d.struck(func(i int, _ uint32) { d.w[i] = 0 })
}

// turnKernels turns each kernel about its middle.
func turnKernels(d weightDraft) {
	area := d.kh * d.kw
	k := Map{len(d.w) / area, d.kh, d.kw, d.w}
	turned := k.like()
	Resample{M: rotation(float64(d.amount))}.Forward(turned, k, Moment{})
	copy(d.w, turned.V)
}

// damaged is a convolution whose weights are bent: a copy beside the clean one.
type damaged struct {
	clean, bent *nn.Conv
	bends       []weightBend // in order
}

// weightBend is a bend's part in one convolution, whose outputs are channels
// first.. of the bent layer.
type weightBend struct {
	bend  int // among the rack's
	first int
}

func newDamaged(clean *nn.Conv) *damaged {
	bent := *clean
	bent.W = nn.TensorOf(append([]float32(nil), nn.Floats(clean.W)...), clean.W.Shape()...)
	return &damaged{clean: clean, bent: &bent}
}

// apply computes the bent weights anew.
func (d *damaged) apply(bends []*Op) {
	w, s := nn.Floats(d.bent.W), d.bent.W.Shape()
	copy(w, nn.Floats(d.clean.W))
	sum := 0.0
	for _, v := range w {
		sum += float64(v) * float64(v)
	}
	size := float32(math.Sqrt(sum / float64(len(w))))
	per := len(w) / s[0]
	part := make([]float32, per)
	for _, b := range d.bends {
		op := bends[b.bend]
		k, _ := Find(op.Spec.Kind) // checked when the rack was made
		for c := range s[0] {
			wet := op.Wet[b.first+c]
			if wet == 0 {
				continue
			}
			own := w[c*per:][:per]
			copy(part, own)
			k.weights(weightDraft{
				draft: draft{amount: float32(op.Spec.Amount), seed: op.Spec.Seed},
				w:     part, at: uint32((b.first + c) * per), kh: s[2], kw: s[3], size: size,
			})
			for i, v := range part {
				own[i] += wet * (v - own[i])
			}
		}
	}
	d.bent.Edition++
}
