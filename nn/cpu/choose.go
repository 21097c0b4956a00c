package cpu

import (
	"errors"
	"fmt"
	"os"

	"zalgoscope/nn"
)

// choose gives the kernels of a name, or for "" the best of a precision that the processor can run.
func choose(name string, p nn.Precision) (*kernels, error) {
	if name == "" {
		name = os.Getenv("ZALGOSCOPE_CPU")
	}
	if name != "" {
		return named(name, p)
	}
	half := halvers()
	switch p {
	case "", nn.FP32:
		return available()[0], nil
	case nn.Fast:
		return append(half, available()[0])[0], nil
	case nn.Former:
		return append(half, available()[0])[0].former(), nil
	case nn.BF16:
		if half == nil {
			return nil, errors.New("cpu: bf16 needs a processor with AVX512_BF16 (AMD Zen 4, Intel Cooper Lake or Sapphire Rapids, or later); this one computes in fp32")
		}
		return half[0], nil
	}
	return nil, fmt.Errorf("cpu: no precision %q", p)
}

// named gives the kernels of a name, which must be of the precision, if one is asked for.
func named(name string, p nn.Precision) (*kernels, error) {
	var names []string
	for _, k := range append(append(available(), halvers()...), modelled) {
		if k.name != name {
			names = append(names, k.name)
			continue
		}
		switch p {
		case nn.Former:
			return k.former(), nil
		case "", nn.Fast, k.precision():
			return k, nil
		}
		return nil, fmt.Errorf("cpu: the kernels %q compute in %s, but %s is asked for", name, k.precision(), p)
	}
	return nil, fmt.Errorf("cpu: no kernels %q on this processor; it runs %q", name, names)
}

// precision is what the kernels multiply in.
func (k *kernels) precision() nn.Precision {
	if k.half != nil {
		return nn.BF16
	}
	return nn.FP32
}
