package bend

import (
	"fmt"
	"math"
	"reflect"
	"slices"

	"zalgoscope/nn"
)

// Kind is one row of the table of bends.
type Kind struct {
	Name    string
	Group   string // "level", "time", "channels", "space", "weights" or "gradient"
	Unit    string // of the amount, one of the units below
	Min     float64
	Max     float64
	Default float64
	Exact   bool // the way back is the derivative; else it is a straight line through
	Help    string

	signed  bool // it does nothing to values that have no sign
	effect  func(draft) Effect
	weights func(weightDraft) // for bends of weights, which have no effect
}

// The units of amounts.
const (
	Factor = ""      // a bare number
	Level  = "level" // times the layer's usual level (Profile.Level)
	Share  = "share" // of channels, weights, or the map's width or height
	Mix    = "mix"   // of the whole effect, as Spec.Wet; above 1 beyond it, away from what came in
	Degree = "°"
	Steps  = "steps" // gradient steps, whole
)

// Kinds is the one table of bends.
var Kinds = []Kind{
	{Name: "gain", Group: "level", Min: -8, Max: 8, Default: 2, Exact: true,
		Help:   "multiply what fires, against its sign below zero",
		effect: func(d draft) Effect { return pointwise(nn.Linear, d.amount, 0) }},
	{Name: "offset", Group: "level", Unit: Level, Min: -8, Max: 8, Default: 1, Exact: true,
		Help:   "add the same everywhere",
		effect: func(d draft) Effect { return pointwise(nn.Linear, 1, d.level()) }},
	{Name: "invert", Group: "level", Unit: Level, Min: -8, Max: 8, Default: 1, Exact: true,
		Help:   "what fires falls silent and what is silent fires at the amount",
		effect: func(d draft) Effect { return pointwise(nn.Linear, -1, d.level()) }},
	{Name: "ablate", Group: "level", Unit: Mix, Max: 1, Default: 1, Exact: true,
		Help:   "silence",
		effect: func(d draft) Effect { return pointwise(nn.Linear, 0, 0) }},
	{Name: "soft-threshold", Group: "level", Unit: Level, Max: 8, Default: 1, Exact: true,
		Help:   "move everything towards zero, what is weak to zero",
		effect: func(d draft) Effect { return pointwise(nn.Soft, d.level(), 0) }},
	{Name: "threshold", Group: "level", Unit: Level, Max: 8, Default: 2, Exact: true,
		Help:   "silence what is weak, leave what is strong",
		effect: func(d draft) Effect { return pointwise(nn.Hard, d.level(), 0) }},
	{Name: "binary", Group: "level", Unit: Level, Min: -8, Max: 8, Default: 1,
		Help:   "the usual level above the amount, nothing below",
		effect: func(d draft) Effect { return pointwise(nn.Switch, d.level(), d.unit) }},
	{Name: "clamp", Group: "level", Unit: Level, Max: 8, Default: 0.7, Exact: true,
		Help:   "cut off what is strong",
		effect: func(d draft) Effect { return pointwise(nn.Clamp, d.level(), 0) }},
	{Name: "fold", Group: "level", Unit: Level, Min: 0.05, Max: 8, Default: 0.7, Exact: true,
		Help:   "turn back what is stronger than the amount",
		effect: func(d draft) Effect { return pointwise(nn.Fold, d.level(), 0) }},
	{Name: "wrap", Group: "level", Unit: Level, Min: 0.05, Max: 8, Default: 0.7, Exact: true,
		Help:   "let what is stronger than the amount come in again from below",
		effect: func(d draft) Effect { return pointwise(nn.Turn, d.level(), 0) }},
	{Name: "crush", Group: "level", Unit: Level, Min: 0.05, Max: 8, Default: 5,
		Help:   "round to coarse steps, as few bits do",
		effect: func(d draft) Effect { return pointwise(nn.Crush, d.level(), 0) }},
	{Name: "abs", Group: "level", Unit: Mix, Max: 1, Default: 1, Exact: true, signed: true,
		Help:   "the size without the sign, which a layer has before its ReLU alone",
		effect: func(d draft) Effect { return pointwise(nn.Knee, -1, 0) }},
	{Name: "sine", Group: "level", Min: 0.1, Max: 16, Default: 3, Exact: true,
		Help:   "the sine of what fires, the amount being how fast it turns",
		effect: func(d draft) Effect { return pointwise(nn.Sine, d.amount, d.unit) }},
	{Name: "noise", Group: "level", Unit: Level, Max: 8, Default: 3, Exact: true,
		Help:   "add noise that the seed fixes",
		effect: func(d draft) Effect { return Noise{Level: d.level(), Seed: d.seed} }},
	{Name: "drift", Group: "level", Unit: Level, Max: 8, Default: 3, Exact: true,
		Help:   "add noise that slowly becomes other noise",
		effect: func(d draft) Effect { return Noise{Level: d.level(), Seed: d.seed, Drift: 6} }},
	{Name: "normalise", Group: "level", Unit: Mix, Max: 8, Default: 5, Exact: true,
		Help:   "let every place speak equally loud; above 1 turn round the loudest",
		effect: func(d draft) Effect { return Normalise{d.unit, d.mask(), float32(max(len(d.list()), 1))} }},

	{Name: "sample-hold", Group: "time", Unit: Steps, Min: 1, Max: 64, Default: 16,
		Help:   "look only at every so many steps, repeat that in between",
		effect: func(d draft) Effect { return SampleHold{int64(math.Round(float64(d.amount)))} }},
	{Name: "feedback", Group: "time", Min: -0.95, Max: 0.95, Default: 0.6, Exact: true,
		Help:   "add an echo of the step before",
		effect: func(d draft) Effect { return Feedback{d.amount} }},

	{Name: "shuffle", Group: "channels", Unit: Share, Max: 1, Default: 1, Exact: true,
		Help: "pass channels round in a random order", effect: shuffled},
	{Name: "cross-wire", Group: "channels", Unit: Share, Max: 1, Default: 0.5, Exact: true,
		Help: "feed channels from others, which also stay", effect: crossed},
	{Name: "roll", Group: "channels", Unit: Share, Min: -1, Max: 1, Default: 0.25, Exact: true,
		Help: "move all channels on", effect: rolled},

	{Name: "translate-x", Group: "space", Unit: Share, Min: -1, Max: 1, Default: 0.25, Exact: true,
		Help:   "move the map to the right",
		effect: func(d draft) Effect { return Resample{unmoved, [2]float64{-float64(d.amount), 0}} }},
	{Name: "translate-y", Group: "space", Unit: Share, Min: -1, Max: 1, Default: 0.4, Exact: true,
		Help:   "move the map down",
		effect: func(d draft) Effect { return Resample{unmoved, [2]float64{0, -float64(d.amount)}} }},
	{Name: "rotate", Group: "space", Unit: Degree, Min: -180, Max: 180, Default: 60, Exact: true,
		Help:   "turn the map clockwise",
		effect: func(d draft) Effect { return Resample{M: rotation(float64(d.amount))} }},
	{Name: "scale", Group: "space", Min: 0.25, Max: 4, Default: 1.5, Exact: true,
		Help: "magnify the map",
		effect: func(d draft) Effect {
			f := 1 / float64(d.amount)
			return Resample{M: [4]float64{f, 0, 0, f}}
		}},
	{Name: "flip-h", Group: "space", Unit: Mix, Max: 1, Default: 1, Exact: true,
		Help:   "mirror the map left for right",
		effect: func(draft) Effect { return Resample{M: [4]float64{-1, 0, 0, 1}} }},
	{Name: "flip-v", Group: "space", Unit: Mix, Max: 1, Default: 1, Exact: true,
		Help:   "mirror the map top for bottom",
		effect: func(draft) Effect { return Resample{M: [4]float64{1, 0, 0, -1}} }},
	{Name: "shear", Group: "space", Min: -2, Max: 2, Default: 1.5, Exact: true,
		Help:   "slant the map",
		effect: func(d draft) Effect { return Resample{M: [4]float64{1, float64(d.amount), 0, 1}} }},
	{Name: "erode", Group: "space", Unit: Mix, Max: 1, Default: 1, Exact: true,
		Help:   "the weakest of each place's neighbours",
		effect: func(draft) Effect { return Morph{} }},
	{Name: "dilate", Group: "space", Unit: Mix, Max: 1, Default: 1, Exact: true,
		Help:   "the strongest of each place's neighbours",
		effect: func(draft) Effect { return Morph{Max: true} }},
	{Name: "blur", Group: "space", Unit: Mix, Max: 8, Default: 2, Exact: true,
		Help:   "soften the map; above 1 turn round what is fine in it",
		effect: func(draft) Effect { return binomial }},
	{Name: "sharpen", Group: "space", Max: 8, Default: 2, Exact: true,
		Help:   "exaggerate what differs from its neighbours",
		effect: func(d draft) Effect { return mixed(1+d.amount, identity, -d.amount, binomial) }},
	{Name: "sobel", Group: "space", Unit: Degree, Min: -180, Max: 180, Default: 45, Exact: true,
		Help:   "only the edges that rise in a direction",
		effect: func(d draft) Effect { return sobel(float64(d.amount)) }},

	{Name: "weight-sign", Group: "weights", Unit: Share, Max: 1, Default: 0.2, Exact: true,
		Help: "turn the sign of weights", weights: turnSigns},
	{Name: "weight-bits", Group: "weights", Unit: Share, Max: 1, Default: 0.6, Exact: true,
		Help: "turn one bit of weights", weights: turnBits},
	{Name: "weight-noise", Group: "weights", Unit: Level, Max: 8, Default: 2, Exact: true,
		Help: "add noise to the weights, times their usual size", weights: addNoise},
	{Name: "weight-rotate", Group: "weights", Unit: Degree, Min: -180, Max: 180, Default: 90, Exact: true,
		Help: "turn the kernels", weights: turnKernels},
	{Name: "weight-zero", Group: "weights", Unit: Share, Max: 1, Default: 0.4, Exact: true,
		Help: "cut connections", weights: cut},

	{Name: "gradient-sign", Group: "gradient", Unit: Mix, Max: 8, Default: 2,
		Help:   "every wish equally strong; above 1 turn round the strongest",
		effect: func(d draft) Effect { return GradientSign{len(d.list())} }},
	{Name: "gradient-blur", Group: "gradient", Unit: Mix, Max: 8, Default: 4,
		Help:   "soften the gradient; above 1 turn round what is fine in it",
		effect: func(draft) Effect { return GradientStencil{binomial} }},
	{Name: "gradient-mirror", Group: "gradient", Unit: Mix, Max: 1, Default: 1,
		Help:   "change the other side of the picture",
		effect: func(draft) Effect { return GradientMirror{} }},
	{Name: "gradient-quantise", Group: "gradient", Min: 0.1, Max: 16, Default: 6,
		Help:   "round the gradient to multiples of the amount times its mean size",
		effect: func(d draft) Effect { return GradientQuantise{len(d.list()), d.amount} }},
	{Name: "gradient-orthogonal", Group: "gradient", Max: 8, Default: 4,
		Help:   "never go the same way twice running; above 1 turn back from it",
		effect: func(d draft) Effect { return GradientOrthogonal{d.amount} }},
}

