package app

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

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

// Notes are one line of bounded length, in which what steers a terminal shows.
func TestNotesShow(t *testing.T) {
	for name, s := range hostile(4000) {
		var n toasts
		n.warn(errors.New("app: "+s+"\nsecond line\x1b[2J"), time.Now())
		got := n.texts()[0]
		if utf8.RuneCountInString(got) > visible.Most || got != visible.Text(got) || !strings.HasPrefix(got, "app: ") {
			t.Errorf("%s: the note is %q", name, got)
		}
	}
	var n toasts
	n.tell("opening a\u202egnp.exe\x1b[31m", time.Now())
	if got := n.texts()[0]; got != `opening a\u202egnp.exe\x1b[31m` {
		t.Errorf("the note is %q", got)
	}
}
