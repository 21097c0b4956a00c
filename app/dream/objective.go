package dream

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Weighted is one part of a layer or channel text: NAME[:weight].
type Weighted struct {
	Name   string
	Weight float64
}

// ParseWeighted reads NAME[:weight] parts with commas between. Only a number after
// the last colon is a weight, so that names may have colons.
func ParseWeighted(text string) ([]Weighted, error) {
	var parts []Weighted
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		w := Weighted{Name: part, Weight: 1}
		if i := strings.LastIndexByte(part, ':'); i >= 0 {
			if v, err := strconv.ParseFloat(part[i+1:], 64); err == nil {
				w = Weighted{Name: part[:i], Weight: v}
			}
		}
		if w.Name == "" {
			return nil, fmt.Errorf("dream: %q has an empty part", text)
		}
		if math.IsNaN(w.Weight) || math.IsInf(w.Weight, 0) {
			return nil, fmt.Errorf("dream: the weight of %q is not a number", w.Name)
		}
		parts = append(parts, w)
	}
	return parts, nil
}

// FormatWeighted writes parts as ParseWeighted reads them.
func FormatWeighted(parts []Weighted) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = p.Name
		if p.Weight != 1 {
			out[i] += ":" + strconv.FormatFloat(p.Weight, 'g', 4, 64)
		}
	}
	return strings.Join(out, ",")
}

// DefaultLayer is the layer to dream where none is named: inception_4c where
// there is one, else the middle one.
func DefaultLayer(net *nn.Net) string {
	for _, name := range []string{"inception_4c/output", "inception_4c", "fire8/concat"} {
		if _, err := net.Find(name); err == nil {
			return name
		}
	}
	return net.Middle()
}

// Targets are the layers that settings dream, as far as the net has them: the default one where it has none.
func Targets(net *nn.Net, s Settings) (layers []int) {
	if s.Class != "" {
		if l := ClassLayer(net, s.Layer); l >= 0 {
			return []int{l}
		}
	}
	parts, _ := ParseWeighted(s.Layer)
	for _, p := range parts {
		if l, err := net.Find(p.Name); err == nil {
			layers = append(layers, l)
		}
	}
	if len(layers) == 0 {
		l, _ := net.Find(DefaultLayer(net))
		layers = []int{l}
	}
	return layers
}

// ClassLayer is the layer whose channels a class is dreamed by, -1 for none: the label map where that is named, else the logits.
func ClassLayer(net *nn.Net, named string) int {
	if named != "" && named == net.LabelMap {
		if l, err := net.Find(named); err == nil {
			return l
		}
	}
	return net.Logits()
}

// Matches ranks the labels that a word may mean: the label itself, then labels
// with the word, then with a word that begins so, then with the letters anywhere.
func Matches(labels []string, word string) []int {
	word = strings.ToLower(strings.TrimSpace(word))
	if word == "" {
		return nil
	}
	var ranks [4][]int
	for i, label := range labels {
		label = strings.ToLower(label)
		words := strings.FieldsFunc(label, func(r rune) bool { return strings.ContainsRune(" ,-_/'", r) })
		switch {
		case label == word:
			ranks[0] = append(ranks[0], i)
		case slices.Contains(words, word):
			ranks[1] = append(ranks[1], i)
		case slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, word) }):
			ranks[2] = append(ranks[2], i)
		case strings.Contains(label, word):
			ranks[3] = append(ranks[3], i)
		}
	}
	return slices.Concat(ranks[:]...)
}

// resolver turns settings into an objective and remembers what is costly to find.
type resolver struct {
	net        *nn.Net
	activation func(x *tensor.Dense, layer string) (*tensor.Dense, error) // of the net without bends
	start      *image.RGBA                                                // what the energies of layers are measured on
	open       func(path string) (*image.RGBA, error)

	last     Settings
	obj      nn.Objective
	energies map[string]float64
	guides   map[[2]string]*tensor.Dense // by layer and path
}

// begin takes another start picture.
func (r *resolver) begin(start *image.RGBA) {
	r.start, r.obj, r.energies = start, nil, nil
}

// objective gives what the settings ask for; the same slice as long as they ask the same.
func (r *resolver) objective(s Settings) (nn.Objective, error) {
	if r.obj != nil && s.Layer == r.last.Layer && s.Channel == r.last.Channel &&
		s.Class == r.last.Class && s.Guide == r.last.Guide {
		return r.obj, nil
	}
	obj, err := r.resolve(s)
	if err != nil {
		return nil, err
	}
	if _, err := r.net.Targets(obj); err != nil {
		return nil, err
	}
	r.last, r.obj = s, obj
	return obj, nil
}

