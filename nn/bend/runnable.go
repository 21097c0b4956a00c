package bend

import (
	"fmt"
	"reflect"
	"slices"

	"zalgoscope/nn"
)

// Runnable reports what of a net no engine can run. What passes here, every engine's switches have a case for.
func Runnable(net *nn.Net) error {
	if err := net.Validate(); err != nil {
		return err
	}
	for _, l := range net.Layers {
		op, ok := l.Op.(*Op)
		switch {
		case ok && !slices.ContainsFunc(Effects(), func(e Effect) bool { return reflect.TypeOf(e) == reflect.TypeOf(op.Effect) }):
			return fmt.Errorf("nn: layer %q: no bend %q", l.Name, op.Spec.Kind)
		case !ok && !nn.Known(l.Op):
			return fmt.Errorf("nn: layer %q: no operation %q", l.Name, l.Op.Kind())
		}
	}
	return nil
}
