package cpu

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/cpu"

	"zalgoscope/nn"
)

// TestTilesRefused wants the next best kernels where the processor has AMX and the system refuses it, also for recipes that were made by
// it, and the reason told; and none asked where there is none.
func TestTilesRefused(t *testing.T) {
	if len(halvers()) == 0 {
		t.Skip("needs a processor with AVX512_BF16")
	}
	t.Setenv("ZALGOSCOPE_CPU", "")
	x := &cpu.X86
	tile, bf16 := x.HasAMXTile, x.HasAMXBF16
	t.Cleanup(func() { x.HasAMXTile, x.HasAMXBF16 = tile, bf16 })
	x.HasAMXTile, x.HasAMXBF16 = true, true
	list, err := halversOf(func() error { return errors.New("no such thing") })
	if text := hindered(err); !strings.Contains(text, "amx") || !strings.Contains(text, "no such thing") {
		t.Errorf("it is told that %q", text)
	}
	fast := list[0]
	if fast.half.slow {
		fast = available()[0]
	}
	for p, want := range map[nn.Precision]*kernels{nn.BF16Tiles: available()[0], nn.BF16: list[0], nn.BF16Maps: list[0], nn.Fast: fast} {
		if k, err := chooseOf(list, "", p); err != nil || k.name != want.name || k.half != nil && k.half.products != nil {
			t.Errorf("for %s: %v, %v, want %s", p, k, err, want.name)
		}
	}
	if _, err := chooseOf(list, "amx", ""); err == nil {
		t.Error("amx by name: no error")
	}
	x.HasAMXBF16 = false
	if _, err := halversOf(func() error { t.Error("it is asked for what the processor lacks"); return nil }); hindered(err) != "" {
		t.Errorf("without AMX it is told that %q", hindered(err))
	}
}
