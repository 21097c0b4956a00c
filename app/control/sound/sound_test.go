package sound

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// song makes seconds of sound by a function of time in seconds.
func song(seconds float64, f func(t float64) float64) []float32 {
	s := make([]float32, int(seconds*Rate))
	for i := range s {
		s[i] = float32(f(float64(i) / Rate))
	}
	return s
}

// clicks are short bursts at times that repeat with a period, in seconds.
func clicks(period float64, at ...float64) func(float64) float64 {
	return func(t float64) float64 {
		v := 0.0
		for _, a := range at {
			if d := math.Mod(t-a+period, period); t >= a && d < 0.03 {
				v += 0.6 * math.Exp(-d/0.006) * math.Sin(2*math.Pi*1500*d)
			}
		}
		return v
	}
}

// kit is a drummed bar in four at a tempo: bass drum, snare and eighths of a hat over hiss.
func kit(bpm, swing float64) func(float64) float64 {
	rng := rand.New(rand.NewPCG(1, 2))
	noise := make([]float64, Rate)
	for i := range noise {
		noise[i] = 2*rng.Float64() - 1
	}
	hiss := func(t float64) float64 { return noise[int(t*Rate)%len(noise)] }
	beat := 60 / bpm
	hit := func(t, period, at, length float64) float64 {
		d := math.Mod(t-at+4*period, period)
		if t < at || d > 6*length {
			return 0
		}
		return math.Exp(-d / length)
	}
	return func(t float64) float64 {
		v := 0.5 * hit(t, 2*beat, 0, 0.06) * math.Sin(2*math.Pi*60*t)
		v += 0.3 * hit(t, 2*beat, beat, 0.04) * hiss(t)
		v += 0.1 * (hit(t, beat, 0, 0.01) + hit(t, beat, swing*beat, 0.01)) * (hiss(t) - hiss(t+1.0/Rate))
		return v + 0.002*hiss(t+0.3)
	}
}

// rhythms are those that tempos are tried with.
func rhythms(bpm float64) map[string]func(float64) float64 {
	return map[string]func(float64) float64{"clicks": clicks(60/bpm, 0.2), "drums": kit(bpm, 0.5), "swing": kit(bpm, 0.66)}
}

var tempos = []float64{60, 75, 90, 105, 120, 128, 140, 160, 174}

// The tempo is found within a hundredth. Of drums slower than 80 with eighths on the hat an octave may be missed.
func TestTempo(t *testing.T) {
	octaves, all := 0, tempos
	if testing.Short() {
		all = []float64{120, 174}
	}
	for _, bpm := range all {
		for name, f := range rhythms(bpm) {
			a := New()
			seconds := 10.0
			if bpm == 60 {
				seconds = 20
			}
			s := song(seconds, f)
			a.Write(s[:10*Rate], nil)
			got := a.Heard().Tempo
			a.Write(s[10*Rate:], nil)
			if later := a.Heard().Tempo; math.Abs(later/got-1) > 0.005 {
				t.Errorf("%s at %g: %.2f, and %.2f at its end", name, bpm, got, later)
			}
			if name != "clicks" && bpm < 80 && math.Abs(got/bpm-2) <= 0.02 {
				octaves++
				t.Logf("%s at %g: an octave too fast", name, bpm)
			} else if math.Abs(got/bpm-1) > 0.01 {
				t.Errorf("%s at %g: %.2f", name, bpm, got)
			}
		}
	}
	if octaves > 2 {
		t.Errorf("%d errors of an octave in %d rhythms", octaves, 3*len(tempos))
	}
}

// grooves are bars of drums: where in a bar of so many beats the bass drum, the snare and the hats are.
var grooves = []struct {
	name              string
	bpm, bar          float64
	kick, snare, hats []float64
}{
	{"four on the floor", 124, 4, []float64{0, 1, 2, 3}, []float64{1, 3}, []float64{0.5, 1.5, 2.5, 3.5}},
	{"techno", 138, 4, []float64{0, 1, 2, 3}, []float64{1, 3}, []float64{0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 3.75}},
	{"drum and bass", 174, 4, []float64{0, 2.5}, []float64{1, 3}, []float64{0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5}},
	{"half time", 140, 4, []float64{0, 1.5}, []float64{2}, []float64{0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5}},
	{"funk", 104, 4, []float64{0, 0.75, 2.5, 2.75}, []float64{1, 3}, []float64{0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 3.75}},
	{"slow funk", 88, 4, []float64{0, 0.75, 2.5, 2.75}, []float64{1, 3}, []float64{0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 3.75}},
	{"waltz", 150, 3, []float64{0}, []float64{1, 2}, []float64{0, 1, 2}},
}

