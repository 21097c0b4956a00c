package sound

import (
	"slices"
	"strings"
	"testing"
)

// A device is found by its name or a part of it that no other has.
func TestMatch(t *testing.T) {
	names := []string{"Speakers (Realtek)", "Microphone (Realtek)", "BlackHole 2ch", "BlackHole 16ch", "Speakers"}
	for source, want := range map[string]int{"BlackHole 2ch": 2, "16CH": 3, "speakers (": 0, "Speakers": 4, "micro": 1} {
		if got, err := match(source, names); err != nil || got != want {
			t.Errorf("%q: got %d, %v, want %d", source, got, err, want)
		}
	}
	for source, want := range map[string]string{"blackhole": `"BlackHole 2ch" or "BlackHole 16ch"`, "headphones": "there are: computer, microphone, Speakers (Realtek), "} {
		if _, err := match(source, names); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", source, err, want)
		}
	}
	if i := looped(names); i != 2 || looped(names[:2]) != -1 {
		t.Errorf("what plays is recorded by %d", i)
	}
}

// Of a device with two buffers of channels all count; what is cut off does not.
func TestChannels(t *testing.T) {
	for _, c := range []struct {
		list []uint32
		want int
	}{{nil, 0}, {[]uint32{0}, 0}, {[]uint32{1, 0, 2, 0, 7, 7}, 2}, {[]uint32{2, 0, 1, 0, 7, 7, 16, 0, 7, 7}, 17}, {[]uint32{9, 0, 1}, 1}} {
		if got := channels(c.list); got != c.want {
			t.Errorf("%v: got %d, want %d", c.list, got, c.want)
		}
	}
	if got := mono([]float32{1, 0, -1, -0.5, 9}, 2); !slices.Equal(got, []float32{0.5, -0.75}) {
		t.Errorf("one channel of two is %v", got)
	}
}
