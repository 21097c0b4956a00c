// Package visible makes text safe to show. What comes from a file - a name, a label, a path, an
// error about them - may hold control characters that steer a terminal, or characters that turn the
// order of a line round; here they become escapes that are read and not obeyed.
package visible

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Most is the length of a Line or Label in characters.
const Most = 600

// Text is s with every character that does not show written as an escape: \x1b, \u202e, \n. What shows
// already, backslashes too, stays as it is, so that Text(Text(s)) is Text(s).
func Text(s string) string {
	if shows(s) {
		return s
	}
	return string(appendText(make([]byte, 0, len(s)+16), s, ""))
}

// Line is s on one line for people to read: runs of white space are one space each, the rest is as by Label.
func Line(s string) string { return Label(strings.Join(strings.Fields(s), " ")) }

// Label is Text of at most Most characters. Of a long text the beginning and the end remain, as both say
// what went wrong.
func Label(s string) string {
	const ends = 4 * Most // bytes; what is cut away need not be made visible
	if len(s) > 3*ends {
		s = strings.ToValidUTF8(s[:ends], "") + " … " + strings.ToValidUTF8(s[len(s)-ends:], "")
	}
	return Short(Text(s), Most)
}

// Short is s in so many characters, with dots in place of its middle where it has more.
func Short(s string, most int) string {
	if len(s) <= most || utf8.RuneCountInString(s) <= most {
		return s
	}
	r := []rune(s)
	tail := (most - 1) / 3
	return string(r[:most-1-tail]) + "…" + string(r[len(r)-tail:])
}

// Writer passes text on to w as by Text, but for the line ends and tabs that lay it out.
func Writer(w io.Writer) io.Writer { return &writer{to: w} }

type writer struct {
	to   io.Writer
	rest []byte // the beginning of a character of which the end is still to come
}

// Write takes all of p or fails.
func (w *writer) Write(p []byte) (int, error) {
	text := append(w.rest, p...)
	whole := len(text)
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if b := text[len(text)-i]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-i:]) {
				whole -= i
			}
			break
		}
	}
	out := appendText(nil, string(text[:whole]), "\n\t")
	w.rest = append([]byte(nil), text[whole:]...)
	if _, err := w.to.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// shows tells that all of s shows as it is.
func shows(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0
		}
	}
	return true
}

// hidden tells the characters that do not show, or not where they stand.
func hidden(r rune) bool { return !unicode.IsGraphic(r) }

// appendText appends s to out, with escapes for what is hidden but not among keep.
func appendText(out []byte, s, keep string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			out = fmt.Appendf(out, `\x%02x`, s[i])
		case !hidden(r) || strings.ContainsRune(keep, r):
			out = append(out, s[i:i+n]...)
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\t':
			out = append(out, `\t`...)
		case r == '\r':
			out = append(out, `\r`...)
		case r < 0x80:
			out = fmt.Appendf(out, `\x%02x`, r)
		case r < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, r)
		default:
			out = fmt.Appendf(out, `\U%08x`, r)
		}
		i += n
	}
	return out
}