// The tempo of all kinds of music is found within a hundredth: not three sixteenths of a syncopated bar, nor half of it. Of a slow one with
// sixteenths on the hat an octave may be missed.
func TestGrooves(t *testing.T) {
	all := grooves
	if testing.Short() {
		all = all[:3]
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for _, g := range all {
		s := song(12, func(float64) float64 { return 0.001 * (2*rng.Float64() - 1) })
		hit := func(at float64, loud, length, hz float64) {
			from := int(at * Rate)
			for i := from; i < min(from+int(6*length*Rate), len(s)); i++ {
				d := float64(i-from) / Rate
				v := 2*rng.Float64() - 1
				if hz > 0 {
					v = math.Sin(2 * math.Pi * hz * d)
				}
				s[i] += float32(loud * math.Exp(-d/length) * v)
			}
		}
		beat := 60 / g.bpm
		for bar := 0.0; bar*beat < 12; bar += g.bar {
			for _, at := range g.kick {
				hit((bar+at)*beat, 0.6, 0.08, 55)
			}
			for _, at := range g.snare {
				hit((bar+at)*beat, 0.3, 0.05, 0)
			}
			for _, at := range g.hats {
				hit((bar+at)*beat, 0.08, 0.012, 0)
			}
		}
		a := New()
		a.Write(s, nil)
		if got := a.Heard().Tempo; math.Abs(got/g.bpm-1) > 0.01 && !(g.bpm < 100 && math.Abs(got/g.bpm-2) < 0.02) {
			t.Errorf("%s at %g: %.2f", g.name, g.bpm, got)
		}
	}
}

// TestAubio prints what aubio makes of the same rhythms, as a yardstick (Debian's aubio-tools), where asked for.
func TestAubio(t *testing.T) {
	if os.Getenv("ZALGOSCOPE_AUBIO") == "" {
		t.Skip("ZALGOSCOPE_AUBIO=1 runs aubio beside this analysis")
	}
	for _, bpm := range tempos {
		for name, f := range rhythms(bpm) {
			s := song(20, f)
			a := New()
			a.Write(s, nil)
			wave := filepath.Join(t.TempDir(), "song.wav")
			if err := os.WriteFile(wave, wav(s), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("aubio", "tempo", wave).Output()
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s at %g: %.2f here; aubio %s", name, bpm, a.Heard().Tempo, bytes.TrimSpace(out))
		}
	}
}

// wav is samples as a RIFF file of 16 bits.
func wav(s []float32) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00")
	b = binary.LittleEndian.AppendUint32(b, Rate)
	b = binary.LittleEndian.AppendUint32(b, 2*Rate)
	b = append(b, 2, 0, 16, 0, 'd', 'a', 't', 'a')
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(s)))
	for _, v := range s {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(32767*max(min(v, 1), -1))))
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// Beats fall on the clicks.
func TestPhase(t *testing.T) {
	all := []float64{120, 60, 90, 174}
	if testing.Short() {
		all = all[:1]
	}
	for _, bpm := range all {
		period, first := 60/bpm, 0.31
		a, late, n := New(), 0.0, 0
		a.Write(song(20, clicks(period, first)), func(h Heard) {
			if h.Beat && a.Time() > 10 {
				off := math.Mod(a.Time()-first+period/2, period) - period/2
				late = max(late, math.Abs(off))
				n++
			}
		})
		if want := int(10/period) - 1; n < want || late > 0.05 {
			t.Errorf("at %g: %d beats, want %d or more; %.0f ms off at most", bpm, n, want, 1000*late)
		}
	}
}

