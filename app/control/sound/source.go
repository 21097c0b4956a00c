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

// looped finds a device that records what the computer plays, on a system that has no other way; -1 for none.
func looped(names []string) int {
	return slices.IndexFunc(names, func(n string) bool {
		return slices.ContainsFunc([]string{"blackhole", "loopback", "soundflower", "vb-cable"}, func(word string) bool { return strings.Contains(strings.ToLower(n), word) })
	})
}

// channels counts those of an AudioBufferList: a number of buffers and a gap, then of each its channels, its bytes and
// an address.
func channels(list []uint32) (n int) {
	if len(list) == 0 {
		return 0
	}
	const first, each = 2, 4
	for i := range int(list[0]) {
		if at := first + each*i; at < len(list) {
			n += int(list[at])
		}
	}
	return n
}

// mono is the mean of channels that lie side by side.
func mono(samples []float32, channels int) []float32 {
	if channels == 1 {
		return samples
	}
	out := make([]float32, len(samples)/channels)
	for i := range out {
		for _, v := range samples[i*channels : (i+1)*channels] {
			out[i] += v / float32(channels)
		}
	}
	return out
}
