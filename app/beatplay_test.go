package app

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	cmidi "zalgoscope/app/control/midi"
	"zalgoscope/app/dream"
)

// A device's clock is the tempo and the beat: modulators follow it, and scenes step on it.
func TestClockPlays(t *testing.T) {
	s, r := rigged(t, "Drum machine")
	s.change(func(w *dream.Settings) { w.Mod = "zoom=sine:0.2:0.1 rotate=beat:0:5 pan-x=sine:0.7:0.1" })
	s.cfg.Sound = deaf
	r.say(0xfa)
	bright := 0.0
	// goes ticks beat after beat until a condition holds; a machine that is busy elsewhere may break the clock off.
	goes := func(what string, ok func() bool) {
		t.Helper()
		for range 40 {
			for range 24 {
				r.say(0xf8)
				s.playTick(time.Now())
				bright = max(bright, s.sent.Beat)
				time.Sleep(5 * time.Millisecond)
			}
			if ok() {
				return
			}
		}
		t.Errorf("the clock ticks in vain until %s", what)
	}
	goes("the beat is bright", func() bool { return bright > 0.5 })
	goes("the sine follows", func() bool { m := s.modulators()[0]; return m.Rate > 1 && m.Rate <= fastest })
	if m := s.modulators()[1]; m.Rate != 0 {
		t.Errorf("what follows the beat has a rate of %g", m.Rate)
	}
	if m := s.modulators()[2]; m.Rate != 0.7 {
		t.Errorf("the user's own rate is %g now", m.Rate)
	}
	scene := s.presets.at
	s.stepOnBeat(2)
	goes("there is another scene", func() bool { return s.presets.at != scene })
	// The user's own rate stays when the clock goes on.
	s.change(func(w *dream.Settings) { w.Mod = "zoom=sine:0.3:0.1" })
	s.surfaces.rate = 1
	s.followClock(1.5)
	s.followClock(3)
	if m := s.modulators()[0]; m.Rate != 0.3 {
		t.Errorf("the sine goes at %g Hz, want its own", m.Rate)
	}
	// A pause changes no more than that: what followed follows on.
	s.change(func(w *dream.Settings) { w.Mod = "zoom=sine:3:0.1 rotate=sine:0.7:5 pan-x=sine:0.2:0.1" })
	s.followClock(0)
	s.followClock(2)
	for i, want := range []float64{2, 0.7, 0.2} {
		if m := s.modulators()[i]; m.Rate != want {
			t.Errorf("after a pause the modulator of %s goes at %g Hz, want %g", m.Knob, m.Rate, want)
		}
	}
	s.until(t, "it is over", func() bool { s.playTick(time.Now()); return s.sent.Beat == 0 && s.ears.beat.Tempo == 0 })
}

// The beat that knobs follow never rises more than three times in a second, however the clock that gives it wavers; of a
// fast beat every second or third one counts, evenly.
func TestBeatFlashes(t *testing.T) {
	for _, c := range []struct {
		tempo, want float64 // rises a second
	}{{60, 1}, {120, 2}, {150, 2.5}, {155, 155.0 / 60}, {174, 1.45}, {180, 1.5}, {240, 2}, {300, 2.5}, {360, 2}, {400, 400.0 / 60 / 3}} {
		var e ears
		var rose []float64
		rng := rand.New(rand.NewPCG(1, 2))
		last := 0.0
		start := time.Now()
		const seconds = 60
		for tick := range 100 * seconds {
			at := float64(tick) / 100
			beats := (at + 5e-4*rng.Float64()) * c.tempo / 60
			e.follow(cmidi.Beat{Tempo: c.tempo * (1 + 1e-3*rng.NormFloat64()), Phase: beats - math.Floor(beats), Count: int(beats)}, start.Add(time.Duration(at*1e9)))
			level := e.levels()[slices.Index(dream.Sounds, "beat")]
			if level > last {
				rose = append(rose, at)
			}
			last = level
		}
		if got := float64(len(rose)) / seconds; math.Abs(got-c.want) > 0.05 {
			t.Errorf("at %g a minute it rises %.2f times a second, want %.2f", c.tempo, got, c.want)
		}
		for i := 3; i < len(rose); i++ {
			if rose[i]-rose[i-3] < 1 {
				t.Errorf("at %g a minute it rises at %.2f s", c.tempo, rose[i-3:i+1])
				break
			}
		}
	}
}

// The beat kicks a bend and flashes ZALGO by modulators, which panic takes off.
func TestOnBeat(t *testing.T) {
	s := headless(t, func(c *Config) { c.Sound = deaf })
	s.until(t, "it dreams", func() bool { return s.session != nil })
	s.flash(true)
	s.kick(true)
	if len(s.bends()) != 1 || !s.onBeat("zalgo") || !s.onBeat("bend.1") {
		t.Errorf("the modulators are %q, the bends %q", s.want.Mod, s.want.Bend)
	}
	s.flash(false)
	if s.onBeat("zalgo") || !s.onBeat("bend.1") {
		t.Errorf("the modulators are %q", s.want.Mod)
	}
	s.stepOnBeat(8)
	s.show.Every, s.show.Fade = 1, 5
	s.goOn()
	s.audience.stop = func() {}
	s.panic()
	if s.show.Every != 0 || s.show.fade != nil || s.audience.stop != nil {
		t.Error("after a panic scenes go on by themselves, or the chat does")
	}
	was := s.want
	if s.advanceShow(2); s.want != was {
		t.Error("after a panic a scene still comes")
	}
	if s.want.Mod != "" || s.beats.every != 0 {
		t.Errorf("after a panic the modulators are %q, and scenes step every %d beats", s.want.Mod, s.beats.every)
	}
}
