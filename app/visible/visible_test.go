package visible

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "inception_4c/output", "inception_4c/output"},
		{"empty", "", ""},
		{"letters of any script", "Übung 蜘蛛 ́", "Übung 蜘蛛 ́"},
		{"spaces of any width", "a\u00a0b\u3000c", "a\u00a0b\u3000c"},
		{"a Windows path", `C:\new\x1b.png`, `C:\new\x1b.png`},
		{"colours", "\x1b[31mred\x1b[0m", `\x1b[31mred\x1b[0m`},
		{"a window title", "\x1b]0;pwned\a", `\x1b]0;pwned\x07`},
		{"the same in one byte", "\u009d0;pwned\u009c", `\u009d0;pwned\u009c`},
		{"a new line", "a\nb\r\tc", `a\nb\r\tc`},
		{"rubbed out", "rm\b\b\x7fls", `rm\x08\x08\x7fls`},
		{"turned round", "a\u202egnp.exe", `a\u202egnp.exe`},
		{"of no width", "a\u200bb\ufeff", `a\u200bb\ufeff`},
		{"other line ends", "a\u2028b\u2029", `a\u2028b\u2029`},
		{"no UTF-8", "a\xff\xc3b", `a\xff\xc3b`},
		{"the sign for no UTF-8", "a\ufffdb", "a\ufffdb"},
		{"a tag beyond the plane", "a\U000e0041", `a\U000e0041`},
	} {
		got := Text(c.in)
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if again := Text(got); again != got {
			t.Errorf("%s: once more it is %q, not %q", c.name, again, got)
		}
	}
}

// A line is one line, bounded whatever it is made of, and keeps both ends.
func TestLine(t *testing.T) {
	for _, c := range []struct{ name, in, begins, ends string }{
		{"short", "load: no net", "load: no net", "load: no net"},
		{"two lines", "a\n  b\tc", "a b c", "a b c"},
		{"a long name", "record: the net " + strings.Repeat("x", 1<<20) + " is not there", "record: the net xxx", "x is not there"},
		{"wide letters", strings.Repeat("é", 5000) + "!", "é", "é!"},
		{"hidden ones", strings.Repeat("\x1b", 5000) + "end", `\x1b\x1b`, "end"},
		{"no UTF-8", strings.Repeat("\xc3", 5000) + "end", "", "end"},
	} {
		got := Line(c.in)
		if n := utf8.RuneCountInString(got); n > Most || strings.ContainsAny(got, "\n\x1b") || !utf8.ValidString(got) {
			t.Errorf("%s: a line of %d characters: %.80q", c.name, n, got)
		}
		if !strings.HasPrefix(got, c.begins) || !strings.HasSuffix(got, c.ends) {
			t.Errorf("%s: got %.40q ... %q", c.name, got, got[max(len(got)-40, 0):])
		}
	}
}

// The writer gives the same whatever pieces the text comes in, and keeps the lines.
func TestWriter(t *testing.T) {
	const text = "LAYER\tKIND\n蜘\x1b[2J\u202e\xff\tConv\n"
	const want = "LAYER\tKIND\n蜘\\x1b[2J\\u202e\\xff\tConv\n"
	for piece := 1; piece <= len(text); piece++ {
		var b bytes.Buffer
		w := Writer(&b)
		for rest := text; rest != ""; {
			n := min(piece, len(rest))
			if m, err := fmt.Fprint(w, rest[:n]); m != n || err != nil {
				t.Fatal(m, err)
			}
			rest = rest[n:]
		}
		if b.String() != want {
			t.Errorf("in pieces of %d: got %q, want %q", piece, b.String(), want)
		}
	}
}
