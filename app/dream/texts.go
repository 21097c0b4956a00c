package dream

import (
	"fmt"
	"strings"
)

// Limits of texts that may come from a file: the bytes of a knob's text, and how many channels of how many
// layers may be dreamed together.
const (
	mostText    = 4096
	mostTargets = 1024
)

// checkTexts reports the first knob whose text asks for more than can be dreamed in any time.
func (s Settings) checkTexts() error {
	for i := range Knobs {
		k := &Knobs[i]
		if t := k.Text(&s); t != nil && len(*t) > mostText {
			return fmt.Errorf("dream: %s has %d letters, but may have %d", k.Name, len(*t), mostText)
		}
	}
	layers, channels := 1+strings.Count(s.Layer, ","), 1+strings.Count(s.Channel, ",")
	if layers*channels > mostTargets {
		return fmt.Errorf("dream: %d channels of %d layers are more than %d together", channels, layers, mostTargets)
	}
	return nil
}
