package app

import "zalgoscope/app/dream"

// plainWords say what knobs do to somebody who has never heard of gradients; the command line's help is more exact.
var plainWords = map[string]string{
	"step":         "how strongly each step of the dream changes the picture",
	"steps":        "how many steps are dreamed before the next picture is shown: more dream further, and take longer",
	"octaves":      "at how many sizes the picture is dreamed, from small to full: more give larger shapes",
	"octave-scale": "how much larger each of those sizes is than the one before",
	"jitter":       "how far the picture is shaken at random between steps, which keeps it from growing stripes",
	"fatigue":      "how soon the dream tires of what it has shown, so that other things come",
	"even":         "how much of the dream goes to the plain places of the picture, which else stay empty",
	"depth":        "how much of the dream goes to large shapes rather than to fine detail",
	"depth-levels": "how many levels of detail depth tells apart",
	"zoom":         "how fast the dream flies into the picture; to the left it flies out",
	"rotate":       "how fast the picture turns",
	"pan-x":        "how fast the picture moves to the right; to the left of the middle it moves left",
	"pan-y":        "how fast the picture moves down; to the left of the middle it moves up",
	"centre-x":     "where the flight is bound for, from the left edge to the right; or drag on the picture",
	"centre-y":     "where the flight is bound for, from the upper edge to the lower; or drag on the picture",
	"drift":        "how far the flight strays by itself",
	"offset":       "an unseen shake of the picture that keeps a cross from growing in its middle",
	"hold":         "how firmly brightness and colours are kept from running away",
	"blend":        "how much of the picture that the dream began with is mixed into it again and again",
	"zalgo":        "turn everything that is in the net into its damaged self, up to eleven",
}

// knobHelp is what the window says of a knob.
func knobHelp(k *dream.Knob) string {
	if words, ok := plainWords[k.Name]; ok {
		return words
	}
	return k.Help
}
