package widget

import (
	"sort"
	"strings"

	"github.com/hajimehoshi/ebiten/v2/text/v2"

	"zalgoscope/app/visible"
)

// ruler measures text: the width of the first so many bytes of a line. Asking one line for many places costs
// little more than asking for one, asking for many lines costs each of them.
type ruler func(line string, at int) float64

// rule is the ruler of a face.
func rule(face text.Face) ruler {
	return func(line string, at int) float64 { return text.AdvanceAt(line, at, face) }
}

// Width is the width of a line of text as Theme.Write draws it.
func Width(s string, face text.Face) float64 { return rule(face).width(visible.Label(s)) }

// Clip shortens a line to a width, with dots where it was cut.
func Clip(s string, face text.Face, width int) string { return rule(face).clip(s, width) }

// end is as much of a line's end as a width holds, with dots where it was cut.
func end(s string, face text.Face, width int) string { return rule(face).end(s, width) }

// Wrap breaks a text into lines of a width, at most so many.
func Wrap(s string, face text.Face, width, most int) []string { return rule(face).wrap(s, width, most) }

func (r ruler) width(line string) float64 { return r(line, len(line)) }

// fit is the most bytes at a line's beginning, whole characters, that stand within a width.
func (r ruler) fit(line string, width int) int {
	if line == "" || r.width(line) <= float64(width) {
		return len(line)
	}
	starts := make([]int, 0, len(line))
	for i := range line {
		starts = append(starts, i)
	}
	n := max(sort.Search(len(starts), func(i int) bool { return r(line, starts[i]) > float64(width) })-1, 0)
	// A letter at the end may be wider than it is before another one.
	for n > 0 && r.width(line[:starts[n]]) > float64(width) {
		n--
	}
	return starts[n]
}

func (r ruler) clip(s string, width int) string {
	s = visible.Label(s)
	if n := r.fit(s, width); n < len(s) {
		n = r.fit(s[:n], width-int(r.width("…")+1))
		return s[:n] + "…"
	}
	return s
}

func (r ruler) end(s string, width int) string {
	s = visible.Label(s)
	whole := r.width(s)
	if whole <= float64(width) {
		return s
	}
	room := float64(width) - r.width("…") - 1
	for i := range s {
		if whole-r(s, i) <= room {
			return "…" + s[i:]
		}
	}
	return "…"
}

func (r ruler) wrap(s string, width, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(visible.Line(s)) {
		for word != "" {
			part := word[:r.part(word, width)]
			word = word[len(part):]
			longer := strings.TrimSpace(line + " " + part)
			if line != "" && r.width(longer) > float64(width) {
				lines = append(lines, line)
				longer = part
				if len(lines) == most {
					lines[most-1] = r.clip(lines[most-1]+" …", width)
					return lines
				}
			}
			line = longer
		}
	}
	return append(lines, r.clip(line, width))
}

// part is how much of a word goes on one line: all of it, or up to where it is broken, a path at its slashes
// where it has some. It is one character at least.
func (r ruler) part(word string, width int) int {
	n := r.fit(word, width)
	if n == len(word) {
		return n
	}
	for i := range word {
		if i > 0 {
			n = max(n, i)
			break
		}
	}
	if n == 0 {
		return len(word) // a single character
	}
	if slash := strings.LastIndex(word[:n], "/") + 1; slash > n/2 {
		return slash
	}
	return n
}
