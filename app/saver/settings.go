package saver

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"zalgoscope/nn/disk"
)

// SettingsText is a settings file with the options' values, for people to change: what Windows has
// instead of a dialog, made of the table of knobs.
func SettingsText(o Options) string {
	var b strings.Builder
	b.WriteString("# Zalgoscope's screensaver. Change what stands right of an = and save.\n")
	for _, k := range Knobs {
		fmt.Fprintf(&b, "\n# %s", k.Help)
		switch {
		case k.Number != nil:
			fmt.Fprintf(&b, ": %g to %g\n%s = %s\n", k.Min, k.Max, k.Name, decimal(*k.Number(&o)))
		case k.Switch != nil:
			fmt.Fprintf(&b, ": true or false\n%s = %t\n", k.Name, *k.Switch(&o))
		default:
			if k.Choices != nil {
				fmt.Fprintf(&b, ":\n# %s", strings.Join(k.Choices, ", "))
			}
			// Between single quotes a \ is itself, as paths want it.
			fmt.Fprintf(&b, "\n%s = '%s'\n", k.Name, *k.Text(&o))
		}
	}
	return b.String()
}

// decimal is a number with a point, as TOML wants it where one may become broken.
func decimal(v float64) string {
	text := strconv.FormatFloat(v, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// ReadSettings changes the options to those of a settings file. One that is not there changes nothing.
func ReadSettings(path string, o *Options) error {
	data, err := disk.Read(path, 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	var values map[string]any
	if err := toml.Unmarshal(data, &values); err != nil {
		return fmt.Errorf("saver: %s: %w", path, err)
	}
	for name, v := range values {
		i := slices.IndexFunc(Knobs, func(k Knob) bool { return k.Name == name })
		if i < 0 {
			return fmt.Errorf("saver: %s: there is no setting %q", path, name)
		}
		if err := Knobs[i].set(o, v); err != nil {
			return fmt.Errorf("saver: %s: %w", path, err)
		}
	}
	return nil
}

// set takes a value as TOML has it.
func (k Knob) set(o *Options, v any) error {
	switch v := v.(type) {
	case float64:
		if k.Number != nil {
			*k.Number(o) = v
			return nil
		}
	case int64:
		if k.Number != nil {
			*k.Number(o) = float64(v)
			return nil
		}
	case bool:
		if k.Switch != nil {
			*k.Switch(o) = v
			return nil
		}
	case string:
		if k.Text != nil {
			*k.Text(o) = v
			return nil
		}
	}
	want := "a number"
	if k.Switch != nil {
		want = "true or false"
	} else if k.Text != nil {
		want = "a text in quotes"
	}
	return fmt.Errorf("%s is %v, but must be %s", k.Name, v, want)
}

// WriteSettings makes a settings file of the defaults where there is none yet.
func WriteSettings(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	if err := os.WriteFile(path, []byte(SettingsText(Defaults())), 0o644); err != nil {
		return fmt.Errorf("saver: %w", err)
	}
	return nil
}
