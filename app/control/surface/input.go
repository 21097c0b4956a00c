// Package surface is the maps of control surfaces: which fader, pad, stick or key of a device asks for which address
// of the studio. MIDI devices, gamepads and the keyboard are surfaces alike.
package surface

import (
	"fmt"
	"strconv"
	"strings"
)

// Input is something that was done to a control of a device.
type Input struct {
	// Control names it, as maps do:
	//
	//	cc CHANNEL NUMBER     a MIDI controller of 7 bits; channels count from 1
	//	cc14 CHANNEL NUMBER   one of 14 bits, whose other half is NUMBER + 32
	//	bend CHANNEL          the pitch wheel, and the faders of Mackie surfaces
	//	pressure CHANNEL      how hard a key is held down
	//	program CHANNEL       a program change; with a number behind it that one alone
	//	note CHANNEL NUMBER   a key or pad
	//	axis NAME, button NAME   of a gamepad
	//	key NAME              of the keyboard, as Ebiten calls it
	Control string
	Value   float64 // 0 to 1: where it stands; of a button how hard it is pressed, 0 for let go
	Raw     int     // of a cc its 7 bits, of which an encoder's turns are read; of a program its number
	Seconds float64 // of an axis how long it has stood so, from which turns are made; else 0
}

// Distinct is a name that nothing else has: that one, or with a number behind it.
func Distinct(name string, taken func(string) bool) string {
	free := name
	for n := 2; taken(free); n++ {
		free = fmt.Sprintf("%s (%d)", name, n)
	}
	return free
}

// overlap tells whether two controls are moved by the same messages: they are the same one, or one of 14 bits and a half
// of it.
func overlap(a, b string) bool {
	half := func(whole, half string) bool {
		var c, n, hc, hn int
		w, _ := fmt.Sscanf(whole, "cc14 %d %d", &c, &n)
		h, _ := fmt.Sscanf(half, "cc %d %d", &hc, &hn)
		return w == 2 && h == 2 && c == hc && (hn == n || hn == n+32)
	}
	return a == b || half(a, b) || half(b, a)
}

// sort is what a control is like.
type sort int

const (
	position sort = iota // it stands somewhere
	button               // it is pressed and let go
	choice               // it says a number
)

// kinds are the words that controls begin with, and how many numbers follow; -1 for a name.
var kinds = map[string]struct {
	sort    sort
	numbers int
}{
	"cc": {position, 2}, "cc14": {position, 2}, "bend": {position, 1}, "pressure": {position, 1}, "program": {choice, 1},
	"note": {button, 2}, "axis": {position, -1}, "button": {button, -1}, "key": {button, -1},
}

// sortOf is what a control of that name is like.
func sortOf(control string) sort {
	word, _, _ := strings.Cut(control, " ")
	return kinds[word].sort
}

// turns are the ways in which endless encoders say how far they were turned, and what one step of an axis is.
var turns = []string{"twos", "signed", "offset", "turn"}

// parseControl reads a control as maps name it, with the way of its turns behind it where it is an encoder.
func parseControl(text string) (control, turn string, err error) {
	words := strings.Fields(text)
	if len(words) < 2 {
		return "", "", fmt.Errorf("it is no control, such as cc 1 7 or note 10 36")
	}
	k, ok := kinds[words[0]]
	if !ok {
		return "", "", fmt.Errorf("there are no controls of the kind %q", words[0])
	}
	for _, t := range turns {
		if last := len(words) - 1; words[last] == t && last > 1 && k.sort == position {
			turn, words = t, words[:last]
		}
	}
	switch {
	case turn == "turn" && words[0] != "axis", turn != "" && turn != "turn" && words[0] != "cc":
		return "", "", fmt.Errorf("a %s does not turn by %s", words[0], turn)
	case k.numbers < 0 && len(words) == 2:
		return strings.Join(words, " "), turn, nil
	case k.numbers < 0 || len(words) != k.numbers+1 && !(words[0] == "program" && len(words) == 3):
		return "", "", fmt.Errorf("%s takes %s", words[0], map[bool]string{true: "a name", false: fmt.Sprintf("%d numbers", k.numbers)}[k.numbers < 0])
	}
	for i, w := range words[1:] {
		n, err := strconv.Atoi(w)
		least, most := 0, 127
		if i == 0 {
			least, most = 1, 16
		} else if words[0] == "cc14" {
			most = 31
		}
		if err != nil || n < least || n > most {
			return "", "", fmt.Errorf("%q is no number from %d to %d", w, least, most)
		}
		words[i+1] = strconv.Itoa(n)
	}
	return strings.Join(words, " "), turn, nil
}

// steps are how many steps an encoder was turned, read of its 7 bits in one of three ways: two's complement, a sign
// before the number, or an offset of 64.
func steps(turn string, raw int) int {
	switch {
	case turn == "offset":
		return raw - 64
	case turn == "signed" && raw >= 64:
		return 64 - raw
	case turn == "twos" && raw >= 64:
		return raw - 128
	}
	return raw
}
