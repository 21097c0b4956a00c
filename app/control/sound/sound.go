// Package sound hears music: how strong its bands are, when something begins, and its beat.
package sound

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Rate is the samples a second that are analysed, one channel.
const Rate = 44100

// An analysis is made of Window samples every Hop samples, 10 ms.
const (
	Hop    = Rate / 100
	Window = 1024
	frames = Rate / Hop // analyses a second
)

// Bands are the names of the bands whose levels are told, and Edges the limits of the first three in Hz. The range is where
// SetRange puts it.
var (
	Bands = [4]string{"bass", "mid", "high", "range"}
	Edges = [4]float64{20, 150, 2000, 16000}
)

// RangeLow and RangeHigh are the limits of the range until somebody sets others, in Hz.
const RangeLow, RangeHigh = 300, 3000

// Heard is what the last analysis heard.
type Heard struct {
	Levels [4]float64 // of Bands, 0 to 1, rising fast and falling slowly
	Onset  float64    // 1 where something begins, falling to 0 within a fifth of a second; it rises no oftener than Pulse
	Begun  bool       // something began in this analysis
	Tempo  float64    // beats a minute, 0 where there is none
	Phase  float64    // share of the present beat that is over, 0 to 1
	Beat   bool       // a beat fell into this analysis
	Pulse  float64    // 1 where a beat falls, sinking to 0: see Pulse
}

// Analyser hears one stream of samples, from its beginning.
type Analyser struct {
	fft     *fourier.FFT
	window  [Window]float64
	buf     []float64 // the last samples, at most Window and a Hop
	seq     []float64
	bins    []complex128
	power   []float64
	levels  levels
	onsets  onsets
	rises   rises // of the level of onsets
	beat    beat
	pulse   Pulse
	heard   Heard
	counted int // analyses made
}

// New is an analyser that has heard nothing.
func New() *Analyser {
	a := &Analyser{fft: fourier.NewFFT(Window), seq: make([]float64, Window), power: make([]float64, Window/2+1)}
	for i := range a.window { // Hann
		a.window[i] = 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/Window)
	}
	a.buf = make([]float64, Window-Hop, 2*Window) // silence before the beginning
	a.levels.begin()
	a.onsets.begin()
	return a
}

// Write hears samples of -1..1 and calls each, which may be nil, after every analysis. Its time is that of
// Time() then.
func (a *Analyser) Write(samples []float32, each func(Heard)) {
	for len(samples) > 0 {
		n := min(len(samples), Window-len(a.buf))
		for _, v := range samples[:n] {
			if v != v || v > 1e6 || v < -1e6 { // what is no sound
				v = 0
			}
			a.buf = append(a.buf, float64(v))
			a.levels.hear(float64(v))
		}
		samples = samples[n:]
		if len(a.buf) == Window {
			a.analyse()
			a.buf = a.buf[:copy(a.buf, a.buf[Hop:])]
			if each != nil {
				each(a.heard)
			}
		}
	}
}

// SetRange puts the limits of the range, in Hz and in either order, within Edges; they stay a semitone apart.
func (a *Analyser) SetRange(low, high float64) { a.levels.setRange(min(low, high), max(low, high)) }

// Heard is what the last analysis heard.
func (a *Analyser) Heard() Heard { return a.heard }

// Time is how many seconds of sound have been analysed.
func (a *Analyser) Time() float64 { return float64(a.counted) / frames }

// analyse hears the window that the buffer holds.
func (a *Analyser) analyse() {
	for i, v := range a.buf {
		a.seq[i] = v * a.window[i]
	}
	a.bins = a.fft.Coefficients(a.bins, a.seq)
	for i, c := range a.bins {
		p := cmplx.Abs(c) / (Window / 4) // 1 for a full sine
		a.power[i] = p * p
	}
	a.counted++
	h := &a.heard
	h.Levels = a.levels.follow(a.power)
	pulse, accent, begun := a.onsets.follow(a.power)
	h.Begun = begun
	h.Onset *= math.Exp(-1.0 / (0.07 * frames))
	if begun && a.rises.may(a.Time(), gap) {
		h.Onset = 1
	}
	h.Tempo, h.Phase, h.Beat = a.beat.follow(pulse, accent, begun)
	h.Pulse = a.pulse.At(a.Time(), h.Tempo, h.Beat)
}

// bin is the bin of a frequency in Hz.
func bin(hz float64) int { return min(max(int(math.Round(hz*Window/Rate)), 1), Window/2) }