// Find gives the table's row of that name.
func Find(name string) (*Kind, error) {
	for i := range Kinds {
		if Kinds[i].Name == name {
			return &Kinds[i], nil
		}
	}
	near := slices.MinFunc(Kinds, func(a, b Kind) int { return edits(a.Name, name) - edits(b.Name, name) })
	return nil, fmt.Errorf("bend: there is no kind %q; did you mean %q? `zalgoscope bends` lists them", name, near.Name)
}

// edits is how many letters must be put in, taken out, changed or swapped with the next to make b
// of a (optimal string alignment).
func edits(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
		for j := range len(b) {
			switch {
			case i == 0:
				rows[0][j+1] = j + 1
			default:
				change := rows[i-1][j]
				if a[i-1] != b[j] {
					change++
				}
				rows[i][j+1] = min(change, rows[i-1][j+1]+1, rows[i][j]+1)
				if i > 1 && j > 0 && a[i-1] == b[j-1] && a[i-2] == b[j] {
					rows[i][j+1] = min(rows[i][j+1], rows[i-2][j-1]+1)
				}
			}
		}
	}
	return rows[len(a)][len(b)]
}

// Clamp brings an amount into the kind's range, a whole one where it must be.
func (k *Kind) Clamp(v float64) float64 {
	if k.Unit == Steps {
		v = math.Round(v)
	}
	return min(max(v, k.Min), k.Max)
}

