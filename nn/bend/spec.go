package bend

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Spec is one bend as data.
type Spec struct {
	Layer    string
	Kind     string
	Amount   float64
	Wet      float64 // share of the effect, 0 to 1
	Channels string  // "" for all, 1;5;8-11, random:SHARE, or cluster:N of Clusters
	Seed     uint32  // of what is random
	Unit     float64 // the level that amounts count in; 0 for the layer's usual one
	Off      bool    // by-passed: it keeps its place but does nothing
}

// Make is a bend of a kind at its default amount.
func Make(layer, kind string) (Spec, error) {
	k, err := Find(kind)
	if err != nil {
		return Spec{}, err
	}
	return Spec{Layer: layer, Kind: kind, Amount: k.Default, Wet: 1}, nil
}

// Parse reads bends with spaces between, as Format writes them:
// layer:kind[=amount][,wet=SHARE][,channels=...][,seed=N][,unit=LEVEL][,off].
func Parse(text string) ([]Spec, error) {
	var specs []Spec
	for _, word := range strings.Fields(text) {
		s, err := parse(word)
		if err != nil {
			return nil, err
		}
		specs = append(specs, s)
	}
	return specs, nil
}

// Format writes bends as Parse reads them.
func Format(specs []Spec) string {
	words := make([]string, len(specs))
	for i, s := range specs {
		words[i] = s.String()
	}
	return strings.Join(words, " ")
}

func parse(word string) (Spec, error) {
	head, rest, _ := strings.Cut(word, ",")
	head, amount, given := strings.Cut(head, "=")
	i := strings.LastIndexByte(head, ':')
	if i < 1 {
		return Spec{}, fmt.Errorf("bend: %q is not layer:kind=amount", word)
	}
	s, err := Make(head[:i], head[i+1:])
	if err != nil {
		return Spec{}, err
	}
	if given {
		if s.Amount, err = strconv.ParseFloat(amount, 64); err != nil {
			return s, s.wrong("the amount %q is not a number", amount)
		}
	}
	for rest != "" {
		var part string
		part, rest, _ = strings.Cut(rest, ",")
		if err := s.set(part); err != nil {
			return s, err
		}
	}
	return s, s.Check()
}

// set takes in one key=value.
func (s *Spec) set(part string) (err error) {
	key, value, _ := strings.Cut(part, "=")
	switch key {
	case "wet":
		s.Wet, err = strconv.ParseFloat(value, 64)
	case "unit":
		s.Unit, err = strconv.ParseFloat(value, 64)
	case "seed":
		var n uint64
		n, err = strconv.ParseUint(value, 10, 32)
		s.Seed = uint32(n)
	case "channels":
		s.Channels = value
	case "off":
		s.Off = true
		if value != "" {
			s.Off, err = strconv.ParseBool(value)
		}
	default:
		return s.wrong("%q is none of wet, channels, seed, unit, off", key)
	}
	if err != nil {
		return s.wrong("%s=%s is not possible", key, value)
	}
	return nil
}

// String writes the bend as Parse reads it, without what stands at its default but for the amount.
func (s Spec) String() string {
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	out := s.Layer + ":" + s.Kind + "=" + number(s.Amount)
	if s.Wet != 1 {
		out += ",wet=" + number(s.Wet)
	}
	if s.Channels != "" {
		out += ",channels=" + s.Channels
	}
	if s.Seed != 0 {
		out += ",seed=" + strconv.FormatUint(uint64(s.Seed), 10)
	}
	if s.Unit != 0 {
		out += ",unit=" + number(s.Unit)
	}
	if s.Off {
		out += ",off"
	}
	return out
}

// Check reports what makes the bend impossible on any net.
func (s Spec) Check() error {
	k, err := Find(s.Kind)
	if err != nil {
		return err
	}
	switch {
	case s.Layer == "" || strings.ContainsAny(s.Layer, " \t\n,="):
		return s.wrong("a layer of that name cannot be bent")
	case !(s.Amount >= k.Min && s.Amount <= k.Max):
		return s.wrong("the amount goes from %g to %g", k.Min, k.Max)
	case s.Amount != k.Clamp(s.Amount):
		return s.wrong("the amount must be a whole number")
	case !(s.Wet >= 0 && s.Wet <= 1):
		return s.wrong("wet goes from 0 to 1")
	case !(s.Unit >= 0) || math.IsInf(s.Unit, 0):
		return s.wrong("the unit must be above 0")
	}
	_, err = s.picks()
	return err
}

// wrong is an error about the bend.
func (s Spec) wrong(format string, args ...any) error {
	return fmt.Errorf("bend: %s: %s", s, fmt.Sprintf(format, args...))
}
