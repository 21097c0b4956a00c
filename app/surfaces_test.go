package app

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/control"
	cmidi "zalgoscope/app/control/midi"
	"zalgoscope/app/control/surface"
	"zalgoscope/app/dream"
)

// A ready controller plays the studio, and shows how things stand.
func TestReadyController(t *testing.T) {
	s, r := rigged(t, "APC MINI")
	now := time.Now()
	r.say(0xb0, 56, 127)
	s.playTick(now)
	if s.want.Zalgo != 11 {
		t.Errorf("the last fader at its end is zalgo %g", s.want.Zalgo)
	}
	var scenes []int
	for i, p := range s.presets.list[:min(len(s.presets.list), 40)] {
		if _, err := p.Apply(s.want, s.session.net); err == nil {
			scenes = append(scenes, i)
		}
	}
	at := scenes[len(scenes)-1]
	pad := byte(56 - at/8*8 + at%8)
	r.say(0x90, pad, 127, pad, 0)
	s.playTick(now)
	if s.presets.at != at {
		t.Errorf("the pad went to scene %d, want %d", s.presets.at, at)
	}
	s.until(t, "the pad lights up", func() bool { now = now.Add(time.Second); s.playTick(now); return r.wasTold(0x90, pad, 1) })
	r.say(0x90, 86, 127, 86, 0) // short circuit
	s.playTick(now)
	if len(s.bends()) != 1 || s.bends()[0].Off {
		t.Fatalf("the bends are %+v", s.bends())
	}
	r.say(0x90, 16, 127, 16, 0)
	s.playTick(now)
	if !s.bends()[0].Off {
		t.Error("the bend is not by-passed")
	}
	r.say(0x90, 4, 127) // zalgo at 6
	s.playTick(now)
	if s.want.Zalgo != 6 {
		t.Errorf("zalgo is %g", s.want.Zalgo)
	}
	s.until(t, "its pad lights up", func() bool { now = now.Add(time.Second); s.playTick(now); return r.wasTold(0x90, 4, 1) })
	s.change(func(w *dream.Settings) { w.Mod = "zoom=sine:1:0.1" })
	r.say(0x90, 89, 127)
	s.playTick(now)
	if len(s.modulators()) != 0 {
		t.Error("modulators go on in a panic")
	}
	if by := s.controllers("zalgo"); !strings.Contains(by, "APC MINI cc 1 56") {
		t.Errorf("zalgo is said to be turned by %q", by)
	}
}

