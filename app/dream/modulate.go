package dream

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Modulator moves a knob to and fro by itself, by the dream's time, so that a dream that is
// repeated moves alike.
type Modulator struct {
	Knob  string  // a knob's name, or bend.N or bend.N.wet for the N-th bend, from 1
	Shape string  // one of Shapes, or of Sounds
	Rate  float64 // periods by unit of time, in the window by second; of Sounds 0
	Depth float64 // largest move to either side, in the knob's unit; of the layer in layers
	Phase float64 // share of a period
}

// Shapes are the shapes of modulators: a wave, a wave with corners, a smooth random
// way, and random values held for a period each.
var Shapes = []string{"sine", "triangle", "walk", "sample-hold"}

// Sounds are the shapes that follow what is heard: the knobs of GroupSound.
var Sounds = []string{"bass", "mid", "high", "range", "onset", "beat"}

// ParseModulators reads modulators with spaces between, as FormatModulators writes
// them: knob=shape:rate:depth[:phase].
func ParseModulators(text string) ([]Modulator, error) {
	var list []Modulator
	for _, word := range strings.Fields(text) {
		m, err := parseModulator(word)
		if err != nil {
			return nil, fmt.Errorf("dream: modulator %q: %w", word, err)
		}
		list = append(list, m)
	}
	return list, nil
}

func parseModulator(word string) (m Modulator, err error) {
	knob, rest, _ := strings.Cut(word, "=")
	parts := strings.Split(rest, ":")
	if len(parts) < 3 || len(parts) > 4 {
		return m, fmt.Errorf("it is not knob=shape:rate:depth[:phase]")
	}
	m = Modulator{Knob: knob, Shape: parts[0]}
	for i, to := range []*float64{&m.Rate, &m.Depth, &m.Phase}[:len(parts)-1] {
		if *to, err = strconv.ParseFloat(parts[i+1], 64); err != nil || math.IsNaN(*to) || math.Abs(*to) > 1e6 {
			return m, fmt.Errorf("%q is not a number", parts[i+1])
		}
	}
	if !slices.Contains(Shapes, m.Shape) && !m.Hears() {
		return m, fmt.Errorf("the shape must be one of %s, %s", strings.Join(Shapes, ", "), strings.Join(Sounds, ", "))
	}
	if m.Rate < 0 {
		return m, fmt.Errorf("the rate is below 0")
	}
	if n, _ := m.bend(); n > 0 {
		return m, nil
	}
	k, err := Find(knob)
	if err != nil {
		return m, err
	}
	if k.num == nil && k.Name != "layer" || k.outside() {
		return m, fmt.Errorf("the knob cannot be moved")
	}
	return m, nil
}

// FormatModulators writes modulators as ParseModulators reads them.
func FormatModulators(list []Modulator) string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	words := make([]string, len(list))
	for i, m := range list {
		words[i] = m.Knob + "=" + m.Shape + ":" + number(m.Rate) + ":" + number(m.Depth)
		if m.Phase != 0 {
			words[i] += ":" + number(m.Phase)
		}
	}
	return strings.Join(words, " ")
}

// bend gives the number of the bend that is moved, from 1, and whether it is its wetness; 0 for a knob.
func (m Modulator) bend() (n int, wet bool) {
	rest, ok := strings.CutPrefix(m.Knob, "bend.")
	if !ok {
		return 0, false
	}
	rest, wet = strings.CutSuffix(rest, ".wet")
	n, err := strconv.Atoi(rest)
	if err != nil || n < 1 {
		return 0, false
	}
	return n, wet
}

// Hears tells whether the modulator follows what is heard.
func (m Modulator) Hears() bool { return slices.Contains(Sounds, m.Shape) }

// Heard is how far a modulator that hears moves its knob, by the levels of the settings.
func (m Modulator) Heard(s *Settings) float64 {
	k, err := Find(m.Shape)
	if err != nil {
		panic(err) // Sounds are knobs
	}
	return m.Depth * *k.Number(s)
}

