package nn

import "strings"

// similar tells whether a mistyped layer name b may have meant a: one contains
// the other, or they agree but for case and separators.
func similar(a, b string) bool {
	a, b = plain(a), plain(b)
	return b != "" && a != "" && (strings.Contains(a, b) || strings.Contains(b, a))
}

// plain lowers a name and drops what people put between its parts.
func plain(s string) string {
	return strings.NewReplacer("_", "", "/", "", "-", "", ".", "", " ", "").Replace(strings.ToLower(s))
}
