package record

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"zalgoscope/app/dream"
)

// What a dream began with and what it goes on with both survive the recipe's text, to the bit.
func TestMemoryTravels(t *testing.T) {
	began := dream.Memory{"inception_4c": {0.1, 1, 2.5, float32(math.Pi)}}
	ended := dream.Memory{"a/b.c \"odd\"": {0, 1e-40, 3e38}, "conv1": {1}}
	r := Recipe{
		Seed: 1, Frames: 1, Memory: ended,
		Start:   Start{Identity: dream.Identity{Name: "static", Width: 40, Height: 30, EachSize: true}, Memory: began},
		Changes: []Change{{Settings: dream.Live()}},
	}
	got, err := Decode(r.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if !maps.EqualFunc(got.Memory, ended, slices.Equal) || !maps.EqualFunc(got.Start.Memory, began, slices.Equal) || !got.Start.EachSize {
		t.Errorf("got %v and %+v, want %v and %+v", got.Memory, got.Start, ended, r.Start)
	}
	if len(got.Unknown) > 0 {
		t.Errorf("%q of our own recipe is not known", got.Unknown)
	}
}

// A stranger's memory is refused in one line where it is none.
func TestBadMemory(t *testing.T) {
	good := Recipe{
		Seed: 1, Frames: 1, Memory: dream.Memory{"conv1": {1, 2}},
		Start:   Start{Identity: dream.Identity{Name: "static", Width: 40, Height: 30}},
		Changes: []Change{{Settings: dream.Live()}},
	}.Encode()
	const values = "AACAPwAAAEA="
	if !strings.Contains(good, values) {
		t.Fatalf("the recipe is\n%s", good)
	}
	for _, c := range []struct{ name, with, want string }{
		{"no base64", "%%%%", "damaged"},
		{"half a number", "AACA", "damaged"},
		{"not a number", "AADAfw==", "NaN"},
		{"infinite", "AACAfw==", "+Inf"},
		{"negative", "AACAvw==", "-1"},
		{"too much", strings.Repeat("AACAPwAAAEAAAIA/", mostMemory/2), "remembers"},
	} {
		_, err := Decode(strings.Replace(good, values, c.with, 1))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || len(err.Error()) > 300 {
			t.Errorf("%s: got %v, want one line with %q", c.name, err, c.want)
		}
	}
	if _, err := Decode(good + strings.Repeat("\n[[memory]]\nlayer='x'\n", mostLayers+1)); err == nil {
		t.Error("more layers than any net has: no error")
	}
}
