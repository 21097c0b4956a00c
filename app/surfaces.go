package app

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/adrg/xdg"

	"zalgoscope/app/beside"
	"zalgoscope/app/control"
	"zalgoscope/app/control/midi"
	"zalgoscope/app/control/surface"
	"zalgoscope/app/dream"
	"zalgoscope/app/visible"
	"zalgoscope/nn/disk"
)

// surfaces are the devices that play the studio by their maps: MIDI, gamepads and keys.
type surfaces struct {
	*surface.Surface
	meet    bool             // faders turn nothing until they have met it
	own     []surface.Device // the user's maps, with what was learnt
	devices *midi.Devices    // nil while MIDI is off
	pads    gamepads
	rate    float64   // of the clock that was last taken for the tempo, in Hz; 0 for none
	ticking bool      // that clock goes on
	shown   time.Time // when devices were last told how things stand
}

// mapFile is where the user's own maps of control surfaces are, which nothing writes to, and learntFile where what was learnt
// is kept.
func mapFile() string    { return filepath.Join(xdg.ConfigHome, "zalgoscope", "maps.toml") }
func learntFile() string { return filepath.Join(xdg.ConfigHome, "zalgoscope", "learnt.toml") }

// mostMaps is how many bytes of maps are read.
const mostMaps = 1 << 20

// ReadMaps reads the user's maps of control surfaces, with what was learnt. What of them cannot be read is left out, with an
// error.
func ReadMaps() ([]surface.Device, error) {
	own, err := readMaps(mapFile())
	learnt, lerr := readMaps(learntFile())
	if err == nil {
		err = lerr
	}
	return surface.Merge(own, learnt), err
}

func readMaps(path string) ([]surface.Device, error) {
	data, err := disk.Read(path, mostMaps)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var own []surface.Device
	var bad []error
	if err == nil {
		own, bad, err = surface.Parse(data)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case len(bad) > 0:
		return own, fmt.Errorf("app: left out of %s: %w", path, first(bad))
	}
	return own, nil
}

// load takes the user's maps.
func (f *surfaces) load(s *studio) {
	f.Surface = surface.New(&s.remote.queue)
	var err error
	if f.own, err = ReadMaps(); err != nil {
		s.warn(err)
	}
	f.SetMaps(f.own)
}

// setMeet has faders turn nothing until they have met it, or turn it at once.
func (s *studio) setMeet(on bool) {
	s.surfaces.meet = on
	s.surfaces.SetMeet(on)
}

// switchMIDI begins to hear MIDI devices, or ends it. Where there is no MIDI at all that is told only to who asks for it.
func (s *studio) switchMIDI(on, asked bool) {
	f := &s.surfaces
	if !on {
		if d := f.devices; d != nil {
			f.devices = nil
			forget := func() {
				for _, name := range d.Names() {
					f.Remove(name)
				}
			}
			forget()
			s.background(func() {
				d.Close()
				s.post(func() {
					if f.devices == nil {
						forget() // what was heard until it was closed
					}
				})
			})
		}
		return
	}
	if s.cfg.MIDI == nil || f.devices != nil {
		return
	}
	driver, err := s.cfg.MIDI()
	if err != nil {
		if asked {
			s.warn(err)
		}
		return
	}
	f.devices = midi.Open(driver, f.Hear, func(n midi.Note) {
		s.post(func() { s.noteDevice(n) })
	})
}

// noteDevice tells of a device that has come or gone.
func (s *studio) noteDevice(n midi.Note) {
	name := visible.Short(visible.Line(n.Device), 40)
	switch {
	case n.Err != nil:
		s.warn(n.Err)
	case n.Gone:
		s.surfaces.Remove(n.Device)
		s.tell(name + " is gone")
	default:
		s.surfaces.Add(n.Device)
		s.tell("MIDI: " + name)
	}
}

// beat is where the clock of a MIDI device is.
func (f *surfaces) beat(now time.Time) midi.Beat {
	if f.devices == nil {
		return midi.Beat{}
	}
	return f.devices.Beat(now)
}

// tendSurfaces learns what was touched, follows the clock and has devices show how things stand.
func (s *studio) tendSurfaces(now time.Time) {
	const often = 40 * time.Millisecond
	f := &s.surfaces
	if s.session == nil {
		return
	}
	if l, ok := f.Learnt(now); ok {
		s.keepBinding(l)
	}
	if f.devices == nil {
		return
	}
	f.devices.Flush(now)
	s.followClock(f.devices.Beat(now).Tempo / 60)
	if now.Sub(f.shown) < often {
		return
	}
	f.shown = now
	for _, name := range f.devices.Names() {
		if lights := f.Lights(name, now, s.shows); len(lights) > 0 {
			f.devices.Tell(name, lights)
		}
	}
}

