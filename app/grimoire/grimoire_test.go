package grimoire

import (
	"bytes"
	"image"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"

	"zalgoscope/assets"
	"zalgoscope/nn/load"
)

// goBook is letters of the font that comes with Go, with dots for marks.
func goBook(t *testing.T) *Book {
	t.Helper()
	regular, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	bold, err := sfnt.Parse(gobold.TTF)
	if err != nil {
		t.Fatal(err)
	}
	faces := []*sfnt.Font{regular, bold}
	return &Book{Classes: []Class{{"a", 'a', faces}, {"Q", 'Q', faces}, {"Ж", 'Ж', faces}}, marks: regular, above: []rune("^~'"), below: []rune(".-_")}
}

// The same seed draws the same letter; another one or another class draws another.
func TestDraw(t *testing.T) {
	b := goBook(t)
	draw := func(class int, seed uint64) *image.RGBA {
		m, err := b.Draw(class, 64, rand.New(rand.NewPCG(seed, 1)))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	first := draw(0, 1)
	if !bytes.Equal(first.Pix, draw(0, 1).Pix) {
		t.Error("the same seed draws another picture")
	}
	for _, other := range []*image.RGBA{draw(0, 2), draw(1, 1)} {
		if bytes.Equal(first.Pix, other.Pix) {
			t.Error("another seed or class draws the same picture")
		}
	}
}

// Marks pile up outwards: each lies beyond the box of the one before, and the letter between.
func TestStack(t *testing.T) {
	b := goBook(t)
	piles := 0
	for seed := range uint64(40) {
		all, whole, err := b.stack(&b.Classes[0], rand.New(rand.NewPCG(seed, 1)))
		if err != nil {
			t.Fatal(err)
		}
		letter := all[0].box
		top, bottom := letter.y0, letter.y1
		for _, p := range all[1:] {
			piles++
			switch high, low := p.box.y0+p.dy, p.box.y1+p.dy; {
			case low <= top:
				top = high
			case high >= bottom:
				bottom = low
			default:
				t.Errorf("a mark from %g to %g lies on what reaches from %g to %g", high, low, top, bottom)
			}
		}
		if whole.y0 != top || whole.y1 != bottom {
			t.Errorf("the pile's box is %g to %g, want %g to %g", whole.y0, whole.y1, top, bottom)
		}
	}
	if piles < 20 {
		t.Errorf("%d marks on 40 letters", piles)
	}
}

// Debian's fonts have every letter that is drawn.
func TestOpen(t *testing.T) {
	const noto = "/usr/share/fonts/truetype/noto"
	if _, err := os.Stat(noto + "/NotoSansHebrew-Regular.ttf"); err != nil {
		t.Skip("fonts-noto-core is not installed; make grimoire does that")
	}
	b, err := Open(noto)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Classes) < 80 {
		t.Errorf("%d letters", len(b.Classes))
	}
	if _, err := Open(t.TempDir()); err == nil || !strings.Contains(err.Error(), "fonts-noto-core") {
		t.Errorf("a folder without fonts: %v", err)
	}
}

// Every letter has a name of its own that can be typed, and the built-in net knows just these.
func TestNames(t *testing.T) {
	data, ok := assets.Net("grimoire")
	if !ok {
		t.Fatal("grimoire is not built in")
	}
	net, err := load.ONNX(data, "grimoire", load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, s := range scripts {
		for _, letter := range s.letters {
			name := Name(letter)
			if known[name] || strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) || !slices.Contains(net.Labels, name) {
				t.Errorf("%c is called %q", letter, name)
			}
			known[name] = true
		}
	}
	if len(net.Labels) != len(known) {
		t.Errorf("the net has %d labels, and there are %d letters", len(net.Labels), len(known))
	}
}
