package bend

import (
	"fmt"
	"maps"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Rack is a net with bends in it. It belongs to one engine, which runs Net (nn.Engine.Bend).
type Rack struct {
	Net *nn.Net

	bends    []*Op // in order; those of weights have no effect
	damaged  []*damaged
	profiles Profiler
}

// New puts the bends that are not off into a net, which stays as it is. Bends of one layer
// follow each other in the given order. Whoever reads the layer, by its number or
// its names, reads the last of them. Profiles may be nil: then an amount of level 1 is a
// value of 1, and there are no clusters.
func New(net *nn.Net, specs []Spec, profiles Profiler) (*Rack, error) {
	r := &Rack{profiles: profiles}
	after := map[int][]*Op{}
	hurt := map[int]*damaged{}
	shapes, err := shapesOf(net)
	if err != nil {
		return nil, err
	}
	for _, s := range on(specs) {
		l, err := s.find(net)
		if err != nil {
			return nil, err
		}
		op := &Op{Spec: s, Wet: make([]float32, shapes[l][0])}
		if err := r.draw(op, s); err != nil {
			return nil, err
		}
		r.bends = append(r.bends, op)
		if op.Effect != nil {
			after[l] = append(after[l], op)
			continue
		}
		sources := convolutions(net, shapes, l, 0)
		if len(sources) == 0 {
			return nil, s.weightless()
		}
		for conv, first := range sources {
			if hurt[conv] == nil {
				hurt[conv] = newDamaged(net.Layers[conv].Op.(*nn.Conv))
				r.damaged = append(r.damaged, hurt[conv])
			}
			hurt[conv].bends = append(hurt[conv].bends, weightBend{len(r.bends) - 1, first})
		}
	}
	r.damage(func(weightBend) bool { return true })
	r.Net = rewritten(net, after, hurt)
	return r, r.Net.Validate()
}

// Check reports the first bend, on or off, that a net cannot have.
func Check(net *nn.Net, specs []Spec) error {
	if len(specs) == 0 {
		return nil
	}
	shapes, err := shapesOf(net)
	if err != nil {
		return err
	}
	for _, s := range specs {
		if err := s.Check(); err != nil {
			return err
		}
		l, err := s.find(net)
		if err != nil {
			return err
		}
		n := shapes[l][0]
		if _, err := s.choose(n, make([]int, n)); err != nil {
			return err
		}
		if k, _ := Find(s.Kind); k.OfWeights() && len(convolutions(net, shapes, l, 0)) == 0 {
			return s.weightless()
		}
	}
	return nil
}

func (s Spec) find(net *nn.Net) (int, error) {
	l, err := net.Find(s.Layer)
	if err != nil {
		return 0, fmt.Errorf("bend: %s: %w", s, err)
	}
	return l, nil
}

func (s Spec) weightless() error {
	return s.wrong("no convolution's weights lead to the layer alone")
}

// on leaves out the bends that are off.
func on(specs []Spec) []Spec {
	return slices.DeleteFunc(slices.Clone(specs), func(s Spec) bool { return s.Off })
}

func shapesOf(net *nn.Net) ([]tensor.Shape, error) {
	return net.Shapes(net.Size())
}

// rewritten is the net with bends after layers and other convolutions in place of some.
func rewritten(net *nn.Net, after map[int][]*Op, hurt map[int]*damaged) *nn.Net {
	out := *net
	out.Layers = nil
	last := make([]int, len(net.Layers)) // where a layer's readers find it
	for i, l := range net.Layers {
		l.In = slices.Clone(l.In)
		for k, j := range l.In {
			if j != nn.Picture {
				l.In[k] = last[j]
			}
		}
		if d := hurt[i]; d != nil {
			l.Op = d.bent
		}
		out.Layers = append(out.Layers, l)
		for _, op := range after[i] {
			out.Layers = append(out.Layers, nn.Layer{Name: l.Name, Aliases: l.Aliases, Op: op, In: []int{len(out.Layers) - 1}})
		}
		last[i] = len(out.Layers) - 1
	}
	return &out
}

// convolutions gives those whose outputs, after operations that keep channels apart, are layer l
// or parts of it, each with the layer's channel at which it begins.
func convolutions(net *nn.Net, shapes []tensor.Shape, l, first int) map[int]int {
	if l == nn.Picture {
		return nil
	}
	found := map[int]int{}
	switch net.Layers[l].Op.(type) {
	case *nn.Conv:
		found[l] = first
	case *nn.ReLU, *nn.Clip, *nn.Affine, *nn.Pool, *nn.LRN, *nn.Concat:
		for _, j := range net.Layers[l].In {
			for conv, at := range convolutions(net, shapes, j, first) {
				found[conv] = at
			}
			if j != nn.Picture {
				first += shapes[j][0]
			}
		}
	}
	return found
}

// Convolutions names those whose outputs a layer is, or is made of, after operations that keep
// channels apart: where its values still have signs.
func Convolutions(net *nn.Net, layer string) ([]string, error) {
	l, err := net.Find(layer)
	if err != nil {
		return nil, err
	}
	shapes, err := shapesOf(net)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, conv := range slices.Sorted(maps.Keys(convolutions(net, shapes, l, 0))) {
		names = append(names, net.Layers[conv].Name)
	}
	return names, nil
}

// draw sets an operation to what a bend asks for.
func (r *Rack) draw(op *Op, s Spec) error {
	if err := s.Check(); err != nil {
		return err
	}
	k, err := Find(s.Kind)
	if err != nil {
		return err
	}
	var profile Profile
	if r.profiles != nil {
		if profile, err = r.profiles(s.Layer); err != nil {
			return fmt.Errorf("bend: %s: %w", s, err)
		}
	}
	n := len(op.Wet)
	chosen, err := s.choose(n, profile.Cluster)
	if err != nil {
		return err
	}
	wet := make([]float32, n)
	for c, yes := range chosen {
		if yes {
			wet[c] = float32(s.Wet)
			if k.Unit == Mix {
				wet[c] *= float32(s.Amount)
			}
		}
	}
	d := draft{amount: float32(s.Amount), unit: 1, seed: s.Seed, chosen: chosen}
	switch {
	case s.Unit > 0:
		d.unit = float32(s.Unit)
	case profile.Level > 0:
		d.unit = float32(profile.Level)
	}
	op.Spec, op.Wet = s, wet
	if k.effect != nil {
		op.Effect = k.effect(d)
	}
	return nil
}

// Turn takes over what differs in bends of the same layers and kinds, in order, as
// amounts and channels do, and returns false where the layers or kinds are others, which
// takes a new rack. It must not be called while the engine is at work.
func (r *Rack) Turn(specs []Spec) (bool, error) {
	specs = on(specs)
	if len(specs) != len(r.bends) {
		return false, nil
	}
	for i, s := range specs {
		if s.Layer != r.bends[i].Spec.Layer || s.Kind != r.bends[i].Spec.Kind {
			return false, nil
		}
	}
	turned := make([]*Op, len(specs))
	for i, s := range specs {
		op := r.bends[i]
		if s == op.Spec {
			continue
		}
		turned[i] = &Op{Wet: op.Wet}
		if err := r.draw(turned[i], s); err != nil {
			return false, err
		}
	}
	for i, t := range turned {
		if t != nil {
			r.bends[i].Spec, r.bends[i].Effect, r.bends[i].Wet = t.Spec, t.Effect, t.Wet
		}
	}
	r.damage(func(b weightBend) bool { return turned[b.bend] != nil })
	return true, nil
}
