package app

import (
	"fmt"
	"strings"
	"time"

	"zalgoscope/app/control/sound"
	"zalgoscope/app/visible"
)

// source is something that plays the studio.
type source struct {
	name, help string
	on         func() bool
	set        func(on bool)
	state      func(now time.Time) (text string, level float64) // what it does, and its meter from 0 to 1
}

// sources are all that can play the studio.
func (s *studio) sources() []source {
	return []source{
		{"sound", "hear what the computer plays, or what --sound says, for the modulators that follow it",
			func() bool { return s.cfg.Sound != deaf }, s.switchSound,
			func(time.Time) (string, float64) {
				h := s.ears.heard
				switch {
				case s.ears.ear == nil:
					return "nothing follows it", 0
				case h.Tempo > 0:
					return fmt.Sprintf("%.0f bpm", h.Tempo), max(h.Levels[0], h.Levels[1], h.Levels[2])
				}
				return "no beat", max(h.Levels[0], h.Levels[1], h.Levels[2])
			}},
		{"MIDI", "hear MIDI devices, as they are plugged in; their controls are learnt by a right click on a slider",
			func() bool { return s.surfaces.devices != nil }, func(on bool) { s.switchMIDI(on, true) },
			func(now time.Time) (string, float64) {
				if d := s.surfaces.devices; d != nil {
					return s.surfaceText(d.Names(), "no device", now)
				}
				return "", 0
			}},
		{"gamepad", "hear gamepads while this window has the keyboard",
			func() bool { return !s.surfaces.pads.off }, func(on bool) { s.surfaces.pads.off = !on },
			func(now time.Time) (string, float64) { return s.surfaceText(s.surfaces.pads.names(), "none", now) }},
		{"OSC", "be played by OSC at the address that --osc says, else " + usualOSC,
			func() bool { return s.remote.server != nil }, s.switchOSC,
			func(now time.Time) (string, float64) {
				if s.remote.server == nil {
					return "", 0
				}
				heard, rejected := s.remote.server.Counts()
				text := fmt.Sprintf("%v, %d heard", s.remote.server.Addr(), heard)
				if rejected > 0 {
					text += fmt.Sprintf(", %d refused", rejected)
				}
				return text, s.remote.pulse.level(heard, now)
			}},
		{"chat", "let the chat that --chat names vote for what is dreamed",
			func() bool { return s.audience.stop != nil }, s.switchChat,
			func(now time.Time) (string, float64) {
				a := &s.audience
				if a.stop == nil {
					return "", 0
				}
				return fmt.Sprintf("%s, %d lines", visible.Short(a.channel.Name, 20), a.heard), a.pulse.level(a.heard, now)
			}},
	}
}

// surfaceText is what control surfaces do: their names, or which control was moved a moment ago.
func (s *studio) surfaceText(names []string, none string, now time.Time) (text string, level float64) {
	if len(names) == 0 {
		return none, 0
	}
	text = strings.Join(names, ", ")
	var last time.Time
	for _, name := range names {
		if _, control, value, at := s.surfaces.State(name); at.After(last) && now.Sub(at) < 3*time.Second {
			last, text, level = at, fmt.Sprintf("%s  %s", name, control), value
		}
	}
	return visible.Line(text), level
}

// pulse is the meter of a source of which only is known how much it has said.
type pulse struct {
	count int
	at    time.Time
}

// level falls within half a second after each time that more was said.
func (p *pulse) level(count int, now time.Time) float64 {
	if count != p.count {
		p.count, p.at = count, now
	}
	return max(1-2*now.Sub(p.at).Seconds(), 0)
}

func (s *studio) switchSound(on bool) {
	if !on {
		s.silent, s.cfg.Sound = s.cfg.Sound, deaf
		return
	}
	if s.silent == deaf {
		s.silent = sound.Computer
	}
	s.cfg.Sound = s.silent
}

func (s *studio) switchOSC(on bool) {
	if !on {
		s.remote.close()
		s.remote.server = nil
		return
	}
	if s.cfg.OSC == "" {
		s.cfg.OSC = usualOSC
	}
	if err := s.remote.listen(s.cfg.OSC); err != nil {
		s.remote.server = nil
		s.warn(err)
	}
}

func (s *studio) switchChat(on bool) {
	a := &s.audience
	switch {
	case !on:
		a.close()
		a.stop, a.queue, a.of = nil, nil, nil
	case s.cfg.Chat == "":
		s.tell("no chat is named: start with --chat twitch:NAME or --chat irc://HOST/CHANNEL")
	default:
		a.read(s)
	}
}
