package assets

import "testing"

// The nets are parts of the program, of which asking makes no copy.
func TestNet(t *testing.T) {
	for _, n := range Nets {
		data, ok := Net(n.Name)
		if !ok || len(data) < 1<<20 {
			t.Fatalf("%s: %d bytes, %v", n.Name, len(data), ok)
		}
		if got := testing.AllocsPerRun(3, func() { Net(n.Name) }); got != 0 {
			t.Errorf("%s: asking for it allocates %g times", n.Name, got)
		}
	}
	if _, ok := Net("squid"); ok {
		t.Error("there is a net called squid")
	}
}