// OfWeights tells whether the kind bends weights.
func (k *Kind) OfWeights() bool { return k.weights != nil }

// Idle tells whether the kind can change nothing at a layer of the net, whose values all are what
// ReLUs have passed.
func (k *Kind) Idle(net *nn.Net, layer string) bool {
	l, err := net.Find(layer)
	return err == nil && k.signed && unsigned(net, l)
}

// unsigned tells whether a layer's values are never below zero.
func unsigned(net *nn.Net, l int) bool {
	if l == nn.Picture {
		return false
	}
	switch op := net.Layers[l].Op.(type) {
	case *nn.Softmax:
		return true
	case *nn.ReLU:
		if op.Slope == 0 {
			return true
		}
	case *nn.Clip:
		if op.Min >= 0 {
			return true
		}
	case *nn.Pool, *nn.LRN, *nn.Concat, *nn.Add:
	case *nn.Binary:
		if op.Fn == nn.Minus {
			return false
		}
	default:
		return false
	}
	return !slices.ContainsFunc(net.Layers[l].In, func(i int) bool { return !unsigned(net, i) })
}

// draft is what an effect is made from.
type draft struct {
	amount float32
	unit   float32 // the layer's usual level
	seed   uint32
	chosen []bool // of each channel
}

func (d draft) level() float32 { return d.amount * d.unit }

