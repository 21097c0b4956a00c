package cpu

import (
	"strings"
	"testing"

	"zalgoscope/nn"
)

// The precision chooses the kernels, and those that are named have to be of it.
func TestChoose(t *testing.T) {
	fp32 := available()[0].name
	bf16, lacks, fast := "", "bf16 needs a processor with AVX512_BF16", fp32
	if half := halvers(); half != nil {
		bf16, lacks = half[0].name, ""
		fast = bf16
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
		{"", "portable", nn.Fast, "portable", ""},
		{"", "portable", nn.BF16, "", `the kernels "portable" compute in fp32, but bf16 is asked for`},
		{"", "portablebf16", "", "portablebf16", ""},
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
