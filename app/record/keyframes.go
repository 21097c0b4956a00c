package record

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"

	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
	"zalgoscope/nn/disk"
)

// Keyframes are what knobs stand at in time: as a recording has them, or as somebody wrote them down.
type Keyframes struct {
	Recipe *Recipe // of the recording; nil for what was written down
	SHA256 string  // of the file

	times    []float64 // seconds, in order
	knobs    []map[string]any
	settings []dream.Settings
}

// keyframesFile is what somebody writes: a [[key]] with a time in seconds for each, and knobs by their names.
type keyframesFile struct {
	Key []map[string]any `toml:"key"`
}

// ReadKeyframes reads the recipe in a recording or session, whose knobs change at the times at which they did there, or a
// TOML file of keys, from each of which knobs go evenly to the next.
func ReadKeyframes(path string) (*Keyframes, error) {
	k, err := readKeyframes(path)
	if err != nil {
		return nil, fmt.Errorf("record: the keyframes in %q: %w", path, err)
	}
	if len(k.times) > mostChanges {
		return nil, fmt.Errorf("record: %q has more than %d keys", path, mostChanges)
	}
	return k, nil
}

func readKeyframes(path string) (*Keyframes, error) {
	f, err := disk.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	text, err := io.ReadAll(io.TeeReader(io.LimitReader(f, mostFilm), h))
	if err != nil {
		return nil, err
	}
	k := &Keyframes{}
	r, err := ReadRecipe(path)
	switch {
	case err == nil:
		err = k.recorded(r)
	case errors.Is(err, ErrNone):
		err = k.written(text)
	}
	if err == nil {
		_, err = io.Copy(h, f)
	}
	k.SHA256 = hex.EncodeToString(h.Sum(nil))
	return k, err
}

// recorded takes the changes of a recording by its own time.
func (k *Keyframes) recorded(r Recipe) error {
	if r.FPS <= 0 {
		return errors.New("a single picture has none; give a film or a session")
	}
	if err := r.Validate(); err != nil {
		return err
	}
	k.Recipe = &r
	for _, c := range r.Changes {
		if s := c.Settings; c.Frame == 0 && float64(c.At) > s.Octaves*(s.Steps+1)*max(s.Opening, 1) {
			return errors.New("it is of an older version, which did not keep when knobs were turned")
		}
		k.times = append(k.times, max(float64(c.Frame-r.From), 0)/r.FPS)
		k.settings = append(k.settings, c.Settings)
	}
	if !slices.IsSorted(k.times) {
		return errors.New("its changes are out of order")
	}
	return nil
}

// written takes what somebody wrote.
func (k *Keyframes) written(text []byte) error {
	var file keyframesFile
	if err := toml.Unmarshal(text, &file); err != nil {
		return fmt.Errorf("neither a recording of zalgoscope nor TOML: %w", err)
	}
	if len(file.Key) == 0 {
		return errors.New("there are none; a recording has some, or a text such as: [[key]] time = 2.5 zalgo = 8, each on a line")
	}
	for i, table := range file.Key {
		var at float64
		switch t := table["time"].(type) {
		case float64:
			at = t
		case int64:
			at = float64(t)
		default:
			return fmt.Errorf("key %d has no time in seconds", i+1)
		}
		if !(at >= 0 && at <= mostSeconds) {
			return fmt.Errorf("key %d has a time of %g", i+1, at)
		}
		delete(table, "time")
		k.times, k.knobs = append(k.times, at), append(k.knobs, table)
	}
	if !sort.Float64sAreSorted(k.times) {
		return errors.New("the keys are not in the order of their times")
	}
	return nil
}

// Over puts what was written down on top of settings, for a net, and adjusts all. The rate is how many frames a second there will be.
func (k *Keyframes) Over(base dream.Settings, net *nn.Net, rate float64, adjust func(*dream.Settings)) error {
	if k.Recipe == nil {
		k.settings = nil
		s := base
		for i, table := range k.knobs {
			var err error
			if s, err = dream.Set(s, table, net); err != nil {
				return fmt.Errorf("the key at %g seconds: %w", k.times[i], err)
			}
			k.settings = append(k.settings, s)
		}
		k.join()
	}
	for i := range k.settings {
		s := &k.settings[i]
		s.Width, s.Height = base.Width, base.Height
		if k.Recipe != nil {
			s.Pace *= k.Recipe.FPS / rate // as much moves in a second
		}
		adjust(s)
	}
	return nil
}

// join has each number go from one key that names it to the next, past those that do not, and stand before the first.
func (k *Keyframes) join() {
	for i := range dream.Knobs {
		knob := &dream.Knobs[i]
		if knob.Number(&k.settings[0]) == nil {
			continue
		}
		last := -1 // that named it
		for n, table := range k.knobs {
			if _, named := table[knob.Name]; !named {
				continue
			}
			to := *knob.Number(&k.settings[n])
			for m := last + 1; m < n; m++ {
				v := to
				if last >= 0 {
					v = *knob.Number(&k.settings[last])
					if took := k.times[n] - k.times[last]; took > 0 {
						v = knob.Clamp(v + (to-v)*(k.times[m]-k.times[last])/took)
					}
				}
				*knob.Number(&k.settings[m]) = v
			}
			last = n
		}
	}
}

// Each calls do with all settings that there are, and their times.
func (k *Keyframes) Each(do func(at float64, s dream.Settings) error) error {
	for i, s := range k.settings {
		if err := do(k.times[i], s); err != nil {
			return err
		}
	}
	return nil
}

// At is what knobs stand at after so many seconds.
func (k *Keyframes) At(seconds float64) dream.Settings {
	const hair = 1e-9 // times are quotients
	next := sort.SearchFloat64s(k.times, seconds+hair)
	switch {
	case next == 0:
		return k.settings[0]
	case next == len(k.times) || k.Recipe != nil:
		return k.settings[next-1]
	}
	from, to := k.times[next-1], k.times[next]
	return dream.Between(k.settings[next-1], k.settings[next], math.Round((seconds-from)/(to-from)/hair)*hair)
}
