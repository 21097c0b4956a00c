package dream

import "testing"

func TestLayerPlaces(t *testing.T) {
	names := []string{"a", "b:c", "d"}
	for _, c := range []struct {
		place float64
		want  string
	}{
		{-1, "a"}, {0, "a"}, {0.25, "a:0.75,b:c:0.25"}, {1, "b:c"}, {1.996, "d"}, {1.5, "b:c:0.5,d:0.5"}, {9, "d"},
	} {
		got := LayerAt(names, c.place)
		if got != c.want {
			t.Errorf("LayerAt(%g) = %q, want %q", c.place, got, c.want)
		}
		back := LayerPlace(names, got)
		if want := min(max(c.place, 0), 2); back < want-0.006 || back > want+0.006 {
			t.Errorf("LayerPlace(%q) = %g, want %g", got, back, want)
		}
	}
	for _, text := range []string{"", "x", "a,d", "b:c,a", "a,b:c,d", "d,a"} {
		if got := LayerPlace(names, text); got != -1 {
			t.Errorf("LayerPlace(%q) = %g, want -1", text, got)
		}
	}
}
