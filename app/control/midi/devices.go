package midi

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gitlab.com/gomidi/midi/v2"
	"gitlab.com/gomidi/midi/v2/drivers"

	"zalgoscope/app/control/surface"
)

// Devices are all MIDI devices of a driver, as they come and go. Its methods may be called from any goroutine.
type Devices struct {
	driver drivers.Driver
	hear   func(device string, in surface.Input, now time.Time)
	note   func(Note)
	done   sync.WaitGroup
	quit   chan struct{}
	wake   chan struct{}

	mu    sync.Mutex
	ports map[string]*port // guarded by mu, as is all that follows
	tell  []told
	clock string // the device whose clock counts
}

// Note is that a device has come or gone, or cannot be heard.
type Note struct {
	Device string
	Gone   bool
	Err    error
}

// port is a device that is heard.
type port struct {
	in   drivers.In
	out  drivers.Out // nil where it cannot be told anything
	stop func()      // owned by the goroutine that looks, as are in and out

	mu      sync.Mutex
	decoder decoder // guarded by mu
	clock   Clock   // guarded by mu
}

type told struct {
	device string
	m      midi.Message
}

// look is how often devices are looked for.
const look = time.Second

// Open begins to hear the devices of a driver, on goroutines of their own: every input goes to hear, and what comes and
// goes to note.
func Open(driver drivers.Driver, hear func(device string, in surface.Input, now time.Time), note func(Note)) *Devices {
	d := &Devices{driver: driver, hear: hear, note: note, quit: make(chan struct{}), wake: make(chan struct{}, 1), ports: map[string]*port{}}
	d.done.Go(d.run)
	return d
}

// Close ends hearing.
func (d *Devices) Close() {
	close(d.quit)
	d.done.Wait()
}

// Names are the devices that are heard.
func (d *Devices) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(maps.Keys(d.ports))
}