// The beat is where the drum is, not the hiss between.
func TestPhaseOfDrums(t *testing.T) {
	const bpm = 120.0
	a, late, n := New(), 0.0, 0
	f := kit(bpm, 0.5)
	a.Write(song(12, func(t float64) float64 {
		d := math.Mod(t, 0.5)
		return 0.5*math.Exp(-d*60)*math.Sin(2*math.Pi*90*t) + 0.3*(f(t)-0.5*math.Sin(2*math.Pi*60*t)) // both, and louder hats
	}), func(h Heard) {
		if h.Beat && a.Time() > 6 {
			off := math.Mod(a.Time()+0.25, 0.5) - 0.25
			late = max(late, math.Abs(off))
			n++
		}
	})
	if n < 11 || late > 0.05 {
		t.Errorf("%d beats, %.0f ms off at most", n, 1000*late)
	}
}

// What has no beat has no tempo.
func TestNoTempo(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for name, f := range map[string]func(float64) float64{
		"silence":     func(float64) float64 { return 0 },
		"a tone":      func(t float64) float64 { return 0.5 * math.Sin(2*math.Pi*440*t) },
		"a low tone":  func(t float64) float64 { return 0.5 * math.Sin(2*math.Pi*55*t) },
		"noise":       func(float64) float64 { return 0.3 * (2*rng.Float64() - 1) },
		"a sweep":     func(t float64) float64 { return 0.5 * math.Sin(2*math.Pi*(100*t+150*t*t)) },
		"faint noise": func(float64) float64 { return 1e-4 * (2*rng.Float64() - 1) },
		"not numbers": func(float64) float64 { return math.NaN() },
		"infinity":    func(float64) float64 { return math.Inf(1) },
	} {
		a := New()
		tempo := 0
		a.Write(song(15, f), func(h Heard) {
			if h.Tempo > 0 {
				tempo++
			}
		})
		if tempo > 0 {
			t.Errorf("%s has a tempo in %d analyses, at last %.1f", name, tempo, a.Heard().Tempo)
		}
	}
}

// Onsets are heard within 60 ms, each once, and nothing else is.
func TestOnsets(t *testing.T) {
	var want []float64
	for i := range 20 {
		want = append(want, 0.5+0.37*float64(i))
	}
	a, got := New(), []float64(nil)
	a.Write(song(8.5, clicks(100, want...)), func(h Heard) {
		if h.Begun {
			got = append(got, a.Time())
		}
	})
	if len(got) != len(want) {
		t.Fatalf("%d onsets of %d: %.2f", len(got), len(want), got)
	}
	for i := range got {
		if late := got[i] - want[i]; late < 0 || late > 0.06 {
			t.Errorf("the onset at %.2f s is heard %.0f ms later", want[i], 1000*late)
		}
	}
}

// A tone sounds in its own band, loud or faint, and the levels fall when it ends.
func TestLevels(t *testing.T) {
	for _, loud := range []float64{0.5, 0.02} {
		for band, hz := range []float64{60, 600, 6000} {
			a := New()
			a.Write(song(3, func(t float64) float64 { return loud * math.Sin(2*math.Pi*hz*t) }), nil)
			h := a.Heard()
			for i, v := range h.Levels[:3] {
				if i == band && v < 0.95 || i != band && v > 0.1 {
					t.Errorf("%g Hz at %g: the level of %s is %.2f", hz, loud, Bands[i], v)
				}
			}
			a.Write(make([]float32, Rate), nil)
			if v := a.Heard().Levels[band]; v > 0.05 {
				t.Errorf("%g Hz: a second after its end the level is %.2f", hz, v)
			}
		}
	}
}

// The range hears what is within its limits, wherever they are put, in either order, and however close.
func TestRange(t *testing.T) {
	for _, c := range []struct{ low, high, hz, least, most float64 }{
		{400, 500, 450, 0.95, 1}, {500, 400, 450, 0.95, 1}, {400, 500, 1500, 0, 0.1}, {400, 500, 130, 0, 0.1},
		{40, 60, 50, 0.95, 1}, {9000, 12000, 10000, 0.95, 1}, {440, 440, 445, 0.5, 1}, {440, 440, 1300, 0, 0.1},
		{-5, math.Inf(1), 1000, 0.95, 1}, {1e9, 1e9, 15500, 0.5, 1},
	} {
		a := New()
		a.SetRange(c.low, c.high)
		a.Write(song(3, func(t float64) float64 { return 0.5 * math.Sin(2*math.Pi*c.hz*t) }), nil)
		if v := a.Heard().Levels[3]; !(v >= c.least && v <= c.most) {
			t.Errorf("%g Hz in %g to %g Hz: the level is %.2f, want %g to %g", c.hz, c.low, c.high, v, c.least, c.most)
		}
		// Put elsewhere while it sounds, it hears that no longer.
		a.SetRange(c.hz/16, c.hz/8)
		a.Write(song(1, func(t float64) float64 { return 0.5 * math.Sin(2*math.Pi*c.hz*t) }), nil)
		if v := a.Heard().Levels[3]; v > 0.1 {
			t.Errorf("%g Hz, far above the range: the level is %.2f", c.hz, v)
		}
	}
}