// A control is learnt by touching it, is kept in the file, and forgotten by a click.
func TestLearnController(t *testing.T) {
	s, r := rigged(t, "Own box")
	learn := func(to string, bytes ...byte) {
		t.Helper()
		s.learn(to)
		r.say(bytes...)
		now := time.Now()
		s.until(t, to+" is learnt", func() bool { now = now.Add(time.Second); s.tendSurfaces(now); return s.surfaces.Learning() == "" })
		s.until(t, to+" is kept", func() bool { return strings.Contains(fmt.Sprint(s.surfaces.own), to) })
	}
	learn("/knob/zoom", 0xb0, 70, 10, 70, 20, 70, 30)
	learn("/layer", 0xb0, 71, 1, 71, 1, 71, 127, 71, 127)
	learn("/zalgo", 0x90, 40, 100)
	learn("/knob/steps", 0xb0, 72, 65, 72, 65, 72, 63, 72, 63)
	r.say(0xb0, 70, 127)
	s.playTick(time.Now())
	if s.want.Zoom != 0.5 {
		t.Errorf("zoom is %g", s.want.Zoom)
	}
	was := s.want.Layer
	for range 60 {
		r.say(0xb0, 71, 1)
		s.playTick(time.Now())
	}
	if s.want.Layer == was {
		t.Errorf("the layer stays %q", was)
	}
	steps := s.want.Steps
	for range 5 {
		r.say(0xb0, 72, 65)
		s.playTick(time.Now())
	}
	if s.want.Steps != steps+5 {
		t.Errorf("five steps of an encoder turn steps from %g to %g", steps, s.want.Steps)
	}
	s.change(func(w *dream.Settings) { w.Zalgo = 2 })
	r.say(0x90, 40, 127)
	s.playTick(time.Now())
	if s.want.Zalgo != 11 {
		t.Errorf("zalgo is %g while the key is down", s.want.Zalgo)
	}
	r.say(0x80, 40, 0)
	s.playTick(time.Now())
	if math.Abs(s.want.Zalgo-2) > 1e-6 {
		t.Errorf("zalgo is %g when the key is up again", s.want.Zalgo)
	}
	r.say(0x90, 40, 127)
	s.playTick(time.Now())
	s.noteDevice(cmidi.Note{Device: "Own box", Gone: true})
	s.playTick(time.Now())
	if math.Abs(s.want.Zalgo-2) > 1e-6 {
		t.Errorf("zalgo is %g when the device that holds it is gone", s.want.Zalgo)
	}
	data, err := os.ReadFile(learntFile())
	if err != nil {
		t.Fatal(err)
	}
	if list, bad, err := surface.Parse(data); err != nil || bad != nil || len(list) != 1 || list[0].Name != "Own box" || len(list[0].Map) != 4 || list[0].Map["cc 1 71 twos"] != "/layer" {
		t.Errorf("the file is %s, %v, %v", data, bad, err)
	}
	s.editMaps("Own box", "cc 1 70", "", "forgotten")
	s.until(t, "it is forgotten", func() bool { return s.told("forgotten") })
	zoom := s.want.Zoom
	r.say(0xb0, 70, 1)
	s.playTick(time.Now())
	if s.want.Zoom != zoom {
		t.Error("what is forgotten still turns")
	}
	// What the user writes is read and never written to; a line of it is forgotten too.
	byHand := "# mine\n[[device]]\nname = 'Own box' # the grey one\n[device.map]\n'cc 1 90' = '/zalgo'\n'cc 1 91' = '/knob/zoom'\n"
	if err := os.WriteFile(mapFile(), []byte(byHand), 0o600); err != nil {
		t.Fatal(err)
	}
	s.editMaps("Own box", "cc 1 90", "", "that too")
	s.until(t, "it is forgotten", func() bool { return s.told("that too") })
	if data, _ := os.ReadFile(mapFile()); string(data) != byHand {
		t.Errorf("what was written by hand is %q now", data)
	}
	if len(s.surfaces.own) != 1 || s.surfaces.own[0].Map["cc 1 90"] != "" || s.surfaces.own[0].Map["cc 1 91"] != "/knob/zoom" || s.surfaces.own[0].Map["cc 1 71 twos"] != "/layer" {
		t.Errorf("the maps are %v", s.surfaces.own)
	}
	// A file that is damaged is not written over.
	if err := os.WriteFile(learntFile(), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.editMaps("Own box", "cc 1 70", "/zalgo", "never")
	s.until(t, "it is told", func() bool { return s.told("nothing is learnt") })
	if data, _ := os.ReadFile(learntFile()); string(data) != "damaged" {
		t.Errorf("the file is %q now", data)
	}
}

// What a button holds is let go when MIDI is switched off, and what is held of a bend that has gone is held no more.
func TestHeldEnds(t *testing.T) {
	s, r := rigged(t, "Own box")
	s.surfaces.SetMaps([]surface.Device{{Name: "Own box", Map: map[string]string{"note 1 40": "/zalgo", "note 1 41": "/bend/1/wet"}}})
	s.change(func(w *dream.Settings) { w.Zalgo = 2 })
	r.say(0x90, 40, 127)
	s.playTick(time.Now())
	if s.want.Zalgo != 11 {
		t.Fatalf("zalgo is %g while the pad is down", s.want.Zalgo)
	}
	s.shortCircuit()
	r.say(0x90, 41, 1)
	s.playTick(time.Now())
	bends := s.want.Bend
	s.change(func(w *dream.Settings) { w.Bend = "" })
	r.say(0x80, 41, 0)
	s.playTick(time.Now())
	if _, held := s.remote.held["/bend/1/wet"]; held {
		t.Error("a bend that is not there is held")
	}
	s.change(func(w *dream.Settings) { w.Bend = bends })
	s.switchMIDI(false, true)
	s.playTick(time.Now())
	if math.Abs(s.want.Zalgo-2) > 1e-6 || len(s.remote.held) > 0 {
		t.Errorf("zalgo is %g with MIDI off, held are %v", s.want.Zalgo, s.remote.held)
	}
}

// A fader that sets a knob in its unit is shown where it has to stand for that, whatever curve the slider has.
func TestFaderInUnit(t *testing.T) {
	s := headless(t, nil)
	s.until(t, "it dreams", func() bool { return s.session != nil })
	for _, k := range dream.Knobs {
		a, err := control.Find("/knob/" + k.Name + "/value")
		if err != nil {
			continue // a text, or none of those outside
		}
		for _, share := range []float64{0, 0.25, 1} {
			v := k.Clamp(a.Min + share*(a.Max-a.Min))
			s.set(control.Event{Path: a.Path, Value: v})
			if got, _ := s.shows(surface.Binding{Address: a}).(float32); math.Abs(float64(got)-(v-a.Min)/(a.Max-a.Min)) > 1e-3 {
				t.Errorf("%s at %g is shown at %g", a.Path, v, got)
			}
		}
	}
}

// A flood of a thousand messages a second loses nothing, and costs the window's goroutine next to nothing.
func TestMIDIFlood(t *testing.T) {
	s, r := rigged(t, "Own box")
	s.surfaces.SetMaps([]surface.Device{{Name: "Own box", Map: map[string]string{"cc 1 70": "/knob/zoom", "cc 1 71 offset": "/knob/rotate", "note 1 40": "/short-circuit", "cc14 1 3": "/knob/centre-x"}}})
	before, _, _, _ := s.surfaces.State("Own box")
	var took []time.Duration
	now := time.Now()
	fine := 0
	for i := range 5000 {
		switch i % 4 {
		case 0:
			r.say(0xb0, 70, byte(i%128))
		case 1:
			r.say(0xb0, 71, byte(64+1-2*(i/4%2)))
		case 2:
			fine = i * 3 % (1 << 14)
			r.say(0xb0, 3, 0xf8, byte(fine>>7))
		case 3:
			r.say(0xb0, 35, byte(fine&127))
		}
		if i%16 == 15 { // sixty looks a second
			began := time.Now()
			now = now.Add(16 * time.Millisecond)
			s.playTick(now)
			took = append(took, time.Since(began))
		}
	}
	for range 10 {
		r.say(0x90, 40, 100, 40, 0)
	}
	s.playTick(now)
	if after, _, _, _ := s.surfaces.State("Own box"); after-before != 5000+1250+20 {
		t.Errorf("%d of 6270 moves were heard", after-before)
	}
	if got, want := s.want.CentreX, float64(fine)/(1<<14-1); math.Abs(got-want) > 1e-6 {
		t.Errorf("the fader of 14 bits stands at %g, want %g", got, want)
	}
	if len(s.bends()) != 10 {
		t.Errorf("ten presses are %d bends", len(s.bends()))
	}
	if s.told("are lost") {
		t.Error("something is lost")
	}
	slices.Sort(took)
	t.Logf("of %d looks half took %v, all but one in a hundred %v, the longest %v", len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
}

// What sound moves by the user's wish goes on through scenes that come, whoever brings them; what a scene has itself does not.
func TestHearingStays(t *testing.T) {
	s := headless(t, func(c *Config) { c.Sound = deaf })
	s.until(t, "it dreams", func() bool { return s.session != nil })
	list := []dream.Preset{{Name: "A", Knobs: map[string]any{"mod": "rotate=bass:0:3 step=sine:1:1"}}, {Name: "B", Knobs: map[string]any{"zoom": 0.2}},
		{Name: "C", Knobs: map[string]any{"mod": "zalgo=sine:1:2", "bend": "conv1:gain=2 conv1:clamp=4"}}}
	s.presets.list, s.presets.hearts = list, hearts{}
	is := func(when, want string) {
		t.Helper()
		if s.want.Mod != want {
			t.Errorf("%s the modulators are %q, want %q", when, s.want.Mod, want)
		}
	}
	s.usePreset(0)
	is("in A", "rotate=bass:0:3 step=sine:1:1")
	s.flash(true)
	s.kick(true)
	is("with the beat", "rotate=bass:0:3 step=sine:1:1 zalgo=beat:0:5 bend.1=beat:0:"+strings.Split(s.want.Mod, "bend.1=beat:0:")[1])
	s.usePreset(1)
	is("in B", "zalgo=beat:0:5")
	s.goOn()
	is("in C", "zalgo=sine:1:2")
	s.kick(true)
	s.change(func(w *dream.Settings) { w.Modulate(dream.Modulator{Knob: "zoom", Shape: "bass", Depth: 0.1}) })
	s.show.Fade = 1
	s.usePreset(2)
	kick := strings.Fields(s.want.Mod)[1]
	is("in C again", "zalgo=sine:1:2 "+kick+" zoom=bass:0:0.1")
	if !strings.HasPrefix(kick, "bend.2=beat:") {
		t.Errorf("the beat kicks %s", kick)
	}
	s.goOn()
	s.advanceShow(2)
	is("in A after a fade", "rotate=bass:0:3 step=sine:1:1 zoom=bass:0:0.1")
	// A step while a fade is under way does not take what the scene that goes has itself for the user's.
	s.presets.list = append(list, dream.Preset{Name: "D", Knobs: map[string]any{"zoom": 0.1}})
	s.usePreset(0)
	s.show.Fade = 10
	s.goOn()
	s.advanceShow(1)
	is("early in the fade to B", "rotate=bass:0:3 step=sine:1:1 zoom=bass:0:0.1")
	s.usePreset(3)
	is("in D", "zoom=bass:0:0.1")
	// What undo goes back to is the scene that it was, with what that moves itself.
	s.show.Fade = 0
	s.usePreset(0)
	is("in A again", "rotate=bass:0:3 step=sine:1:1 zoom=bass:0:0.1")
	s.history = history{now: s.moment()}
	s.usePreset(1)
	s.undo()
	is("in A by undo", "rotate=bass:0:3 step=sine:1:1 zoom=bass:0:0.1")
	if got := s.presetName(); got != "A *" {
		t.Errorf("after undo the scene is called %q", got)
	}
	s.usePreset(3)
	is("in D after undo", "zoom=bass:0:0.1")
	s.undo()
	s.undo()
	s.redo()
	s.redo()
	if got := s.presetName(); got != "D *" {
		t.Errorf("after redo the scene is called %q", got)
	}
	s.panic()
	s.usePreset(1)
	is("after panic", "")
}

// A fader that is to meet what it turns does nothing until it has come past it, and nothing again once something else has
// turned that; it is told which way to go.
func TestMeet(t *testing.T) {
	s, r := rigged(t, "Test")
	s.surfaces.SetMaps([]surface.Device{{Name: "Test", Map: map[string]string{
		"cc 1 7": "/zalgo", "cc 1 8": "/knob/octaves", "cc 1 9": "/knob/step/value", "cc14 1 3": "/knob/even", "cc 1 10 twos": "/knob/jitter", "cc 1 11": "/layer"}}})
	s.setMeet(true)
	s.want.Zalgo, s.want.Octaves, s.want.Step, s.want.Even = 5.5, 4, 6, 0
	say := func(number byte, values ...byte) {
		for _, v := range values {
			r.say(0xb0, number, v)
		}
		s.playTick(time.Now())
	}
	is := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 0.06 {
			t.Errorf("%s is %g, want %g", what, got, want)
		}
	}
	say(7, 100)
	is("zalgo, far from its fader,", s.want.Zalgo, 5.5)
	if !s.told("zalgo waits for its fader: further down") {
		t.Errorf("nobody tells that the fader is waited for: %q", s.toasts.Texts())
	}
	say(7, 90, 80, 70)
	is("zalgo, not yet met,", s.want.Zalgo, 5.5)
	say(7, 68, 60, 57)
	is("zalgo, passed in a stroke,", s.want.Zalgo, 57*11.0/127)
	say(7, 20)
	is("zalgo, met before,", s.want.Zalgo, 20*11.0/127)
	s.want.Zalgo = 9
	say(7, 21)
	is("zalgo, turned by another hand,", s.want.Zalgo, 9)
	say(7, 127)
	is("zalgo, passed at once,", s.want.Zalgo, 11)
	say(8, 50) // of whole numbers: 4 of 1 to 10 is far from there
	is("octaves", s.want.Octaves, 4)
	say(8, 43)
	is("octaves, met,", s.want.Octaves, 4)
	for v := byte(44); v <= 127; v++ {
		say(8, v)
	}
	is("octaves, turned on,", s.want.Octaves, 10)
	say(9, 63)
	say(9, 70)
	is("step in its unit", s.want.Step, 70*12.0/127)
	// The halves of a controller of 14 bits, from its end.
	for _, m := range [][2]byte{{3, 0}, {35, 1}, {3, 32}, {35, 0}} {
		r.say(0xb0, m[0], m[1])
	}
	s.playTick(time.Now())
	is("even", s.want.Even, 0.25)
	was := s.want.Jitter
	if say(10, 3); !(s.want.Jitter > was) {
		t.Errorf("an endless knob turns jitter from %g to %g", was, s.want.Jitter)
	}
	layer, _ := number(s.state("/layer"))
	at := byte(math.Round(127 * layer))
	say(11, at, min(at+1, 127), 127)
	if now, _ := number(s.state("/layer")); math.Abs(now-1) > 0.01 {
		t.Errorf("the layer stands at %g", now)
	}
	// A bend of whole steps, 1 to 64, and its switch, which are met by all that lands on where they stand.
	s.want.Bend = "conv1:sample-hold=3"
	s.surfaces.SetMaps([]surface.Device{{Name: "Test", Map: map[string]string{"cc 1 12": "/bend/1/amount", "cc 1 13": "/bend/1/on"}}})
	if got := s.landing("/bend/1/amount")(1.51 / 63); got != 2.0/63 {
		t.Errorf("a fader at 2.51 of 1 to 64 steps lands at %g", 1+63*got)
	}
	say(12, 6)
	is("sample-hold, not yet met,", s.bends()[0].Amount, 3)
	say(12, 2)
	is("sample-hold, passed,", s.bends()[0].Amount, 2)
	say(13, 90)
	say(13, 0)
	if !s.bends()[0].Off {
		t.Error("a bend that is on does not meet its switch in the upper half")
	}
	// Without it all is at once.
	s.surfaces.SetMaps([]surface.Device{{Name: "Test", Map: map[string]string{"cc 1 7": "/zalgo"}}})
	s.setMeet(false)
	s.want.Zalgo = 1
	say(7, 90)
	is("zalgo at once", s.want.Zalgo, 90*11.0/127)
}

// What a device plays is in the recipe: it is dreamed again without it.
func TestMIDIInRecipe(t *testing.T) {
	s, r := rigged(t, "nanoKONTROL2")
	s.dreaming(t)
	r.say(0xb0, 0, 64)
	s.playTick(time.Now())
	s.until(t, "a frame is dreamed so", func() bool { return s.shown.Frame != nil && s.shown.Settings.Zalgo == s.want.Zalgo && s.want.Zalgo > 5 })
	if got := s.shown.recipe().Last().Zalgo; got != s.want.Zalgo {
		t.Errorf("the recipe has zalgo %g, want %g", got, s.want.Zalgo)
	}
}
