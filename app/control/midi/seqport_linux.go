package midi

import (
	"errors"
	"fmt"
	"strings"

	"gitlab.com/gomidi/midi/v2/drivers"
	"golang.org/x/sys/unix"

	"zalgoscope/app/control/surface"
)

// seqPort is a port of another client.
type seqPort struct {
	s    *sequencer
	at   address
	name string
	open bool
	out  bool
}

// portNames names the ports of a client, whether they are heard or told, so that both ways of one have the same name, which
// no other one has.
func portNames(client string, ports []portInfo, taken map[string]bool) (names []string) {
	for _, p := range ports {
		name := text(p.Name[:])
		switch {
		case len(ports) == 1:
			name = client
		case !strings.Contains(name, client):
			name = client + " " + name
		}
		name = surface.Distinct(name, func(n string) bool { return taken[n] })
		taken[name] = true
		names = append(names, name)
	}
	return names
}

func (p *seqPort) String() string { return p.name }

func (p *seqPort) Number() int { return int(p.at.Client)<<8 | int(p.at.Port) }

func (p *seqPort) Underlying() interface{} { return nil }

// IsOpen tells whether the kernel still has the subscription: a device that comes back at once has the same address, but
// none.
func (p *seqPort) IsOpen() bool {
	sub := p.way()
	return p.open && control(p.s, getSubscribed, &sub) == nil
}

// way is the subscription between the port and us.
func (p *seqPort) way() subscription {
	if p.out {
		return subscription{From: p.s.us, To: p.at}
	}
	return subscription{From: p.at, To: p.s.us}
}

func (p *seqPort) Open() error {
	if p.open {
		return nil
	}
	sub := p.way()
	if err := control(p.s, subscribePort, &sub); err != nil && !errors.Is(err, unix.EBUSY) { // busy: there is that subscription
		return err
	}
	p.open = true
	return nil
}

func (p *seqPort) Close() error {
	if !p.open {
		return nil
	}
	p.open = false
	sub := p.way()
	return control(p.s, unsubscribe, &sub)
}

func (p *seqPort) Listen(hear func(b []byte, milliseconds int32), _ drivers.ListenConfig) (stop func(), err error) {
	if !p.open {
		return nil, drivers.ErrPortClosed
	}
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.hearers[p.at] = hear
	return func() {
		p.s.mu.Lock()
		defer p.s.mu.Unlock()
		delete(p.s.hearers, p.at)
	}, nil
}

func (p *seqPort) Send(b []byte) error {
	e, ok := encode(b, p.s.us, p.at)
	if !ok {
		return fmt.Errorf("midi: the sequencer has no event for % x", b)
	}
	p.s.writing.Lock()
	defer p.s.writing.Unlock()
	_, err := p.s.file.Write(e)
	return err
}
