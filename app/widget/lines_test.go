package widget

import (
	"strings"
	"testing"

	"github.com/hajimehoshi/ebiten/v2/text/v2"

	"zalgoscope/app/visible"
)

// hostile are texts that a file may hold where a name is expected.
func hostile(n int) map[string]string {
	return map[string]string{
		"a long word":       strings.Repeat("w", n),
		"narrow letters":    strings.Repeat("i", n),
		"a long path":       strings.Repeat("/", n),
		"short words":       strings.Repeat("i ", n/2),
		"marks on a letter": "z" + strings.Repeat("\u0301", n/2),
		"hidden letters":    strings.Repeat("\x1b", n),
		"no text":           strings.Repeat("\xff", n),
		"right to left":     strings.Repeat("א", n/2),
	}
}

// The cost of laying text out is bounded, and does not grow with what a file holds: what is shaped is
// counted, in bytes.
func TestLayingOutIsBounded(t *testing.T) {
	face := &text.GoTextFace{Source: regular, Size: 13}
	for _, way := range []struct {
		name string
		do   func(r ruler, s string)
	}{
		{"a note", func(r ruler, s string) { r.wrap(s, 316, 5) }},
		{"a narrow note", func(r ruler, s string) { r.wrap(s, 20, 5) }},
		{"a label", func(r ruler, s string) { r.clip(s, 200) }},
		{"a field", func(r ruler, s string) { r.end(s, 200) }},
	} {
		cost := func(s string) int {
			shaped, last := 0, "" // asking one line for many places shapes it once
			way.do(func(line string, at int) float64 {
				if line != last {
					shaped, last = shaped+len(line), line
				}
				return rule(face)(line, at)
			}, s)
			return shaped
		}
		for name, small := range hostile(4000) {
			large := hostile(400_000)[name]
			a, b := cost(small), cost(large)
			if most := 60 * 4 * visible.Most; a > most || b > 2*a+100 {
				t.Errorf("%s of %s shapes %d bytes for 4000 letters and %d for 400000, want at most %d", way.name, name, a, b, most)
			}
		}
	}
}

// What is laid out before its place has a width, or where a window leaves none, is cut to nothing but dots.
func TestNoRoom(t *testing.T) {
	r := rule(&text.GoTextFace{Source: regular, Size: 13})
	for _, width := range []int{-60, -1, 0, 1} {
		for _, s := range []string{"", "w", "Kennel"} {
			want := "…"
			if s == "" {
				want = ""
			}
			if got := r.clip(s, width); got != want {
				t.Errorf("clipped to %d, %q is %q, want %q", width, s, got, want)
			}
			_, _ = r.end(s, width), r.wrap(s, width, 3)
		}
	}
}

// No line of a note is wider than its room, and nothing is lost as long as there are lines for it.
func TestWrap(t *testing.T) {
	face := &text.GoTextFace{Source: regular, Size: 13}
	for _, s := range []string{
		"picture: cannot write \"/home/somebody/pictures/a-rather-long-name-of-a-folder/dream-2006-01-02-150405.png\": no space left on device",
		strings.Repeat("w", 200), "short", "", strings.Repeat("/", 99), "a " + strings.Repeat("ü/", 80) + " b",
	} {
		for _, width := range []int{20, 60, 316} {
			lines := Wrap(s, face, width, 1000)
			for _, l := range lines {
				if Width(l, face) > float64(width) && len([]rune(l)) > 1 {
					t.Errorf("%q at %d: the line %q is %g wide", s, width, l, Width(l, face))
				}
			}
			bare := func(s string) string { return strings.ReplaceAll(s, " ", "") }
			if got := strings.Join(lines, ""); bare(got) != bare(s) {
				t.Errorf("%q at %d becomes %q", s, width, got)
			}
			if n := len(Wrap(s, face, width, 2)); n > 2 {
				t.Errorf("%q at %d: %d lines, want at most 2", s, width, n)
			}
		}
	}
	if got := end("abcdefgh", face, 40); !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "gh") || Width(got, face) > 40 {
		t.Errorf("the end of a long text is %q", got)
	}
}
