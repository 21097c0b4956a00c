package app

import (
	"strings"
	"testing"

	"zalgoscope/nn"
)

// rounding is an engine that tells a precision of its own.
type rounding struct {
	nn.Engine
	precision nn.Precision
}

func (e rounding) Precision() nn.Precision { return e.precision }

// TestStatusPrecision wants the status line to tell what is computed in where that is not the usual, behind what a small window has room for.
func TestStatusPrecision(t *testing.T) {
	for p, want := range map[nn.Precision]bool{nn.FP32: false, nn.BF16Tiles: true} {
		s := headless(t, func(c *Config) {
			open := c.Open
			c.Open = func(net *nn.Net) (nn.Engine, error) {
				e, err := open(net)
				return rounding{e, p}, err
			}
		})
		s.dreaming(t)
		before, after, found := strings.Cut(s.status(), "in "+string(p))
		if found != want || want && (!strings.Contains(before, "steps/s") || !strings.Contains(after, "input ")) {
			t.Errorf("in %s the status line is %q", p, s.status())
		}
	}
}
