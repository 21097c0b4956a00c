package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"zalgoscope/app/record"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
)

// asking gives a program whose processor notes the precision that it is asked for, and tells one of bf16 that it has it.
func asking(asked *nn.Precision, has nn.Precision) []Engine {
	processor := testProgram.Engines[0]
	return []Engine{{Name: "cpu", Open: func(net *nn.Net, o EngineOptions) (nn.Engine, error) {
		*asked = o.Precision
		if o.Precision == "" || o.Precision == nn.FP32 {
			return processor.Open(net, o)
		}
		o.Precision = ""
		e, err := processor.Open(net, o)
		return precise{e, has}, err
	}}}
}

type precise struct {
	nn.Engine
	precision nn.Precision
}

func (p precise) Precision() nn.Precision { return p.precision }

// What is asked of the processor: its usual precision, unless a flag says which; the fastest in the window.
func TestPrecisionAsked(t *testing.T) {
	for _, c := range []struct {
		usual nn.Precision
		flags string
		want  nn.Precision
		help  string
	}{
		{"", "", "", "auto: fp32"},
		{"", "--precision bf16", nn.BF16, "auto: fp32"},
		{"", "--precision fp32", nn.FP32, "auto: fp32"},
		{nn.Fast, "", nn.Fast, "auto: the faster that it has"},
		{nn.Fast, "--precision fp32", nn.FP32, "auto: the faster"},
	} {
		var asked nn.Precision
		f := engineFlags{usual: c.usual}
		cmd := &cobra.Command{}
		f.register(cmd, asking(&asked, nn.BF16))
		if err := cmd.ParseFlags(strings.Fields(c.flags)); err != nil {
			t.Fatal(err)
		}
		net, err := loadNet("menagerie", load.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e, err := f.open(net)
		if err != nil {
			t.Fatal(err)
		}
		e.Close()
		if asked != c.want {
			t.Errorf("%q, usually %q: got %q, want %q", c.flags, c.usual, asked, c.want)
		}
		if use := cmd.Flags().Lookup("precision").Usage; !strings.Contains(use, c.help) {
			t.Errorf("usually %q: the help is %q", c.usual, use)
		}
	}
}

// A replay asks for the precision of the recipe, unless a flag says which.
func TestReplayObeysPrecision(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		dream, replay   []string
		recorded, asked nn.Precision
	}{
		{nil, nil, nn.FP32, ""},
		{[]string{"--precision", "bf16"}, nil, nn.BF16, nn.Former},
		{[]string{"--precision", "bf16"}, nil, nn.BF16Maps, nn.BF16Maps},
		{[]string{"--precision", "bf16"}, nil, nn.BF16Tiles, nn.BF16Tiles},
		{[]string{"--precision", "bf16"}, nil, nn.BF16Odd, nn.BF16Odd},
		{[]string{"--precision", "bf16"}, []string{"--precision", "fp32"}, nn.BF16, nn.FP32},
	} {
		var asked nn.Precision
		program := testProgram
		program.Engines = asking(&asked, c.recorded)
		run := func(args ...string) {
			t.Helper()
			cmd := program.Command()
			cmd.SetArgs(args)
			if err := cmd.Execute(); err != nil {
				t.Fatal(err)
			}
		}
		file := filepath.Join(dir, "a.png")
		run(append([]string{"dream", "clouds", "--size", "32x24", "--steps", "1", "--octaves", "1", "--layer", "conv2", "-o", file}, c.dream...)...)
		r, err := record.ReadRecipe(file)
		if err != nil {
			t.Fatal(err)
		}
		if r.Precision != c.recorded {
			t.Errorf("%v: recorded %q, want %q", c.dream, r.Precision, c.recorded)
		}
		run(append([]string{"replay", file, "-o", filepath.Join(dir, "b.png")}, c.replay...)...)
		if asked != c.asked {
			t.Errorf("%v, then %v: asked for %q, want %q", c.dream, c.replay, asked, c.asked)
		}
	}
}
