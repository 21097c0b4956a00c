package dream

import (
	"bytes"
	"image"
	"math/rand/v2"
	"strings"
	"testing"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// A map of regions is the same after it has been a text, however it is painted, and never longer than a knob may be.
func TestMapText(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		m := &Map{}
		for range 1 + rng.IntN(20) {
			m.Paint(rng.Float64(), rng.Float64(), rng.Float64(), rng.Float64(), 0.2*rng.Float64(), 0.6, Region(rng.IntN(3)))
		}
		back, err := ParseMap(m.String())
		if err != nil || *back != *m {
			t.Fatalf("%q comes back as %q, %v", m, back, err)
		}
	}
	wild := &Map{}
	for i := range wild {
		wild[i] = Region(i % 3)
	}
	if n := len(wild.String()); n > mostText {
		t.Errorf("a map has %d letters", n)
	}
	for _, text := range []string{"h", "2561h", "2559hx", "2560", "h2560h", "9999999999999999999n", "2559h2"} {
		if _, err := ParseMap(text); err == nil {
			t.Errorf("%q was taken for a map", text)
		}
	}
}

// halves dreams some frames with the left half of the canvas as a region.
func halves(t *testing.T, r Region, change func(*Settings)) (start, last *image.RGBA) {
	t.Helper()
	net := enginetest.Small()
	e, err := nn.NewReference(net)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	s := Live()
	s.Layer, s.Zoom, s.Hold, s.Offset, s.Drift, s.Octaves = "3a/output", 0, 0, 0, 0, 2
	m := &Map{}
	m.Paint(0.1, 0, 0.1, 1, 0.25, 0.625, r)
	s.Where = m.String()
	change(&s)
	in := Make("clouds", 64, 40, 1)
	d, err := New(net, e, in, Options{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	if err := d.Check(s); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := d.Frame(Fixed(s)); err != nil {
			t.Fatal(err)
		}
	}
	return in.Image(), d.Image()
}

// differing is the mean difference of two pictures between two columns.
func differing(a, b *image.RGBA, from, to int) float64 {
	sum, n := 0.0, 0
	for y := range a.Rect.Dy() {
		for i := a.PixOffset(from, y); i < a.PixOffset(to, y); i++ {
			d := int(a.Pix[i]) - int(b.Pix[i])
			sum += float64(max(d, -d))
			n++
		}
	}
	return sum / float64(n)
}

// Where the map says never nothing changes, where it says other another objective is dreamed, elsewhere what is dreamed
// without a map; and the same again gives the same picture.
func TestRegions(t *testing.T) {
	start, plain := halves(t, Here, func(s *Settings) { s.Where = "" })
	_, never := halves(t, Never, func(*Settings) {})
	if d := differing(start, never, 0, 18); d > 1 {
		t.Errorf("where nothing is to be dreamed the picture changes by %.2f", d)
	}
	if d, want := differing(start, never, 28, 64), differing(start, plain, 28, 64); d < want/2 {
		t.Errorf("where something is to be dreamed the picture changes by %.2f, without a map by %.2f", d, want)
	}
	other := func(s *Settings) { s.Other = "layer relu1 channel 2" }
	_, two := halves(t, Other, other)
	if d := differing(two, plain, 0, 18); d < 3 {
		t.Errorf("another objective makes a difference of %.2f", d)
	}
	if _, again := halves(t, Other, other); !bytes.Equal(again.Pix, two.Pix) {
		t.Error("the same map gives another picture")
	}
	s := Live()
	s.Where = strings.Repeat("o", MapWidth*MapHeight)
	for text, want := range map[string]string{"": "there is none", "spider": "is none of", "class nonesuch": "none of", "layer nowhere": "has no layer"} {
		s.Other = text
		net := enginetest.Small()
		e, _ := nn.NewReference(net)
		d, err := New(net, e, Make("clouds", 32, 20, 1), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Check(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the other objective %q: got %v, want %q", text, err, want)
		}
		d.Release()
		e.Close()
	}
}

// The other objective is written so that it is read as it was.
func TestFormatOther(t *testing.T) {
	for _, want := range []Settings{{Layer: "a/b c"}, {Layer: "conv2", Channel: "3,4:0.5"}, {Class: "sea snake"}} {
		s := Settings{Other: FormatOther(want)}
		got, err := s.WithOther()
		got.Other = ""
		if err != nil || got != want {
			t.Errorf("%+v comes back as %+v, %v", want, got, err)
		}
	}
}
