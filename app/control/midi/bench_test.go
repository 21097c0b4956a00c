//go:build unix

package midi

import (
	"math/rand/v2"
	"slices"
	"sync"

	"gitlab.com/gomidi/midi/v2"
	"gitlab.com/gomidi/midi/v2/drivers"
)

// bench is a driver of the test's own: devices that it plugs in and out, which say bytes and note what they are told.
type bench struct {
	mu    sync.Mutex
	ports []*benchPort
}

type benchPort struct {
	name   string
	number int

	mu     sync.Mutex
	open   bool
	parser parser
	told   [][]byte
}

func (b *bench) plug(name string) *benchPort {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := &benchPort{name: name, number: rand.Int()}
	b.ports = append(b.ports, p)
	return p
}

func (b *bench) unplug(p *benchPort) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ports = slices.DeleteFunc(b.ports, func(o *benchPort) bool { return o == p })
}

func (b *bench) String() string { return "bench" }

func (b *bench) Close() error { return nil }

func (b *bench) Ins() (list []drivers.In, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.ports {
		list = append(list, p)
	}
	return list, nil
}

func (b *bench) Outs() (list []drivers.Out, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, p := range b.ports {
		list = append(list, p)
	}
	return list, nil
}

func (p *benchPort) String() string { return p.name }

func (p *benchPort) Number() int { return p.number }

func (p *benchPort) Underlying() interface{} { return nil }

func (p *benchPort) IsOpen() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.open }

func (p *benchPort) Open() error { p.mu.Lock(); defer p.mu.Unlock(); p.open = true; return nil }

func (p *benchPort) Close() error { p.mu.Lock(); defer p.mu.Unlock(); p.open = false; return nil }

func (p *benchPort) Listen(hear func([]byte, int32), _ drivers.ListenConfig) (func(), error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parser = newParser(func(m midi.Message) { hear(m, 0) })
	return func() {}, nil
}

func (p *benchPort) Send(b []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, slices.Clone(b))
	return nil
}

func (p *benchPort) say(b ...byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parser.write(b)
}
