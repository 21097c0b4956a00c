package midi

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"gitlab.com/gomidi/midi/v2/drivers"
	"golang.org/x/sys/windows"
)

// winmm is the driver of Windows' multimedia functions. A device belongs to one program at a time there, unless Windows
// shares it, as its newer versions do.
type winmm struct{}

var (
	multimedia   = windows.NewLazySystemDLL("winmm.dll")
	inCount      = multimedia.NewProc("midiInGetNumDevs")
	inCaps       = multimedia.NewProc("midiInGetDevCapsW")
	inOpen       = multimedia.NewProc("midiInOpen")
	inStart      = multimedia.NewProc("midiInStart")
	inStop       = multimedia.NewProc("midiInStop")
	inClose      = multimedia.NewProc("midiInClose")
	outCount     = multimedia.NewProc("midiOutGetNumDevs")
	outCaps      = multimedia.NewProc("midiOutGetDevCapsW")
	outOpen      = multimedia.NewProc("midiOutOpen")
	outShort     = multimedia.NewProc("midiOutShortMsg")
	outClose     = multimedia.NewProc("midiOutClose")
	user         = windows.NewLazySystemDLL("user32.dll")
	getMessage   = user.NewProc("GetMessageW")
	peekMessage  = user.NewProc("PeekMessageW")
	postToThread = user.NewProc("PostThreadMessageW")
)

const (
	callbackThread = 0x20000 // what is heard comes as messages to a thread
	mimClose       = 0x3c2
	mimData        = 0x3c3
	mimMoreData    = 0x3cc
	wmQuit         = 0x12
)

// System is the driver of this machine's MIDI devices.
func System() (drivers.Driver, error) { return winmm{}, nil }

func (winmm) String() string { return "winmm" }
func (winmm) Close() error   { return nil }

// caps is how MIDIINCAPSW and MIDIOUTCAPSW begin, with room for what follows.
type caps struct {
	maker, product uint16
	version        uint32
	name           [32]uint16
	_              [3]uint32
}

// Sizes of the two, which the functions are told.
const inCapsSize, outCapsSize = 76, 84

// list gives the numbers and names of devices.
func list(count, ask *windows.LazyProc, size uintptr, found func(n int, name string)) {
	total, _, _ := count.Call()
	for n := range int(total) {
		var c caps
		if r, _, _ := ask.Call(uintptr(n), uintptr(unsafe.Pointer(&c)), size); r == 0 {
			found(n, windows.UTF16ToString(c.name[:]))
		}
	}
}

func (winmm) Ins() (ports []drivers.In, err error) {
	list(inCount, inCaps, inCapsSize, func(n int, name string) { ports = append(ports, &winIn{winPort: winPort{n, name}}) })
	return ports, nil
}

func (winmm) Outs() (ports []drivers.Out, err error) {
	list(outCount, outCaps, outCapsSize, func(n int, name string) { ports = append(ports, &winOut{winPort: winPort{n, name}}) })
	return ports, nil
}

type winPort struct {
	number int
	name   string
}

func (p *winPort) String() string          { return p.name }
func (p *winPort) Number() int             { return p.number }
func (p *winPort) Underlying() interface{} { return nil }

// winIn is opened when it is listened to.
type winIn struct {
	winPort
	handle atomic.Uintptr // while it is listened to
}

func (p *winIn) Open() error  { return nil }
func (p *winIn) Close() error { return nil }

// IsOpen tells whether the device is still there: to start it once more does nothing else.
func (p *winIn) IsOpen() bool {
	h := p.handle.Load()
	if h == 0 {
		return false
	}
	r, _, _ := inStart.Call(h)
	return r == 0
}

// threadMessage is MSG.
type threadMessage struct {
	window  uintptr
	message uint32
	w, l    uintptr
	time    uint32
	x, y    int32
}

// Listen hears the device on a thread of its own, to which Windows posts what comes.
func (p *winIn) Listen(hear func(b []byte, milliseconds int32), _ drivers.ListenConfig) (stop func(), err error) {
	var thread uint32
	opened := make(chan error)
	var ended sync.WaitGroup
	ended.Go(func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		thread = windows.GetCurrentThreadId()
		var m threadMessage
		peekMessage.Call(uintptr(unsafe.Pointer(&m)), 0, 0, 0, 0) // makes the thread's queue
		var handle uintptr
		if r, _, _ := inOpen.Call(uintptr(unsafe.Pointer(&handle)), uintptr(p.number), uintptr(thread), 0, callbackThread); r != 0 {
			opened <- fmt.Errorf("winmm says %d; another program may have it", r)
			return
		}
		inStart.Call(handle)
		p.handle.Store(handle)
		opened <- nil
		for {
			if r, _, _ := getMessage.Call(uintptr(unsafe.Pointer(&m)), ^uintptr(0), 0, 0); int32(r) <= 0 {
				break
			}
			if m.message == mimClose {
				p.handle.Store(0) // the device has gone; stop is still to come
			}
			if m.message == mimData || m.message == mimMoreData {
				if b := unpack(uint32(m.l)); b != nil {
					hear(b, int32(m.time))
				}
			}
		}
		p.handle.Store(0)
		inStop.Call(handle)
		inClose.Call(handle)
	})
	if err := <-opened; err != nil {
		ended.Wait()
		return nil, err
	}
	return func() {
		postToThread.Call(uintptr(thread), wmQuit, 0, 0)
		ended.Wait()
	}, nil
}

// unpack gives the bytes of a short message.
func unpack(v uint32) []byte {
	b := []byte{byte(v), byte(v >> 8), byte(v >> 16)}
	switch s := b[0]; {
	case s >= 0xf8, s == 0xf6:
		return b[:1]
	case s < 0x80 || s >= 0xf4:
		return nil
	case s&0xf0 == 0xc0, s&0xf0 == 0xd0, s == 0xf1, s == 0xf3:
		return b[:2]
	}
	return b
}

type winOut struct {
	winPort
	handle uintptr
	failed bool // the last call: the device may have gone
}

func (p *winOut) Open() error {
	if p.handle != 0 {
		return nil
	}
	if r, _, _ := outOpen.Call(uintptr(unsafe.Pointer(&p.handle)), uintptr(p.number), 0, 0, 0); r != 0 {
		p.handle = 0
		return fmt.Errorf("midi: winmm says %d; another program may have it", r)
	}
	return nil
}

func (p *winOut) Close() error {
	if p.handle != 0 {
		outClose.Call(p.handle)
		p.handle = 0
	}
	return nil
}

func (p *winOut) IsOpen() bool { return p.handle != 0 && !p.failed }

func (p *winOut) Send(b []byte) error {
	if p.handle == 0 {
		return drivers.ErrPortClosed
	}
	var v uintptr
	for i, c := range b[:min(len(b), 3)] {
		v |= uintptr(c) << (8 * i)
	}
	r, _, _ := outShort.Call(p.handle, v)
	if p.failed = r != 0; p.failed {
		return fmt.Errorf("midi: winmm says %d", r)
	}
	return nil
}
