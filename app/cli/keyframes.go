package cli

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/pflag"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/nn"
)

// readKeys reads the keyframes, if there are any.
func (j *dreamJob) readKeys() (err error) {
	if j.keyFile == "" {
		return nil
	}
	if j.cuts > 0 {
		return errors.New("--cuts and --keyframes both say what is dreamed when; leave one out")
	}
	j.keys, err = record.ReadKeyframes(j.keyFile)
	return err
}

// setKeys puts the keyframes on top of the settings, and the flags on top of those.
func (j *dreamJob) setKeys(flags *pflag.FlagSet, net *nn.Net) error {
	if j.keys == nil {
		return nil
	}
	err := j.keys.Over(j.settings, net, j.fps, func(s *dream.Settings) {
		adjust(flags, "", &j.asked, s)
		if j.score != nil {
			following(s)
		}
	})
	if err != nil {
		return fmt.Errorf("%s: %w", j.keyFile, err)
	}
	j.settings = j.keys.At(0)
	return nil
}

// keyed is what the knobs stand at after so many seconds.
func (j *dreamJob) keyed(seconds float64) dream.Settings {
	if j.keys == nil {
		return j.settings
	}
	return j.keys.At(seconds)
}

// openGuides are those pictures that the keyframes' recording followed or that their text names, which may be a stranger's, or any
// that a flag names.
func (j *dreamJob) openGuides(flags *pflag.FlagSet) (*record.Guides, error) {
	if j.keys == nil || flags.Changed("guide") {
		return record.NewGuides(), nil
	}
	return cmp.Or(j.keys.Recipe, &record.Recipe{}).OpenGuides(record.Find(filepath.Dir(j.keyFile), "."))
}

// checkKnobs tells why what the knobs stand at, now or later, cannot be dreamed.
func (j *dreamJob) checkKnobs(d *dream.Dream) error {
	if j.keys == nil {
		return d.Check(j.settings)
	}
	return j.keys.Each(func(at float64, s dream.Settings) error {
		if err := d.Check(s); err != nil {
			return fmt.Errorf("%s at %g seconds: %w", j.keyFile, at, err)
		}
		return nil
	})
}
