package midi

import (
	"fmt"
	"runtime"
	"sync"
	"time"
	"unsafe"

	"github.com/ebitengine/purego"
	"gitlab.com/gomidi/midi/v2"
	"gitlab.com/gomidi/midi/v2/drivers"

	"zalgoscope/app/control/apple"
)

// core is the driver of macOS' MIDI services, which many programs share (MIDIServices.h).
type core struct {
	client, in, out uint32
	quit            chan struct{}
	done            sync.WaitGroup
}

var (
	services struct {
		createClient  func(name apple.String, notify, user uintptr, client *uint32) osError
		createIn      func(client uint32, name apple.String, read, user uintptr, port *uint32) osError
		createOut     func(client uint32, name apple.String, port *uint32) osError
		disposeClient func(client uint32) osError
		sources       func() uint
		source        func(n uint) uint32
		destinations  func() uint
		destination   func(n uint) uint32
		text          func(object uint32, property apple.String, text *apple.String) osError
		number        func(object uint32, property apple.String, number *int32) osError
		connect       func(port, source uint32, user uintptr) osError
		disconnect    func(port, source uint32) osError
		send          func(port, destination uint32, list *byte) osError
	}
	displayName, uniqueID, offline apple.String
	readCallback                   uintptr // the one for all, since those of purego are never given back
)

// frameworks opens what is needed once.
var frameworks = sync.OnceValue(func() error {
	if err := apple.Ready(); err != nil {
		return err
	}
	f, err := apple.Open("CoreMIDI")
	if err != nil {
		return err
	}
	for name, to := range map[string]*apple.String{"kMIDIPropertyDisplayName": &displayName, "kMIDIPropertyUniqueID": &uniqueID, "kMIDIPropertyOffline": &offline} {
		if *to, err = f.Constant(name); err != nil {
			return err
		}
	}
	readCallback = purego.NewCallback(packetsCame)
	s := &services
	return f.Functions(map[string]any{
		"MIDIClientCreate": &s.createClient, "MIDIClientDispose": &s.disposeClient, "MIDIInputPortCreate": &s.createIn, "MIDIOutputPortCreate": &s.createOut,
		"MIDIGetNumberOfSources": &s.sources, "MIDIGetSource": &s.source, "MIDIGetNumberOfDestinations": &s.destinations, "MIDIGetDestination": &s.destination,
		"MIDIObjectGetStringProperty": &s.text, "MIDIObjectGetIntegerProperty": &s.number,
		"MIDIPortConnectSource": &s.connect, "MIDIPortDisconnectSource": &s.disconnect, "MIDISend": &s.send,
	})
})

// osError is an OSStatus.
type osError int32

func (e osError) err() error {
	if e == 0 {
		return nil
	}
	return fmt.Errorf("macOS says %d", int32(e))
}

// System is the driver of this machine's MIDI devices. They can be heard by other programs at the same time.
func System() (drivers.Driver, error) {
	if err := frameworks(); err != nil {
		return nil, fmt.Errorf("midi: %w", err)
	}
	c := &core{quit: make(chan struct{})}
	made := make(chan error)
	c.done.Go(func() { c.run(made) })
	if err := <-made; err != nil {
		c.done.Wait()
		return nil, fmt.Errorf("midi: %w", err)
	}
	return c, nil
}

// run is the thread that makes us a client: macOS tells it of devices that come and go, and lists them only when it looks.
func (c *core) run(made chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	name := apple.NewString("Zalgoscope")
	defer name.Release()
	s := &services
	err := s.createClient(name, 0, 0, &c.client).err()
	if err == nil {
		err = s.createIn(c.client, name, readCallback, 0, &c.in).err()
	}
	if err == nil {
		err = s.createOut(c.client, name, &c.out).err()
	}
	if c.client != 0 {
		defer func() { _ = s.disposeClient(c.client) }() // with its ports
	}
	made <- err
	const often = 100 * time.Millisecond
	for err == nil {
		wait := time.Duration(0)
		if !apple.RunEvents(often.Seconds()) {
			wait = often
		}
		select {
		case <-c.quit:
			return
		case <-time.After(wait):
		}
	}
}

func (c *core) String() string { return "CoreMIDI" }

// Close ends hearing: all ports have to be closed before.
func (c *core) Close() error {
	close(c.quit)
	c.done.Wait()
	return nil
}

// corePort is a source or a destination.
type corePort struct {
	c        *core
	endpoint uint32
	id       int32
	name     string
	open     bool
}

// ports are those of a list that are plugged in.
func (c *core) ports(count func() uint, get func(n uint) uint32) (list []*corePort) {
	for n := range count() {
		p := &corePort{c: c, endpoint: get(n)}
		var name apple.String
		var gone int32
		if p.endpoint == 0 || services.number(p.endpoint, offline, &gone) == 0 && gone != 0 || services.text(p.endpoint, displayName, &name) != 0 {
			continue
		}
		_ = services.number(p.endpoint, uniqueID, &p.id) // it stays 0
		p.name = name.Take()
		list = append(list, p)
	}
	return list
}

func (c *core) Ins() (list []drivers.In, err error) {
	for _, p := range c.ports(services.sources, services.source) {
		list = append(list, &coreIn{*p})
	}
	return list, nil
}

func (c *core) Outs() (list []drivers.Out, err error) {
	for _, p := range c.ports(services.destinations, services.destination) {
		list = append(list, &coreOut{*p})
	}
	return list, nil
}

func (p *corePort) String() string          { return p.name }
func (p *corePort) Number() int             { return int(p.id) }
func (p *corePort) Underlying() interface{} { return nil }
func (p *corePort) Open() error             { p.open = true; return nil }
func (p *corePort) Close() error            { p.open = false; return nil }

// IsOpen tells whether the port is still there too.
func (p *corePort) IsOpen() bool {
	var id int32
	return p.open && services.number(p.endpoint, uniqueID, &id) == 0
}

type coreIn struct{ corePort }

// hearers are the parsers that packets go to, by the number that a connection has.
var hearers struct {
	mu   sync.Mutex
	last uintptr
	by   map[uintptr]*parser
}

// Listen hears the source on a thread of macOS'.
func (p *coreIn) Listen(hear func(b []byte, milliseconds int32), _ drivers.ListenConfig) (stop func(), err error) {
	h := &hearers
	h.mu.Lock()
	if h.by == nil {
		h.by = map[uintptr]*parser{}
	}
	h.last++
	id := h.last
	parse := newParser(func(m midi.Message) { hear(m, 0) })
	h.by[id] = &parse
	h.mu.Unlock()
	forget := func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.by, id)
	}
	if err := services.connect(p.c.in, p.endpoint, id).err(); err != nil {
		forget()
		return nil, err
	}
	return func() {
		_ = services.disconnect(p.c.in, p.endpoint) // it may have gone
		forget()
	}, nil
}

// packetsCame hears packets, on the one thread that macOS has for it.
func packetsCame(list *byte, _, id uintptr) {
	hearers.mu.Lock()
	p := hearers.by[id]
	hearers.mu.Unlock()
	if p != nil {
		eachPacket(unsafe.Pointer(list), runtime.GOARCH == "arm64", p.write)
	}
}

type coreOut struct{ corePort }

func (p *coreOut) Send(b []byte) error {
	if !p.open {
		return drivers.ErrPortClosed
	}
	list := packetOf(b)
	if err := services.send(p.c.out, p.endpoint, &list[0]).err(); err != nil {
		return fmt.Errorf("midi: %w", err)
	}
	return nil
}
