package midi

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"unsafe"

	"gitlab.com/gomidi/midi/v2"
	"gitlab.com/gomidi/midi/v2/drivers"
	"golang.org/x/sys/unix"
)

// sequencer is the driver of the kernel's MIDI sequencer (include/uapi/sound/asequencer.h), by which many programs share
// devices, those of other programs and of Bluetooth among them. It needs no library.
type sequencer struct {
	file *os.File
	us   address // of our only port

	mu      sync.Mutex
	hearers map[address]func(b []byte, milliseconds int32) // guarded by mu
	writing sync.Mutex                                     // held while a message is sent
}

// address is struct snd_seq_addr.
type address struct{ Client, Port uint8 }

// clientInfo is struct snd_seq_client_info.
type clientInfo struct {
	Client, Type int32
	Name         [64]byte
	Filter       uint32
	Multicast    [8]byte
	Events       [32]byte
	Ports        int32
	Lost         int32
	Card, PID    int32
	MIDIVersion  uint32
	_            [52]byte
}

// portInfo is struct snd_seq_port_info.
type portInfo struct {
	Addr                              address
	Name                              [64]byte
	Capability, Type                  uint32
	Channels, Voices, Synths, In, Out int32
	Kernel                            uintptr
	Flags                             uint32
	Queue                             uint8
	_                                 [59]byte
}

// subscription is struct snd_seq_port_subscribe.
type subscription struct {
	From, To address
	Voices   uint32
	Flags    uint32
	Queue    uint8
	_        [67]byte
}

// pool is struct snd_seq_client_pool.
type pool struct {
	Client, Output, Input, Room, OutputFree, InputFree int32
	_                                                  [64]byte
}

// request is a number of ioctl: what the kernel reads and writes of so many bytes.
func request(read, write bool, number, size uintptr) uintptr {
	var way uintptr
	if read { // by the kernel: it writes for us
		way |= 2
	}
	if write {
		way |= 1
	}
	return way<<30 | size<<16 | 'S'<<8 | number
}

var (
	askClientID    = request(true, false, 0x01, 4)
	getClient      = request(true, true, 0x10, unsafe.Sizeof(clientInfo{}))
	setClient      = request(false, true, 0x11, unsafe.Sizeof(clientInfo{}))
	createPort     = request(true, true, 0x20, unsafe.Sizeof(portInfo{}))
	subscribePort  = request(false, true, 0x30, unsafe.Sizeof(subscription{}))
	getSubscribed  = request(true, true, 0x50, unsafe.Sizeof(subscription{}))
	unsubscribe    = request(false, true, 0x31, unsafe.Sizeof(subscription{}))
	getPool        = request(true, true, 0x4b, unsafe.Sizeof(pool{}))
	setPool        = request(false, true, 0x4c, unsafe.Sizeof(pool{}))
	nextClient     = request(true, true, 0x51, unsafe.Sizeof(clientInfo{}))
	nextPort       = request(true, true, 0x52, unsafe.Sizeof(portInfo{}))
	errNoSequencer = errors.New("this system has no MIDI sequencer (/dev/snd/seq): load the kernel's module snd-seq")
)

// What a port can do, and what it is.
const (
	canRead, canWrite           = 1 << 0, 1 << 1
	canSubscribe, canSubscribed = 1 << 5, 1 << 6 // to read from it, to write to it
	hears, tells                = canRead | canSubscribe, canWrite | canSubscribed
	noExport                    = 1 << 7
	typeGeneric, typeProgram    = 1 << 1, 1 << 20
	through                     = 14 // the client that gives back what it is told
)

// System is the driver of this machine's MIDI devices. They can be heard by other programs at the same time.
func System() (drivers.Driver, error) {
	file, err := os.OpenFile("/dev/snd/seq", os.O_RDWR|unix.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return nil, fmt.Errorf("midi: %w", errNoSequencer)
	case err != nil:
		return nil, fmt.Errorf("midi: %w", err)
	}
	s := &sequencer{file: file, hearers: map[address]func([]byte, int32){}}
	if err := s.register(); err != nil {
		_ = file.Close() // the first error is told
		return nil, fmt.Errorf("midi: the sequencer: %w", err)
	}
	go s.read()
	return s, nil
}