// list is the chosen channels.
func (d draft) list() (list []int) {
	for c, yes := range d.chosen {
		if yes {
			list = append(list, c)
		}
	}
	return list
}

// share is the amount's share of a list.
func (d draft) share(list []int) []int {
	return list[:int(math.Ceil(float64(d.amount)*float64(len(list))))]
}

func (d draft) mask() []float32 {
	mask := make([]float32, len(d.chosen))
	for _, c := range d.list() {
		mask[c] = 1
	}
	return mask
}

// Effects has one of each effect that the table makes: one of each function of single values.
func Effects() (all []Effect) {
	seen := map[any]bool{}
	for _, k := range Kinds {
		if k.effect == nil {
			continue
		}
		e := k.effect(draft{amount: float32(k.Default), unit: 1, chosen: []bool{true}})
		what := any(reflect.TypeOf(e))
		if p, ok := e.(Pointwise); ok {
			what = p.Fn
		}
		if !seen[what] {
			seen[what] = true
			all = append(all, e)
		}
	}
	return all
}

// Groups lists the groups of kinds in the table's order.
func Groups() (groups []string) {
	for i := range Kinds {
		if !slices.Contains(groups, Kinds[i].Group) {
			groups = append(groups, Kinds[i].Group)
		}
	}
	return groups
}
