package enginetest

import (
	"reflect"
	"testing"

	"zalgoscope/nn"
)

// trying notes the operations of the nets that are opened; missed is a test that fails for those of nn that none had.
func trying(open Open) (noting Open, missed func(t *testing.T)) {
	tried := map[reflect.Type]bool{}
	noting = func(net *nn.Net) (nn.Engine, error) {
		for _, l := range net.Layers {
			tried[reflect.TypeOf(l.Op)] = true
		}
		return open(net)
	}
	return noting, func(t *testing.T) {
		for _, op := range nn.Operations {
			if !tried[reflect.TypeOf(op)] {
				t.Errorf("nothing tries %T", op)
			}
		}
	}
}
