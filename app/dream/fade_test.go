package dream

import (
	"math"
	"testing"
)

// A fade begins at one scene and ends at the other, and can be dreamed all the way.
func TestBetween(t *testing.T) {
	a, b := Live(), Live()
	a.Layer, a.Zoom, a.Octaves, a.Width, a.Height, a.Pace = "conv1", 0.04, 2, 64, 48, 0.5
	b.Layer, b.Zoom, b.Octaves, b.Bend = "conv2", -0.1, 4, "conv2:invert=1"
	end := b
	end.Width, end.Height, end.Pace = a.Width, a.Height, a.Pace
	if Between(a, b, 0) != a || Between(a, b, 1) != end {
		t.Errorf("it goes from %+v to %+v", Between(a, b, 0), Between(a, b, 1))
	}
	for from := -0.1; from < 0.1; from += 0.01 { // the difference of some is rounded
		if a.Zoom, b.Zoom = from, -0.06; Between(a, b, 1).Zoom != b.Zoom {
			t.Errorf("from zoom %g it ends at %g, want %g", from, Between(a, b, 1).Zoom, b.Zoom)
		}
	}
	a.Zoom, b.Zoom = 0.04, -0.1
	half := Between(a, b, 0.5)
	if half.Layer != "conv1:0.5,conv2:0.5" || math.Abs(half.Zoom+0.03) > 1e-9 || half.Octaves != 4 || half.Bend != b.Bend || half.Step != a.Step {
		t.Errorf("half of the way is %+v", half)
	}
	if s := Between(a, b, 0.3); s.Layer != "conv1:0.7,conv2:0.3" || s.Bend != "" || s.Octaves != 2 {
		t.Errorf("a third of the way is %+v", s)
	}
	b.Class = "spider"
	if s := Between(a, b, 0.49); s.Class != "" || s.Step > 0.4*a.Step {
		t.Errorf("before a class comes the step is %g of %g, and the class %q", s.Step, a.Step, s.Class)
	}
	if s := Between(a, b, 0.5); s.Class != "spider" {
		t.Errorf("in the middle the class is %q", s.Class)
	}
	for share := 0.0; share <= 1; share += 0.01 {
		if err := Between(a, b, share).Check(); err != nil {
			t.Fatalf("at %g: %v", share, err)
		}
	}
}
