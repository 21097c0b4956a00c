package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"zalgoscope/app/dream"
)

// knobFlags makes a flag of every row of the knob table that users set, which sets s.
func knobFlags(fs *pflag.FlagSet, s *dream.Settings) {
	for i := range dream.Knobs {
		if k := &dream.Knobs[i]; k.Group != dream.GroupSound {
			knobFlag(fs, k, s)
		}
	}
}

// bendFlags makes a flag of those rows that bend, likewise.
func bendFlags(fs *pflag.FlagSet, s *dream.Settings) {
	for i := range dream.Knobs {
		if k := &dream.Knobs[i]; k.Group == dream.GroupBend {
			knobFlag(fs, k, s)
		}
	}
}

// adjust copies the knobs of a group, "" for all, that flags have set.
func adjust(flags *pflag.FlagSet, group dream.Group, from, to *dream.Settings) {
	for i := range dream.Knobs {
		k := &dream.Knobs[i]
		if group != "" && k.Group != group || !flags.Changed(k.Name) {
			continue
		}
		if p := k.Number(to); p != nil {
			*p = *k.Number(from)
		} else {
			*k.Text(to) = *k.Text(from)
		}
	}
}

func knobFlag(fs *pflag.FlagSet, k *dream.Knob, s *dream.Settings) {
	if p := k.Text(s); p != nil && k.List {
		fs.Var(&listFlag{text: p}, k.Name, k.Help+"; may be given again and again")
		return
	} else if p != nil {
		fs.StringVar(p, k.Name, *p, k.Help)
		return
	}
	help := k.Help
	if k.Unit != "" {
		help += ", in " + k.Unit
	}
	fs.Var(&numberFlag{knob: k, settings: s}, k.Name, fmt.Sprintf("%s (%g to %g)", help, k.Min, k.Max))
}

// numberFlag is a knob with a number as a flag.
type numberFlag struct {
	knob     *dream.Knob
	settings *dream.Settings
}

func (f *numberFlag) Type() string {
	if f.knob.Whole {
		return "int"
	}
	return "number"
}

func (f *numberFlag) String() string {
	if f.settings == nil {
		return ""
	}
	return strconv.FormatFloat(*f.knob.Number(f.settings), 'g', -1, 64)
}

func (f *numberFlag) Set(text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%q is not a number", text)
	}
	if c := f.knob.Clamp(v); c != v {
		what := "a number"
		if f.knob.Whole {
			what = "a whole number"
		}
		return fmt.Errorf("must be %s from %g to %g", what, f.knob.Min, f.knob.Max)
	}
	*f.knob.Number(f.settings) = v
	return nil
}

// listFlag is a text of parts with spaces between, to which the flag adds each time that it is given.
type listFlag struct{ text *string }

func (f *listFlag) Type() string { return "string" }

func (f *listFlag) String() string {
	if f.text == nil {
		return ""
	}
	return *f.text
}

func (f *listFlag) Set(text string) error {
	*f.text = strings.TrimSpace(*f.text + " " + text)
	return nil
}

// panFlag sets both pan knobs at once.
type panFlag struct{ settings *dream.Settings }

func (f panFlag) Type() string   { return "X,Y" }
func (f panFlag) String() string { return "" }

func (f panFlag) Set(text string) error {
	x, y, ok := strings.Cut(text, ",")
	if !ok {
		return fmt.Errorf("%q is not X,Y", text)
	}
	for name, part := range map[string]string{"pan-x": x, "pan-y": y} {
		k, err := dream.Find(name)
		if err != nil {
			return err
		}
		if err := (&numberFlag{k, f.settings}).Set(strings.TrimSpace(part)); err != nil {
			return err
		}
	}
	return nil
}
