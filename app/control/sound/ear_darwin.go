package sound

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"

	"zalgoscope/app/control/apple"
)

// queues are the functions of AudioQueue.h, objects those of AudioHardware.h.
var (
	queues struct {
		newInput func(format *streamFormat, callback, user, loop, mode uintptr, flags uint32, queue *uintptr) osError
		set      func(queue uintptr, property uint32, data unsafe.Pointer, size uint32) osError
		allocate func(queue uintptr, bytes uint32, buffer **queueBuffer) osError
		enqueue  func(queue uintptr, buffer *queueBuffer, descriptions uint32, list uintptr) osError
		start    func(queue, at uintptr) osError
		dispose  func(queue uintptr, atOnce bool) osError
	}
	objects struct {
		size func(object uint32, at *propertyAddress, qualifiers uint32, qualifier uintptr, size *uint32) osError
		get  func(object uint32, at *propertyAddress, qualifiers uint32, qualifier uintptr, size *uint32, data unsafe.Pointer) osError
	}
	callback uintptr // the one for all queues, since those of purego are never given back
)

// frameworks opens what is needed once.
var frameworks = sync.OnceValue(func() error {
	err := apple.Ready()
	if err != nil {
		return err
	}
	toolbox, err := apple.Open("AudioToolbox")
	if err != nil {
		return err
	}
	audio, err := apple.Open("CoreAudio")
	if err != nil {
		return err
	}
	callback = purego.NewCallback(filled)
	return errors.Join(toolbox.Functions(map[string]any{
		"AudioQueueNewInput": &queues.newInput, "AudioQueueSetProperty": &queues.set, "AudioQueueAllocateBuffer": &queues.allocate,
		"AudioQueueEnqueueBuffer": &queues.enqueue, "AudioQueueStart": &queues.start, "AudioQueueDispose": &queues.dispose,
	}), audio.Functions(map[string]any{"AudioObjectGetPropertyDataSize": &objects.size, "AudioObjectGetPropertyData": &objects.get}))
})

// osError is an OSStatus: most are four letters.
type osError int32

func (e osError) err() error {
	if e == 0 {
		return nil
	}
	return fmt.Errorf("macOS says %d", int32(e))
}

// streamFormat is AudioStreamBasicDescription.
type streamFormat struct {
	rate                                                    float64
	format, flags, packet, frames, frame, channels, bits, _ uint32
}

// queueBuffer is how AudioQueueBuffer begins.
type queueBuffer struct {
	_    uint32 // room
	data *float32
	size uint32 // bytes that are filled
}

// code is a number that is written as four letters.
func code(s string) uint32 {
	return uint32(s[0])<<24 | uint32(s[1])<<16 | uint32(s[2])<<8 | uint32(s[3])
}

// propertyAddress is AudioObjectPropertyAddress.
type propertyAddress struct{ selector, scope, element uint32 }

// property asks for what is known of an object: so many values of a kind.
func property[T any](object uint32, selector, scope string) ([]T, error) {
	at := propertyAddress{code(selector), code(scope), 0}
	var bytes uint32
	if err := objects.size(object, &at, 0, 0, &bytes).err(); err != nil {
		return nil, err
	}
	var one T
	list := make([]T, (bytes+uint32(unsafe.Sizeof(one))-1)/uint32(unsafe.Sizeof(one)))
	if len(list) == 0 {
		return nil, nil
	}
	err := objects.get(object, &at, 0, 0, &bytes, unsafe.Pointer(&list[0])).err()
	return list[:bytes/uint32(unsafe.Sizeof(one))], err
}

// system is the object that knows the devices.
const system = 1

// input is a device that records.
type input struct {
	device   uint32
	name     string
	channels int
}

// inputs are all devices that record.
func inputs() (list []input, err error) {
	devices, err := property[uint32](system, "dev#", "glob")
	if err != nil {
		return nil, fmt.Errorf("sound: macOS lists no devices: %w", err)
	}
	for _, d := range devices {
		layout, err := property[uint32](d, "slay", "inpt")
		if n := channels(layout); err == nil && n > 0 {
			list = append(list, input{d, text(d, "lnam"), n})
		}
	}
	return list, nil
}

// text is a text that is known of a device.
func text(device uint32, selector string) string {
	s, err := property[apple.String](device, selector, "glob")
	if err != nil || len(s) != 1 {
		return ""
	}
	return s[0].Take()
}

