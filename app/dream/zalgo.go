package dream

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// chain is what the knob zalgo turns up, by the depth of a layer in the net's trunk. An
// amount grows from the kind's own rest to full at the end of the scale, and begins where
// the knob stands at from.
var chain = []struct {
	depth     float64
	kind      string
	rest      float64 // the amount that changes nothing
	full      float64
	from      float64
	channels  string
	seed      uint32
	wetFollow bool // the share of the effect grows instead of the amount
}{
	{depth: 0.15, kind: "sharpen", full: 3, from: 0},
	{depth: 0.3, kind: "rotate", full: 70, from: 1, channels: "random:0.5", seed: 1},
	{depth: 0.45, kind: "cross-wire", full: 1, from: 2, seed: 2},
	{depth: 0.6, kind: "feedback", full: 0.9, from: 3},
	{depth: 0.75, kind: "fold", full: 0.5, from: 4, wetFollow: true},
	{depth: 0.45, kind: "drift", full: 2, from: 5, seed: 3},
	{depth: 0.3, kind: "scale", rest: 1, full: 2, from: 6, channels: "random:0.5", seed: 4},
	{depth: 0.75, kind: "invert", full: 1, from: 7, wetFollow: true, channels: "random:0.6", seed: 5},
}

// Zalgo is the chain of bends at a place of the knob, 0 to 11. It has the same bends in
// the same order at every place but 0, so that turning the knob only turns amounts.
func Zalgo(net *nn.Net, level float64) []bend.Spec {
	return zalgo(Bendable(net), level)
}

// zalgo is the chain over these layers.
func zalgo(trunk []string, level float64) []bend.Spec {
	if level <= 0 || len(trunk) == 0 {
		return nil
	}
	specs := make([]bend.Spec, len(chain))
	for i, c := range chain {
		t := min(max((level-c.from)/(11-c.from), 0), 1)
		s := bend.Spec{
			Layer: at(trunk, c.depth), Kind: c.kind, Channels: c.channels, Seed: c.seed,
			Amount: c.rest + t*(c.full-c.rest), Wet: 1,
		}
		if c.wetFollow {
			s.Amount, s.Wet = c.full, t
		}
		specs[i] = s
	}
	return specs
}

// Bendable names the layers of the net's trunk that a text of bends can name.
func Bendable(net *nn.Net) []string {
	return slices.DeleteFunc(Trunk(net), func(name string) bool {
		s, err := bend.Make(name, "gain")
		return err != nil || bend.Check(net, []bend.Spec{s}) != nil
	})
}

// at is the name at a share of the way along a list.
func at(names []string, share float64) string {
	return names[int(math.Round(share*float64(len(names)-1)))]
}

// ShortCircuit is a random bend at a random layer, the same for the same seed. It fails where
// the net has no layer that can be bent.
func ShortCircuit(net *nn.Net, seed uint64) (bend.Spec, error) {
	rng := rand.New(rand.NewPCG(seed, 3))
	trunk := Bendable(net)
	if len(trunk) == 0 {
		return bend.Spec{}, fmt.Errorf("dream: no layer of net %q has a name that can be bent", net.Name)
	}
	for {
		k := &bend.Kinds[rng.IntN(len(bend.Kinds))]
		s := bend.Spec{Layer: trunk[rng.IntN(len(trunk))], Kind: k.Name, Wet: 1, Seed: uint32(rng.IntN(1 << 16))}
		s.Channels = []string{"", "random:0.5", "random:0.25", "random:0.75"}[rng.IntN(4)]
		// Most amounts are around the default, some anywhere.
		s.Amount = k.Default * (0.5 + rng.Float64())
		if rng.IntN(3) == 0 {
			s.Amount = k.Min + (k.Max-k.Min)*rng.Float64()
		}
		s.Amount = k.Clamp(math.Round(s.Amount*100) / 100)
		if bend.Check(net, []bend.Spec{s}) == nil {
			return s, nil
		}
	}
}
