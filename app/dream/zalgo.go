package dream

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// chain is what the knob zalgo turns up, by the depth of a layer in the net's trunk. A bend begins
// where the knob stands at from and is full at till; in between its amount grows from the kind's own
// rest, or where wet is set the share of the effect grows to that.
//
// Sharpened maps want spots apart from each other, which are eyes; the sign of the gradient lets
// every place want as much as the strongest, so that they fill the picture; edges of one direction
// grow to teeth, and what is turned against its sign melts what is left. How many channels are fed from
// others is a knob of its own: were it all of them, as it once was, layers just above would see eyes in everything. All
// of it sits in the middle of the net, where maps are small and cost little.
var chain = []struct {
	depth      float64
	kind       string
	rest       float64 // the amount that changes nothing
	full       float64
	from, till float64
	channels   string
	seed       uint32
	wet        float64
}{
	{depth: 0.25, kind: "sobel", full: 90, wet: 0.5, from: 7, till: 11, channels: "random:0.5", seed: 1},
	{depth: 0.375, kind: "sharpen", full: 3, from: 1, till: 9},
	{depth: 0.5, kind: "rotate", full: 90, from: 4, till: 10, channels: "random:0.3", seed: 1},
	{depth: 0.5, kind: "sharpen", full: 2, from: 0, till: 8},
	{depth: 0.625, kind: "cross-wire", full: 0.7, from: 4, till: 11, seed: 2},
	{depth: 0.75, kind: "gradient-sign", full: 0.8, from: 3, till: 9},
}

// zalgo is the chain of bends over the layers of a trunk, at a place of the knob, 0 to 11. It has the same bends in
// the same order at every place but 0, so that turning the knob only turns amounts. Of the layer that is cross-wired the
// share feed of the channels is fed from others.
func zalgo(trunk []string, level, feed float64) []bend.Spec {
	if level <= 0 || len(trunk) == 0 {
		return nil
	}
	specs := make([]bend.Spec, len(chain))
	for i, c := range chain {
		t := min(max((level-c.from)/(c.till-c.from), 0), 1)
		s := bend.Spec{
			Layer: at(trunk, c.depth), Kind: c.kind, Channels: c.channels, Seed: c.seed,
			Amount: c.rest + t*(c.full-c.rest), Wet: 1,
		}
		if c.kind == "cross-wire" && feed < 1 {
			s.Channels = fmt.Sprintf("random:%.4g", feed)
		}
		if c.wet > 0 {
			s.Amount, s.Wet = c.full, t*c.wet
		}
		specs[i] = s
	}
	return specs
}

// Bendable names the layers of the net's trunk that a text of bends can name.
func Bendable(net *nn.Net) []string {
	return slices.DeleteFunc(net.Trunk(), func(name string) bool {
		s, err := bend.Make(name, "gain")
		return err != nil || bend.Check(net, []bend.Spec{s}) != nil
	})
}

// CheckBends reports bends that the net cannot have, and modulators that are none.
func CheckBends(net *nn.Net, bends, mods string) error {
	specs, err := bend.Parse(bends)
	if err != nil {
		return err
	}
	if err := bend.Check(net, specs); err != nil {
		return err
	}
	_, err = ParseModulators(mods)
	return err
}

// at is the name at a share of the way along a list.
func at(names []string, share float64) string {
	return names[int(math.Round(share*float64(len(names)-1)))]
}

// ShortCircuit is a random bend that changes something at a random layer, the same for the same seed. It fails where
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
		if !k.Idle(net, s.Layer) && bend.Check(net, []bend.Spec{s}) == nil {
			return s, nil
		}
	}
}

// dusk is the tone that a dream of tone t sinks to with the knob: dark, of the colour of embers, with
// more contrast the darker it is.
func dusk(t nn.Tone, level float64) nn.Tone {
	f := float32(level / 11)
	t.Mean[0] -= f * max(t.Mean[0]-60, 0)
	t.Mean[1] += f * (25 - t.Mean[1])
	t.Mean[2] += f * (25 - t.Mean[2])
	t.Spread[0] += f * max(65-t.Spread[0], 0)
	return t
}

// sink takes a dream that the knob is turned up for towards its dusk, a little with each step of
// its frame, so that one picture of many steps gets as dark as many of few do.
func (d *Dream) sink(s Settings) error {
	if s.Zalgo <= 0 {
		return nil
	}
	share := 1 - math.Pow(1-0.14*s.Zalgo/11, s.Steps)
	return d.engine.Hold(d.frame, dusk(d.tone, s.Zalgo), float32(share))
}
