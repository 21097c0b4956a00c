package sound

import (
	"fmt"
	"slices"
	"strings"
)

// match finds the device that a name means among those that are there: that of this name, else the only one whose name
// has it in it, large or small.
func match(source string, names []string) (int, error) {
	if i := slices.Index(names, source); i >= 0 {
		return i, nil
	}
	at := -1
	for i, n := range names {
		if !strings.Contains(strings.ToLower(n), strings.ToLower(source)) {
			continue
		}
		if at >= 0 {
			return 0, fmt.Errorf("sound: %q may be %q or %q: say more of its name", source, names[at], n)
		}
		at = i
	}
	if at < 0 {
		return 0, fmt.Errorf("sound: there is no source %q; there are: %s, %s, %s", source, Computer, Microphone, strings.Join(names, ", "))
	}
	return at, nil
}