// control is an ioctl.
func control[T any](s *sequencer, request uintptr, arg *T) error {
	conn, err := s.file.SyscallConn()
	if err != nil {
		return err
	}
	var no unix.Errno
	if err := conn.Control(func(fd uintptr) {
		_, _, no = unix.Syscall(unix.SYS_IOCTL, fd, request, uintptr(unsafe.Pointer(arg)))
	}); err != nil {
		return err
	}
	if no != 0 {
		return no
	}
	return nil
}

// register makes us a client with a port that hears and tells.
func (s *sequencer) register() error {
	var id int32
	if err := control(s, askClientID, &id); err != nil {
		return err
	}
	me := clientInfo{Client: id}
	if err := control(s, getClient, &me); err != nil {
		return err
	}
	me.Name = [64]byte{}
	copy(me.Name[:], "Zalgoscope")
	if err := control(s, setClient, &me); err != nil {
		return err
	}
	room := pool{Client: id}
	if err := control(s, getPool, &room); err == nil {
		room.Input = 2000 // the most that there is: a flood must not lose anything
		_ = control(s, setPool, &room)
	}
	p := portInfo{Addr: address{Client: uint8(id)}, Capability: canRead | canWrite | canSubscribe | canSubscribed, Type: typeGeneric | typeProgram, Channels: 16}
	copy(p.Name[:], "play")
	if err := control(s, createPort, &p); err != nil {
		return err
	}
	s.us = p.Addr
	return nil
}

func (s *sequencer) String() string { return "ALSA sequencer" }

func (s *sequencer) Close() error { return s.file.Close() }

// ports lists the ports of others that can do something.
func (s *sequencer) ports(capability uint32) (list []*seqPort, err error) {
	client := clientInfo{Client: -1}
	taken := map[string]bool{}
	for control(s, nextClient, &client) == nil {
		if client.Client == 0 || client.Client == through || client.Client == int32(s.us.Client) {
			continue
		}
		var found []portInfo
		port := portInfo{Addr: address{uint8(client.Client), 255}} // the one before the first
		for control(s, nextPort, &port) == nil {
			if (can(port, hears) || can(port, tells)) && port.Capability&noExport == 0 {
				found = append(found, port)
			}
		}
		for i, name := range portNames(text(client.Name[:]), found, taken) {
			if can(found[i], capability) {
				list = append(list, &seqPort{s: s, at: found[i].Addr, name: name})
			}
		}
	}
	return list, nil
}

func can(p portInfo, capability uint32) bool { return p.Capability&capability == capability }

// text is what stands before the zero.
func text(b []byte) string {
	name, _, _ := strings.Cut(string(b), "\x00")
	return strings.TrimSpace(name)
}

func (s *sequencer) Ins() (list []drivers.In, err error) {
	ports, err := s.ports(hears)
	for _, p := range ports {
		list = append(list, p)
	}
	return list, err
}

func (s *sequencer) Outs() (list []drivers.Out, err error) {
	ports, err := s.ports(tells)
	for _, p := range ports {
		p.out = true
		list = append(list, p)
	}
	return list, err
}

// read gives what is heard to who listens, until the file is closed.
func (s *sequencer) read() {
	buf := make([]byte, 256*eventSize)
	for {
		n, err := s.file.Read(buf)
		if errors.Is(err, unix.ENOSPC) {
			continue // more came than there is room for; what comes is heard
		}
		if err != nil {
			return
		}
		events(buf[:n], func(from address, m midi.Message) {
			s.mu.Lock()
			hear := s.hearers[from]
			s.mu.Unlock()
			if hear != nil {
				hear(m, 0)
			}
		})
	}
}