func (r *resolver) resolve(s Settings) (nn.Objective, error) {
	if s.Class != "" {
		return classObjective(r.net, s.Class, s.Layer)
	}
	if s.Layer == "" {
		s.Layer = DefaultLayer(r.net)
	}
	layers, err := ParseWeighted(s.Layer)
	if err != nil {
		return nil, err
	}
	switch {
	case s.Channel != "":
		return channelObjective(layers, s.Channel)
	case s.Guide != "":
		return r.guideObjective(layers, s.Guide)
	}
	obj := make(nn.Objective, len(layers))
	for i, l := range layers {
		weight := l.Weight
		if len(layers) > 1 {
			e, err := r.energy(l.Name)
			if err != nil {
				return nil, err
			}
			weight /= e
		}
		obj[i] = nn.Target{Layer: l.Name, Channel: nn.AllChannels, Weight: float32(weight)}
	}
	return obj, nil
}

// classObjective dreams the label that contains a word: at every place where the layer is the label map, else
// in the picture as a whole.
func classObjective(net *nn.Net, word, layer string) (nn.Objective, error) {
	l := ClassLayer(net, layer)
	if l < 0 {
		return nil, fmt.Errorf("dream: net %q has no labels, so it has no class %q; name a layer and a channel", net.Name, word)
	}
	found := Matches(net.Labels, word)
	if len(found) == 0 {
		return nil, fmt.Errorf("dream: none of the %d labels of net %q contains %q", len(net.Labels), net.Name, word)
	}
	return nn.Objective{{Layer: net.Layers[l].Name, Channel: found[0], Weight: 1}}, nil
}

func channelObjective(layers []Weighted, text string) (nn.Objective, error) {
	channels, err := ParseWeighted(text)
	if err != nil {
		return nil, err
	}
	var obj nn.Objective
	for _, l := range layers {
		for _, c := range channels {
			n, err := strconv.Atoi(c.Name)
			if err != nil || n < 0 {
				return nil, fmt.Errorf("dream: channel %q is not a number from 0", c.Name)
			}
			obj = append(obj, nn.Target{Layer: l.Name, Channel: n, Weight: float32(l.Weight * c.Weight)})
		}
	}
	return obj, nil
}

func (r *resolver) guideObjective(layers []Weighted, path string) (nn.Objective, error) {
	var obj nn.Objective
	for _, l := range layers {
		key := [2]string{l.Name, path}
		if r.guides[key] == nil {
			f, err := r.features(l.Name, path)
			if err != nil {
				return nil, err
			}
			if r.guides == nil {
				r.guides = map[[2]string]*tensor.Dense{}
			}
			r.guides[key] = f
		}
		obj = append(obj, nn.Target{Layer: l.Name, Channel: nn.AllChannels, Weight: float32(l.Weight), Guide: r.guides[key]})
	}
	return obj, nil
}

// features are the guide picture's features at a layer: C,N.
func (r *resolver) features(layer, path string) (*tensor.Dense, error) {
	if r.open == nil {
		return nil, errors.New("dream: guides cannot be opened here")
	}
	m, err := r.open(path)
	if err != nil {
		return nil, fmt.Errorf("dream: guide: %w", err)
	}
	a, err := r.activation(r.net.Input.Tensor(m), layer)
	if err != nil {
		return nil, err
	}
	s := a.Shape()
	return nn.TensorOf(nn.Floats(a), s[0], s[1]*s[2]), nil
}

// energy is the mean square of a layer's activation on the start picture. Layers
// dreamed together are divided by it, so that their weights are shares: the raw L2
// norms of a net's layers differ by orders of magnitude.
func (r *resolver) energy(layer string) (float64, error) {
	if e, ok := r.energies[layer]; ok {
		return e, nil
	}
	a, err := r.activation(r.net.Input.Tensor(r.start), layer)
	if err != nil {
		return 0, err
	}
	sum := 0.0
	for _, v := range nn.Floats(a) {
		sum += float64(v) * float64(v)
	}
	if r.energies == nil {
		r.energies = map[string]float64{}
	}
	r.energies[layer] = max(sum, 1e-12)
	return r.energies[layer], nil
}