// standard is the device that the system records from.
func standard() (uint32, error) {
	d, err := property[uint32](system, "dIn ", "glob")
	if err != nil || len(d) != 1 || d[0] == 0 {
		return 0, errors.New("sound: macOS has no microphone or other input")
	}
	return d[0], nil
}

// choose finds the device that a source's name means.
func choose(source string) (input, error) {
	list, err := inputs()
	if err != nil {
		return input{}, err
	}
	names := make([]string, len(list))
	for i, d := range list {
		names[i] = d.name
	}
	switch source {
	case Computer:
		at := looped(names)
		if at < 0 {
			return input{}, errors.New("sound: macOS lets no program hear what it plays: install a loopback device such as BlackHole and have the system play into it, or take --sound microphone")
		}
		return list[at], nil
	case Microphone:
		d, err := standard()
		for _, in := range list {
			if err == nil && in.device == d {
				return in, nil
			}
		}
		if err == nil {
			err = errLost // it has gone meanwhile
		}
		return input{}, err
	}
	at, err := match(source, names)
	if err != nil {
		return input{}, err
	}
	return list[at], nil
}

// hear listens to a device of Core Audio until the ear is closed, which is no error.
func (e *Ear) hear(source string, began func()) error {
	if err := frameworks(); err != nil {
		return fmt.Errorf("sound: %w", err)
	}
	from, err := choose(source)
	if err != nil {
		return err
	}
	stop, err := e.record(from)
	if err != nil {
		return fmt.Errorf("sound: %q cannot be recorded: %w", source, err)
	}
	defer stop()
	began()
	return e.wait(func() error {
		if d, err := standard(); source == Microphone && err == nil && d != from.device {
			return errors.New("sound: another device is the default one now; that is listened to in a moment")
		}
		return nil
	})
}

// recordings are the ears that queues fill, by the number that the queue has.
var recordings struct {
	mu   sync.Mutex
	last uintptr
	by   map[uintptr]recording
}

type recording struct {
	*Ear
	channels int
}

// record has a device's sound written.
func (e *Ear) record(from input) (stop func(), err error) {
	n := min(from.channels, 2)
	r := &recordings
	r.mu.Lock()
	if r.by == nil {
		r.by = map[uintptr]recording{}
	}
	r.last++
	id := r.last
	r.by[id] = recording{e, n}
	r.mu.Unlock()
	const float, packed = 1, 8
	format := streamFormat{rate: Rate, format: code("lpcm"), flags: float | packed, packet: uint32(4 * n), frames: 1, frame: uint32(4 * n), channels: uint32(n), bits: 32}
	var queue uintptr
	stop = func() {
		if queue != 0 {
			_ = queues.dispose(queue, true) // it ends with it
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.by, id)
	}
	err = queues.newInput(&format, callback, id, 0, 0, 0, &queue).err()
	if err == nil {
		err = useDevice(queue, from.device)
	}
	for range 4 {
		var b *queueBuffer
		if err == nil {
			err = queues.allocate(queue, uint32(Hop*4*n), &b).err()
		}
		if err == nil {
			err = queues.enqueue(queue, b, 0, 0).err()
		}
	}
	if err == nil {
		err = queues.start(queue, 0).err()
	}
	if err != nil {
		stop()
		return nil, err
	}
	return stop, nil
}

// useDevice has a queue record from a device.
func useDevice(queue uintptr, device uint32) error {
	uid, err := property[apple.String](device, "uid ", "glob")
	if err != nil || len(uid) != 1 {
		return errors.New("the device is gone")
	}
	defer uid[0].Release()
	return queues.set(queue, code("aqcd"), unsafe.Pointer(&uid[0]), uint32(unsafe.Sizeof(uid[0]))).err()
}

// filled takes a buffer that a queue has filled, on a thread of the queue's, and gives it back.
func filled(id, queue uintptr, b *queueBuffer, _ uintptr, _ uint32, _ uintptr) {
	recordings.mu.Lock()
	r, ok := recordings.by[id]
	recordings.mu.Unlock()
	if !ok {
		return // it has ended
	}
	_, _ = r.write(mono(unsafe.Slice(b.data, b.size/4), r.channels)) // it gives no error
	_ = queues.enqueue(queue, b, 0, 0)                               // what is lost is found to be
}
