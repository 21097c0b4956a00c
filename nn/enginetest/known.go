package enginetest

import (
	"reflect"
	"slices"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Known wants an engine to know every operation of nn and every effect of bend but those that are to be refused, by
// the names of their types.
func Known(t *testing.T, op func(nn.Op) bool, effect func(bend.Effect) bool, refused ...string) {
	see := func(known bool, what any) {
		name := reflect.Indirect(reflect.ValueOf(what)).Type().String()
		if known == slices.Contains(refused, name) {
			t.Errorf("%s %+v: known %v; let the engine know it, or name it among those that it refuses", name, what, known)
		}
	}
	for _, o := range nn.Operations {
		see(op(o), o)
	}
	for _, e := range bend.Effects() {
		see(effect(e), e)
	}
}

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