// Hear sets the levels of Sounds that the modulators follow, and the others to 0: each change is a line of the recipe.
func (s *Settings) Hear(levels [6]float64, mods []Modulator) {
	for i, name := range Sounds {
		k, err := Find(name)
		if err != nil {
			panic(err) // Sounds are knobs
		}
		*k.Number(s) = 0
		if slices.ContainsFunc(mods, func(m Modulator) bool { return m.Shape == name }) {
			*k.Number(s) = levels[i]
		}
	}
}

// At is how far the modulator, one of Shapes, moves its knob at a time. What is random depends on the
// seed and the knob.
func (m Modulator) At(time float64, seed uint64) float64 {
	t := time*m.Rate + m.Phase
	n := math.Floor(t)
	t -= n
	switch m.Shape {
	case "sine":
		return m.Depth * math.Sin(2*math.Pi*t)
	case "triangle":
		return m.Depth * (1 - 4*math.Abs(math.Mod(t+0.25, 1)-0.5))
	case "walk":
		a, b := m.random(n, seed), m.random(n+1, seed)
		return m.Depth * (a + (b-a)*ease(t))
	}
	return m.Depth * m.random(n, seed)
}

// random is a value in -1..1 of the modulator's own for each period.
func (m Modulator) random(period float64, seed uint64) float64 {
	h := fnv.New32a()
	fmt.Fprint(h, m.Knob, m.Shape, seed) // hashes do not fail
	return float64(bend.Draw(h.Sum32(), int(int64(period))))
}

// modulator moves settings by what they say themselves.
type modulator struct {
	net   *nn.Net
	trunk []string // the net's, once it was asked for
	text  string   // the last one read
	list  []Modulator
}

func (o *modulator) parse(text string) ([]Modulator, error) {
	if text != o.text {
		list, err := ParseModulators(text)
		if err != nil {
			return nil, err
		}
		o.text, o.list = text, list
	}
	return o.list, nil
}

// move gives the settings and bends as they are at a time. The given bends stay as they are.
func (o *modulator) move(s Settings, specs []bend.Spec, time float64, seed uint64) (Settings, []bend.Spec, error) {
	list, err := o.parse(s.Mod)
	if err != nil || len(list) == 0 {
		return s, specs, err
	}
	specs = slices.Clone(specs)
	for _, m := range list {
		by := 0.0
		if m.Hears() {
			by = m.Heard(&s)
		} else {
			by = m.At(time, seed)
		}
		if n, wet := m.bend(); n > 0 {
			if n <= len(specs) {
				moveBend(&specs[n-1], wet, by)
			}
			continue
		}
		if m.Knob == "layer" {
			s.Layer = o.glide(s, by)
			continue
		}
		k, err := Find(m.Knob)
		if err != nil {
			return s, specs, err
		}
		p := k.Number(&s)
		*p = k.Clamp(*p + by)
	}
	return s, specs, nil
}

// glide gives the layer so many layers further along the trunk, in twentieths. It stays where it is while a class or channels are dreamed.
func (o *modulator) glide(s Settings, by float64) string {
	if o.trunk == nil {
		o.trunk = o.net.Trunk()
	}
	layer := s.Layer
	if layer == "" {
		layer = DefaultLayer(o.net)
	}
	place := LayerPlace(o.trunk, layer)
	if place < 0 || s.Class != "" || s.Channel != "" {
		return s.Layer
	}
	return LayerAt(o.trunk, math.Round((place+by)*20)/20)
}

// moveBend moves a bend's amount or wetness within its range.
func moveBend(s *bend.Spec, wet bool, by float64) {
	if wet {
		s.Wet = min(max(s.Wet+by, 0), 1)
	} else if k, err := bend.Find(s.Kind); err == nil {
		s.Amount = k.Clamp(s.Amount + by)
	}
}
