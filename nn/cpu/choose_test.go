package cpu

import (
	"strings"
	"testing"
	"time"

	"zalgoscope/nn"
)

// The precision chooses the kernels, and those that are named have to be of it.
func TestChoose(t *testing.T) {
	fp32 := available()[0].name
	bf16, lacks, fast := "", "bf16 needs a processor with AVX512_BF16", fp32
	has := map[nn.Precision]string{nn.BF16: fp32, nn.BF16Tiles: fp32, nn.BF16Odd: fp32}
	for i, k := range halvers() {
		if i == 0 {
			bf16, lacks = k.name, ""
		}
		if fast == fp32 && !k.half.slow {
			fast = k.name
		}
		has[k.precision()] = k.name
	}
	for _, c := range []struct {
		kernel, environment string
		precision           nn.Precision
		want, wrong         string
	}{
		{"", "", "", fp32, ""},
		{"", "", nn.FP32, fp32, ""},
		{"", "", nn.Fast, fast, ""},
		{"", "", nn.BF16, bf16, lacks},
		{"", "", nn.Former, has[nn.BF16], ""},
		{"", "", nn.BF16Maps, has[nn.BF16], ""},
		{"", "", nn.BF16Tiles, has[nn.BF16Tiles], ""},
		{"", "", nn.BF16Odd, has[nn.BF16Odd], ""},
		{"portablebf16odd", "", nn.BF16, "portablebf16odd", ""},
		{"portablebf16odd", "", nn.BF16Tiles, "", "compute in bf16-odd, but bf16-tiles is asked for"},
		{"", "portable", nn.Fast, "portable", ""},
		{"", "portable", nn.BF16, "", `the kernels "portable" compute in fp32, but bf16 is asked for`},
		{"", "portablebf16", "", "portablebf16", ""},
		{"portableamx", "", nn.BF16, "portableamx", ""},
		{"portableamx", "", nn.Former, "portableamx", ""},
		{"portableamx", "", nn.BF16Maps, "", "compute in bf16-tiles, but bf16-maps is asked for"},
		{"portablebf16", "", nn.BF16Tiles, "", "compute in bf16, but bf16-tiles is asked for"},
		{"portablebf16", "", nn.FP32, "", "compute in bf16, but fp32 is asked for"},
		{"mmx", "", "", "", `no kernels "mmx" on this processor`},
		{"", "", "fp8", "", `no precision "fp8"`},
	} {
		t.Setenv("ZALGOSCOPE_CPU", c.environment)
		k, err := choose(c.kernel, c.precision)
		switch {
		case c.wrong != "":
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%+v: got %v", c, err)
			}
		case err != nil || k.name != c.want:
			t.Errorf("%+v: got %v, %v", c, k, err)
		}
	}
}

// TestFastest wants bfloat16 where it is the quicker, by the peaks of its kernels and of those of floats, and nowhere else.
func TestFastest(t *testing.T) {
	if len(halvers()) == 0 {
		t.Skip("needs a processor with AVX512_BF16")
	}
	pace := func(peak func(n int), work int) float64 {
		best := 0.0
		for range 50 {
			const rounds = 2000
			start := time.Now()
			peak(rounds)
			best = max(best, float64(rounds*work)/time.Since(start).Seconds())
		}
		return best
	}
	floats := available()[0]
	for _, k := range halvers() {
		half, whole := pace(k.half.peak, k.half.work), pace(floats.peak, floats.work)
		if slower := half < whole; slower != k.half.slow {
			t.Errorf("%s makes %.0f GFLOP/s and %s %.0f, but it is taken for slow: %v", k.name, half/1e9, floats.name, whole/1e9, k.half.slow)
		}
	}
}