// followClock takes a device's tempo, in Hz, as if it had been tapped. The modulators follow it that are in the clock's last
// tempo, however long ago that was, and the first time those that are in a tapped one or still in that of new ones.
func (s *studio) followClock(rate float64) {
	f := &s.surfaces
	began := rate > 0 && !f.ticking
	f.ticking = rate > 0
	if !f.ticking {
		return
	}
	rate = min(math.Round(1000*rate)/1000, fastest)
	if began {
		s.tell("clock: " + rateText(rate))
	}
	if math.Abs(rate-f.rate) <= 0.01*rate {
		return // its own unevenness
	}
	before, tapped := f.rate, s.tempo.rate
	f.rate, s.tempo.rate = rate, rate
	s.retime(rate, func(m dream.Modulator) bool {
		return m.Rate > 0 && (m.Rate == before || before == 0 && (m.Rate == firstRate || m.Rate == tapped))
	})
}

// shows is how what a binding asks for stands: what lights and motor faders show.
func (s *studio) shows(b surface.Binding) any {
	switch b.Address.Path {
	case "/scene":
		p := &s.presets
		n, err := strconv.Atoi(b.Arg)
		return p.at >= 0 && (err == nil && n == p.at+1 || strings.EqualFold(p.list[p.at].Name, b.Arg))
	case "/class":
		return b.Arg != "" && strings.Contains(s.want.Class, b.Arg)
	}
	if v, err := strconv.ParseFloat(b.Arg, 64); err == nil {
		now, ok := number(s.state(b.Address.Path))
		return ok && math.Abs(now-v) < 1e-3
	}
	now := s.state(b.Address.Path)
	if v, ok := now.(float32); ok && b.Address.Kind == control.Number {
		return (v - float32(b.Address.Min)) / float32(b.Address.Max-b.Address.Min) // where a fader that sets it so stands
	}
	return now
}

// learn waits for a control that is to ask for something from now on.
func (s *studio) learn(to string) {
	if s.surfaces.Learning() == to {
		s.surfaces.Forget()
		s.tell("nothing is learnt")
		return
	}
	if err := s.surfaces.Learn(to); err != nil {
		s.warn(err)
		return
	}
	s.tell("touch a fader, pad, stick or key for " + to + "; turn an endless knob both ways; Esc ends it")
}

// keepBinding keeps what was learnt.
func (s *studio) keepBinding(l surface.Learnt) {
	s.editMaps(l.Device, l.From, l.To, fmt.Sprintf("%s of %s is %s", l.From, visible.Short(visible.Line(l.Device), 40), l.To))
}

// editMaps changes a line of what was learnt and tells so.
func (s *studio) editMaps(device, from, to, text string) {
	s.write(func() {
		var own []surface.Device
		err := os.MkdirAll(filepath.Dir(learntFile()), 0o755)
		if err == nil {
			err = beside.Update(learntFile(), func(old []byte) ([]byte, error) { return surface.Append(old, device, from, to) })
		}
		if err == nil {
			own, _ = ReadMaps() // what is wrong with the user's own was told at the beginning
		}
		s.post(func() {
			if err != nil {
				s.warn(fmt.Errorf("app: nothing is learnt: %s: %w", learntFile(), err))
				return
			}
			s.surfaces.own = own
			s.surfaces.SetMaps(own)
			s.tell(text)
		})
	})
}

// addressOf is the address of a knob by the name that modulators have for it, "" for none.
func addressOf(knob string) string {
	if knob == "layer" {
		return "/layer"
	}
	rest, ok := strings.CutPrefix(knob, "bend.")
	if !ok {
		return "/knob/" + knob
	}
	if n, wet := strings.CutSuffix(rest, ".wet"); wet {
		return "/bend/" + n + "/wet"
	}
	return "/bend/" + rest + "/amount"
}

// controllers are what turns a knob from outside, "" for nothing.
func (s *studio) controllers(knob string) string {
	path := addressOf(knob)
	var list []string
	for _, d := range s.surfaceNames() {
		for _, b := range s.surfaces.Bindings(d) {
			if p := strings.TrimSuffix(b.Address.Path, "/value"); p == path || p == "/zalgo" && knob == "zalgo" {
				list = append(list, d+" "+b.Control)
			}
		}
	}
	return strings.Join(list, ", ")
}

// surfaceNames are the devices that are there.
func (s *studio) surfaceNames() (list []string) {
	if d := s.surfaces.devices; d != nil {
		list = d.Names()
	}
	list = append(list, s.surfaces.pads.names()...)
	if slices.ContainsFunc(s.surfaces.own, func(d surface.Device) bool { return d.Name == keyboard }) {
		list = append(list, keyboard)
	}
	return list
}
