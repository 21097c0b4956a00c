package app

import (
	"strings"

	"zalgoscope/app/dream"
)

// state is where a control stands: a float32, string or bool, nil for none.
func (s *studio) state(path string) any {
	if s.session == nil {
		return nil
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch parts[0] {
	case "layer":
		d := s.layerDial()
		return float32(d.Place(d.Get()))
	case "zalgo":
		parts = []string{"knob", "zalgo"}
		fallthrough
	case "knob":
		k, err := dream.Find(parts[1])
		if err != nil {
			return nil
		}
		if text := k.Text(&s.want); text != nil {
			return *text
		}
		v := *k.Number(&s.want)
		if len(parts) == 2 {
			d := knobDial(k)
			v = d.Place(v)
		}
		return float32(v)
	case "bend":
		b, k := s.bendAt(parts)
		if k == nil {
			return nil
		}
		switch parts[2] {
		case "amount":
			return float32(amountShare(k, b.Amount))
		case "wet":
			return float32(b.Wet)
		case "on":
			return !b.Off
		}
	case "scene":
		return s.presetName()
	case "class":
		return s.want.Class
	case "pause":
		return s.session.loop.Paused()
	}
	return nil
}
