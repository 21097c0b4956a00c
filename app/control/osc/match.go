package osc

import "strings"

// Match tells whether an address pattern matches an address (OSC 1.0, "OSC Message Dispatching and Pattern
// Matching"): ? is any character, * any number of them, neither crosses a slash; [a-z] and [!a-z] are one of some,
// {this,that} one of some texts. A pattern that is not well formed matches nothing.
func Match(pattern, address string) bool {
	p, a := strings.Split(pattern, "/"), strings.Split(address, "/")
	if len(p) != len(a) {
		return false
	}
	for i := range p {
		steps := 4096 // keeps patterns of many stars from taking for ever
		if !match(p[i], a[i], &steps) {
			return false
		}
	}
	return true
}

// match compares one part between slashes.
func match(p, a string, steps *int) bool {
	for p != "" {
		if *steps--; *steps < 0 {
			return false
		}
		switch p[0] {
		case '*':
			for i := range len(a) + 1 {
				if match(p[1:], a[i:], steps) {
					return true
				}
			}
			return false
		case '{':
			list, rest, ok := strings.Cut(p[1:], "}")
			if !ok {
				return false
			}
			for word := range strings.SplitSeq(list, ",") {
				if after, ok := strings.CutPrefix(a, word); ok && match(rest, after, steps) {
					return true
				}
			}
			return false
		case '[':
			set, rest, ok := strings.Cut(p[1:], "]")
			if !ok || a == "" || !among(set, a[0]) {
				return false
			}
			p, a = rest, a[1:]
		default:
			if a == "" || p[0] != '?' && p[0] != a[0] {
				return false
			}
			p, a = p[1:], a[1:]
		}
	}
	return a == ""
}

// among tells whether c is one of a set such as a-z_ or !0-9; a ! or - at another place stands for itself.
func among(set string, c byte) bool {
	set, not := strings.CutPrefix(set, "!")
	in := false
	for i := 0; i < len(set); i++ {
		if i+2 < len(set) && set[i+1] == '-' {
			lo, hi := min(set[i], set[i+2]), max(set[i], set[i+2])
			in = in || lo <= c && c <= hi
			i += 2
			continue
		}
		in = in || set[i] == c
	}
	return in != not
}
