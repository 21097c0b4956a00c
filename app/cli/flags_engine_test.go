package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
)

var (
	errNoCard = errors.New("there is no card")
	errLost   = errors.New("the card is lost")
)

// card is an engine of a card that is the processor's under another name, and works until it is lost.
type card struct {
	nn.Engine
	device string
	lost   bool
}

func (c *card) Device() string { return c.device }

func (c *card) NewPicture(w, h int) (nn.Canvas, error) {
	if c.lost {
		return nil, errLost
	}
	return c.Engine.NewPicture(w, h)
}

// cards gives a program that has a card too, which fails to open with an error, or opens as c.
func cards(c *card, fails error) []Engine {
	processor := testProgram.Engines[0]
	return []Engine{processor, {
		Name: "card",
		Open: func(net *nn.Net, o EngineOptions) (nn.Engine, error) {
			if fails != nil {
				return nil, fails
			}
			e, err := processor.Open(net, o)
			c.Engine, c.device = e, "card ["+o.Device+"]"
			return c, err
		},
		Devices: &Devices{
			List: func(w io.Writer) (bool, string, error) {
				if fails != nil {
					return false, fails.Error(), nil
				}
				_, err := fmt.Fprintln(w, "card 1")
				return true, "it is there", err
			},
			Absent: func(err error) bool { return errors.Is(err, errNoCard) },
			Failed: func(err error) bool { return errors.Is(err, errLost) },
		},
	}}
}

// stderr is what f writes there.
func stderr(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stderr
	os.Stderr = w
	defer func() { os.Stderr = before }()
	f()
	w.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The card is auto's where there is one; without one the processor is, with a warning where something else is
// wrong than that, and where a card is lost the processor goes on.
func TestChoosesEngine(t *testing.T) {
	net, err := loadNet(assets.DefaultNet, load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("the driver is broken")
	for _, c := range []struct {
		flags  string
		fails  error
		device string // that begins so
		warned string
		want   string // of the error
	}{
		{"", nil, "card []", "", ""},
		{"--device x", nil, "card []", "", ""},
		{"--engine card --device x", nil, "card [x]", "", ""},
		{"--engine cpu", nil, "cpu ", "", ""},
		{"", errNoCard, "cpu ", "", ""},
		{"", broken, "cpu ", "zalgoscope: warning: the driver is broken; the processor dreams instead\n", ""},
		{"--engine card", errNoCard, "", "", "there is no card"},
		{"--engine abacus", nil, "", "", `--engine is "abacus", but must be auto, cpu or card`},
		{"--precision half", nil, "", "", `--precision is "half", but must be auto, fp32 or bf16`},
		{"--engine card --precision bf16", nil, "", "", `--precision bf16 is the processor's; with it --engine must be auto or cpu, not "card"`},
		{"--threads -1", nil, "", "", "--threads is -1"},
	} {
		var f engineFlags
		cmd := &cobra.Command{}
		f.register(cmd, cards(&card{}, c.fails))
		if err := cmd.ParseFlags(strings.Fields(c.flags)); err != nil {
			t.Fatal(err)
		}
		var device string
		warned := stderr(t, func() {
			e, err := f.open(net)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%q: got %v, want %q", c.flags, err, c.want)
			}
			if err == nil {
				device = e.Device()
				_ = e.Close()
			}
		})
		if !strings.HasPrefix(device, c.device) || warned != c.warned {
			t.Errorf("%q, %v: got %q and %q, want %q and %q", c.flags, c.fails, device, warned, c.device, c.warned)
		}
	}
}

// Whatever command has opened a card, the processor goes on where it is lost.
func TestGoesOnWhereTheCardIsLost(t *testing.T) {
	net, err := loadNet(assets.DefaultNet, load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, flags := range []string{"", "--engine card"} {
		var f engineFlags
		cmd := &cobra.Command{}
		f.register(cmd, cards(&card{lost: true}, nil))
		if err := cmd.ParseFlags(strings.Fields(flags)); err != nil {
			t.Fatal(err)
		}
		e, err := f.open(net)
		if err != nil {
			t.Fatal(err)
		}
		warned := stderr(t, func() {
			if _, err := e.NewPicture(8, 8); !errors.As(err, new(*nn.Moved)) {
				t.Errorf("%q: got %v, want that the engine has moved", flags, err)
			}
		})
		if !strings.HasPrefix(warned, "zalgoscope: warning: the card is lost; cpu ") {
			t.Errorf("%q: it warns of %q", flags, warned)
		}
		if c, err := e.NewPicture(8, 8); err != nil {
			t.Errorf("%q: the processor does not go on: %v", flags, err)
		} else {
			c.Release()
		}
		_ = e.Close()
	}
}

// The list ends in what auto chooses, and why. Before, it tells what the processor must do without.
func TestEnginesCommand(t *testing.T) {
	hinderedCPU := slices.Clone(testProgram.Engines)
	hinderedCPU[0].Hindered = func() string { return "cpu amx: not used, for it is refused" }
	for _, c := range []struct {
		engines []Engine
		want    string // the end of what is printed
	}{
		{cards(&card{}, nil), "\ncard 1\nauto chooses card: it is there\n"},
		{cards(&card{}, errNoCard), "\nauto chooses cpu: there is no card\n"},
		{testProgram.Engines, "\nauto chooses cpu: nothing else computes here\n"},
		{hinderedCPU, "\ncpu amx: not used, for it is refused\nauto chooses cpu: nothing else computes here\n"},
	} {
		var out strings.Builder
		if err := listEngines(&out, c.engines); err != nil || !strings.HasPrefix(out.String(), "cpu ") || !strings.HasSuffix(out.String(), c.want) {
			t.Errorf("got %v, %q, want it to end in %q", err, out.String(), c.want)
		}
	}
}
