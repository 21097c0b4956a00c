package cpu

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"zalgoscope/nn"
)

// choose gives the kernels of a name, or for "" the best of a precision that the processor can run.
func choose(name string, p nn.Precision) (*kernels, error) { return chooseOf(halvers(), name, p) }

// chooseOf is choose where those are the kernels that multiply in bfloat16, the best first.
func chooseOf(half []*kernels, name string, p nn.Precision) (*kernels, error) {
	if name == "" {
		name = os.Getenv("ZALGOSCOPE_CPU")
	}
	if name != "" {
		return named(half, name, p)
	}
	float := available()[0]
	switch p {
	case "", nn.FP32:
		return float, nil
	case nn.BF16:
		if half == nil {
			return nil, errors.New("cpu: bf16 needs a processor with AVX512_BF16 (AMD Zen 4, Intel Cooper Lake or Sapphire Rapids, or later) or FEAT_BF16 (Apple M2, Arm Neoverse V1 or N2, or later; Linux or macOS); this one computes in fp32")
		}
		return half[0], nil
	case nn.Fast, nn.Former, nn.BF16Maps, nn.BF16Tiles, nn.BF16Odd:
		for _, k := range half {
			if k.answers(p) {
				return k.as(p), nil
			}
		}
		return float, nil
	}
	return nil, fmt.Errorf("cpu: no precision %q", p)
}

// answers tells whether the kernels are what is meant by a precision.
func (k *kernels) answers(p nn.Precision) bool {
	switch p {
	case "":
		return true
	case nn.Fast:
		return k.half == nil || !k.half.slow
	case nn.Former, nn.BF16Maps:
		return k.precision() == nn.BF16
	case nn.BF16:
		return k.half != nil
	}
	return k.precision() == p
}

// as is the kernels as a precision has them.
func (k *kernels) as(p nn.Precision) *kernels {
	if p == nn.Former {
		return k.former()
	}
	return k
}

// named gives the kernels of a name, of those of bfloat16 and all others, which must be of the precision, if one is asked for but what is usual.
func named(half []*kernels, name string, p nn.Precision) (*kernels, error) {
	var names []string
	for _, k := range slices.Concat(available(), half, halfModels) {
		switch {
		case k.name != name:
			names = append(names, k.name)
		case k.answers(p) || p == nn.Fast || p == nn.Former:
			return k.as(p), nil
		default:
			return nil, fmt.Errorf("cpu: the kernels %q compute in %s, but %s is asked for", name, k.precision(), p)
		}
	}
	return nil, fmt.Errorf("cpu: no kernels %q on this processor; it runs %q", name, names)
}

// precision is what the kernels multiply in.
func (k *kernels) precision() nn.Precision {
	if k.half != nil {
		return k.half.precision
	}
	return nn.FP32
}