// While the limits of the range are dragged its level goes on as it does without, where what sounds stays within them; and it
// is soon as where the range has always been.
func TestRangeDragged(t *testing.T) {
	s := song(4, func(t float64) float64 {
		v := 0.4 * math.Sin(2*math.Pi*600*t)
		if t > 1.5 {
			v /= 10 // fainter than it was of late
		}
		return v
	})
	dragged, still, there := New(), New(), New()
	there.SetRange(500, 1200)
	for i := 0; i+Hop <= len(s); i += Hop {
		if by := float64(i)/Rate - 2; by > 0 && by < 1 {
			dragged.SetRange(RangeLow+by*(500-RangeLow), RangeHigh+by*(1200-RangeHigh))
		}
		for _, a := range []*Analyser{dragged, still, there} {
			a.Write(s[i:i+Hop], nil)
		}
		if a, b := dragged.Heard().Levels[3], still.Heard().Levels[3]; math.Abs(a-b) > 0.06 {
			t.Fatalf("after %.2f s the level of the dragged range is %.2f, of the other %.2f", float64(i)/Rate, a, b)
		}
	}
	if a, b := dragged.Heard().Levels[3], there.Heard().Levels[3]; math.Abs(a-b) > 0.06 {
		t.Errorf("after it the level is %.2f, where it has always been %.2f", a, b)
	}
	// Put where it was silent, and where another sound is, it is soon measured by what is there.
	two := song(6, func(t float64) float64 { return 0.4*math.Sin(2*math.Pi*600*t) + 0.1*math.Sin(2*math.Pi*6000*t) })
	a := New()
	for i, limits := range [][2]float64{{60, 120}, {5000, 7000}, {60, 120}, {500, 700}} {
		a.SetRange(limits[0], limits[1])
		a.Write(two[i*Rate:(i+1)*Rate], nil)
		if v := a.Heard().Levels[3]; (v > 0.9) != (i%2 == 1) || v > 0.1 && i%2 == 0 {
			t.Errorf("from %g to %g Hz the level is %.2f", limits[0], limits[1], v)
		}
	}
}

// Wherever the range is, the other bands are heard alike.
func TestRangeAlone(t *testing.T) {
	// Two bands are as loud as each other, the third is faint beside them.
	s := song(2, func(t float64) float64 {
		return 0.4*math.Sin(2*math.Pi*60*t) + 0.4*math.Sin(2*math.Pi*600*t) + 0.02*math.Sin(2*math.Pi*6000*t)
	})
	var want [3]float64
	for i, limits := range [][2]float64{{RangeLow, RangeHigh}, {20, 16000}, {9000, 9100}} {
		a := New()
		a.SetRange(limits[0], limits[1])
		a.Write(s, nil)
		h := a.Heard()
		if got := [3]float64(h.Levels[:3]); i == 0 {
			want = got
		} else if got != want {
			t.Errorf("beside a range of %v the others are %v, want %v", limits, got, want)
		}
	}
}

// In whatever pieces the sound comes, what is heard is the same.
func TestPieces(t *testing.T) {
	s := song(5, kit(120, 0.5))
	whole, pieces := New(), New()
	whole.Write(s, nil)
	for n := 1; len(s) > 0; n = n*7%1499 + 1 {
		n = min(n, len(s))
		pieces.Write(s[:n], nil)
		s = s[n:]
	}
	if whole.Heard() != pieces.Heard() || whole.Time() != pieces.Time() {
		t.Errorf("%+v, in pieces %+v", whole.Heard(), pieces.Heard())
	}
}

func BenchmarkAnalyser(b *testing.B) {
	s := song(1, kit(120, 0.5))
	a := New()
	for b.Loop() { // a second of sound
		a.Write(s, nil)
	}
}