// Tell has devices show something.
func (d *Devices) Tell(device string, lights []surface.Light) {
	d.mu.Lock()
	for _, l := range lights {
		for _, m := range message(l) {
			d.tell = append(d.tell, told{device, m})
		}
	}
	d.mu.Unlock()
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// message tells a device to show something; a controller of 14 bits takes two.
func message(l surface.Light) []midi.Message {
	var channel, number uint8
	v := l.Value
	if n, _ := fmt.Sscanf(l.Control, "cc %d %d", &channel, &number); n == 2 {
		return []midi.Message{midi.ControlChange(channel-1, number, uint8(v))}
	}
	if n, _ := fmt.Sscanf(l.Control, "cc14 %d %d", &channel, &number); n == 2 {
		return []midi.Message{midi.ControlChange(channel-1, number, uint8(v>>7)), midi.ControlChange(channel-1, number+32, uint8(v&127))}
	}
	if n, _ := fmt.Sscanf(l.Control, "note %d %d", &channel, &number); n == 2 {
		return []midi.Message{midi.NoteOn(channel-1, number, uint8(v))}
	}
	if n, _ := fmt.Sscanf(l.Control, "bend %d", &channel); n == 1 {
		return []midi.Message{midi.Pitchbend(channel-1, int16(v-8192))}
	}
	return nil
}

// Beat is where the clock of the devices is, none while none has one. The first that ticks counts until it is silent.
func (d *Devices) Beat(now time.Time) Beat {
	d.mu.Lock()
	defer d.mu.Unlock()
	if p := d.ports[d.clock]; p != nil {
		if b := p.beat(now); b.Tempo > 0 {
			return b
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.ports)) {
		if b := d.ports[name].beat(now); b.Tempo > 0 {
			d.clock = name
			return b
		}
	}
	d.clock = ""
	return Beat{}
}

func (p *port) beat(now time.Time) Beat {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.clock.beat(now)
}

// Flush hears what waited for more in vain: it is to be called often.
func (d *Devices) Flush(now time.Time) {
	d.mu.Lock()
	ports := maps.Clone(d.ports)
	d.mu.Unlock()
	for name, p := range ports {
		p.mu.Lock()
		list := p.decoder.flush(now)
		p.mu.Unlock()
		for _, in := range list {
			d.hear(name, in, now)
		}
	}
}

// run looks for devices and tells them things, until it is to end.
func (d *Devices) run() {
	defer func() {
		for _, p := range d.ports {
			p.close()
		}
		_ = d.driver.Close() // nothing is lost
	}()
	refused := map[string]bool{} // that have been told of
	for tick := time.NewTicker(look); ; {
		d.find(refused)
		d.send()
		for waiting := true; waiting; {
			select {
			case <-d.quit:
				tick.Stop()
				return
			case <-d.wake:
				d.send()
			case <-tick.C:
				waiting = false
			}
		}
	}
}

// find opens the devices that have come, and closes those that have gone.
func (d *Devices) find(refused map[string]bool) {
	ins, err := d.driver.Ins()
	if err != nil {
		if !refused[""] {
			refused[""] = true
			d.note(Note{Err: fmt.Errorf("midi: %w", err)})
		}
		return
	}
	outs, _ := d.driver.Outs() // what shows nothing can be heard
	now := named(ins)
	for name, p := range d.ports {
		if in := now[name]; in == nil || in.Number() != p.in.Number() || !p.in.IsOpen() || p.out != nil && !p.out.IsOpen() {
			p.close()
			d.mu.Lock()
			delete(d.ports, name)
			d.mu.Unlock()
			d.note(Note{Device: name, Gone: true})
		}
	}
	for name, in := range now {
		if d.ports[name] != nil {
			continue
		}
		p, err := d.open(name, in, named(outs)[name])
		if err != nil {
			if !refused[name] {
				d.note(Note{Device: name, Err: fmt.Errorf("midi: %s cannot be heard: %w", name, err)})
			}
			refused[name] = true
			continue
		}
		refused[name] = false
		d.mu.Lock()
		d.ports[name] = p
		d.mu.Unlock()
		d.note(Note{Device: name})
	}
}

// named gives ports by their names; a second one of a name has its number behind it.
func named[P drivers.Port](list []P) map[string]P {
	m := map[string]P{}
	for _, p := range list {
		name := surface.Distinct(plainName(p.String()), func(n string) bool { _, taken := m[n]; return taken })
		m[name] = p
	}
	return m
}

// further is how Windows names the second and further ports of a device, apart for what is heard and what is told.
var further = regexp.MustCompile(`^MIDI(?:IN|OUT)(\d+) \((.*?)\)?$`)

// plainName names both ways of a port alike.
func plainName(name string) string {
	const most = 31 - len("MIDIOUT2 (") // is left of a longer name where something is told
	m := further.FindStringSubmatch(name)
	if m == nil {
		return name
	}
	r := []rune(m[2])
	return strings.TrimSpace(string(r[:min(len(r), most)])) + " " + m[1]
}

// open begins to hear a device.
func (d *Devices) open(name string, in drivers.In, out drivers.Out) (*port, error) {
	p := &port{in: in}
	if err := in.Open(); err != nil {
		return nil, err
	}
	var err error
	p.stop, err = in.Listen(func(b []byte, _ int32) {
		m, now := midi.Message(b), time.Now()
		p.mu.Lock()
		var list []surface.Input
		if !p.clock.hear(m, now) {
			list = p.decoder.decode(m, now)
		}
		p.mu.Unlock()
		for _, one := range list {
			d.hear(name, one, now)
		}
	}, drivers.ListenConfig{TimeCode: true})
	if err != nil {
		_ = in.Close() // the first error is told
		return nil, err
	}
	if out != nil && out.Open() == nil {
		p.out = out
	}
	return p, nil
}

func (p *port) close() {
	p.stop()
	_ = p.in.Close() // it is gone, or nothing is lost
	if p.out != nil {
		_ = p.out.Close()
	}
}

// send tells devices what there is to tell.
func (d *Devices) send() {
	d.mu.Lock()
	list := d.tell
	d.tell = nil
	d.mu.Unlock()
	for _, t := range list {
		if p := d.ports[t.device]; p != nil && p.out != nil {
			_ = p.out.Send(t.m) // a light stays as it was
		}
	}
}
