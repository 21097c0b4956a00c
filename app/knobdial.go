package app

import (
	"math"
	"strconv"
	"strings"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// knobDial makes a dial of a row of the knob table.
func knobDial(k *dream.Knob) widget.Dial {
	d := widget.Dial{Name: strings.ReplaceAll(k.Name, "-", " "), Help: knobHelp(k), Min: k.Min, Max: k.Max, Whole: k.Whole, Curve: 1}
	if k.Min < 0 || k.Max >= 64 {
		d.Curve = 2
	}
	if k.Unit == "Hz" {
		d.Curve = 3 // as it is heard, more or less
	}
	if k.Unit == "" && k.Max <= 1 {
		d.Per = 100 // per cent
	}
	d.Text = func(v float64) string { return knobText(k, v) }
	return d
}

// knobText writes a value with its unit, shares as per cent and rates by the second.
func knobText(k *dream.Knob, v float64) string {
	unit := k.Unit
	if unit == "" && k.Max <= 1 {
		v, unit = v*100, "%"
	}
	digits := 0
	if !k.Whole && math.Abs(v) < 99.5 {
		digits = 1
	}
	if unit == "" && !k.Whole {
		digits = 2
	}
	s := strconv.FormatFloat(v, 'f', digits, 64)
	if k.Rate {
		unit += "/s"
	}
	switch {
	case unit == "":
		return s
	case strings.HasPrefix(unit, "°"):
		return s + unit
	}
	return s + " " + unit
}
