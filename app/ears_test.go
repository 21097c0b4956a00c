package app

import (
	"strings"
	"testing"
	"time"

	"zalgoscope/app/control/midi"
	"zalgoscope/app/control/sound"
	"zalgoscope/app/dream"
)

// What is heard reaches the dream and its recipe, for the modulators that follow it, and is no change of the user's.
func TestEars(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:/nowhere")
	s := headless(t, nil)
	s.until(t, "it dreams", func() bool { return s.session != nil })
	if s.attend(time.Now()); s.ears.ear != nil {
		t.Fatal("it listens though nothing follows what is heard")
	}
	s.change(func(w *dream.Settings) { w.Mod = "zoom=bass:0:0.2 step=beat:0:1" })
	if s.attend(time.Now()); s.ears.ear == nil {
		t.Fatal("it does not listen")
	}
	s.until(t, "the missing server is told", func() bool {
		return strings.Contains(strings.Join(s.toasts.Texts(), "\n"), "no PulseAudio")
	})
	at := time.Now()
	for _, phase := range []float64{0.96, 0, 0.24} { // of beats of half a second
		s.ears.heard = sound.Heard{Levels: [4]float64{0.484, 0.7, 0.9, 0.3}, Tempo: 120, Phase: phase}
		s.ears.follow(midi.Beat{}, at.Add(time.Duration(phase*float64(500*time.Millisecond))))
	}
	s.publish()
	if s.sent.Bass != 0.48 || s.sent.Beat != 0.76 || s.sent.Mid != 0 || s.sent.High != 0 {
		t.Errorf("the loop was given %+v", s.sent)
	}
	if s.want.Bass != 0 {
		t.Error("what is heard counts as the user's change")
	}
	s.until(t, "a frame is dreamed so", func() bool { s.hear(time.Now()); return s.shown.Frame != nil && s.shown.Settings.Bass == 0.48 })
	if got := s.shown.Now.Zoom - s.shown.Settings.Zoom; got < 0.05 {
		t.Errorf("the bass moves the zoom by %g", got)
	}
	if r := s.shown.recipe().Last(); r.Bass != 0.48 || r.Beat != 0.76 {
		t.Errorf("the recipe has bass %g and beat %g", r.Bass, r.Beat)
	}
	s.change(func(w *dream.Settings) { w.Mod = "" })
	if s.attend(time.Now()); s.ears.ear != nil || s.sent.Bass != 0 {
		t.Error("it listens on")
	}
}
