//go:build amd64 || arm64

package sound

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Classes, interfaces and constants of WASAPI, the Windows Audio Session API: mmdeviceapi.h and audioclient.h.
var (
	enumeratorClass = guid("{BCDE0395-E52F-467C-8E3D-C4579291692E}")
	enumeratorID    = guid("{A95664D2-9614-4F35-A746-DE8DB63617E6}")
	endpointID      = guid("{1BE09788-6894-4089-8586-9A2A6C265AC5}")
	clientID        = guid("{1CB9AD4C-DBFA-4C32-B178-C2F568A703B2}")
	recorderID      = guid("{C8ADBD64-E71E-48A0-A4DE-185C395CD317}")
	friendlyName    = propertyKey{guid("{A45C254E-DF1C-4EFD-8020-67D146A850E0}"), 14}
)

const (
	playing, recording, both = 0, 1, 2 // devices that play, and that record
	console                  = 0       // the role of the default device that is meant
	plugged                  = 1       // devices that are there
	loopback                 = 0x00020000
	converted                = 0x80000000 | 0x08000000 // to the format that is asked for, and well
	silent                   = 2                       // a packet of silence, whatever it holds
	room                     = 200 * time.Millisecond  // of sound that Windows keeps until it is fetched
	poll                     = 10 * time.Millisecond
)

type propertyKey struct {
	set    windows.GUID
	number uint32
}

// propertyText is a PROPVARIANT that holds a text.
type propertyText struct {
	kind uint16
	_    [3]uint16
	text *uint16
	_    uintptr
}

// waveFormat is WAVEFORMATEX.
type waveFormat struct {
	tag, channels     uint16
	rate, bytes       uint32
	block, bits, more uint16
}

// floats is one channel of float32 at Rate.
var floats = waveFormat{tag: 3, channels: 1, rate: Rate, bytes: 4 * Rate, block: 4, bits: 32}

// hear listens to a device of WASAPI until the ear is closed, which is no error.
func (e *Ear) hear(source string, began func()) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const already = syscall.Errno(1) // S_FALSE
	if err := windows.CoInitializeEx(0, windows.COINIT_MULTITHREADED); err != nil && err != already {
		return fmt.Errorf("sound: %w", err)
	}
	defer windows.CoUninitialize()
	devices, err := create(enumeratorClass, enumeratorID)
	if err != nil {
		return fmt.Errorf("sound: Windows has no devices of sound: %w", err)
	}
	defer devices.release()
	from, err := choose(devices, source)
	if err != nil {
		return err
	}
	defer from.release()
	if err := e.record(devices, from, began); err != nil {
		return fmt.Errorf("sound: %q cannot be recorded: %w", source, err)
	}
	return nil
}

// endpoint is a device that plays or records.
type endpoint struct {
	*com
	id   string
	flow uintptr // playing or recording
	main bool    // the system's default one was asked for
}

// choose opens the device that a source's name means.
func choose(devices *com, source string) (endpoint, error) {
	switch source {
	case Computer:
		return standard(devices, playing)
	case Microphone:
		return standard(devices, recording)
	}
	all, err := endpoints(devices)
	if err != nil {
		return endpoint{}, err
	}
	names := make([]string, len(all))
	for i, d := range all {
		names[i] = d.name()
	}
	at, err := match(source, names)
	for i, d := range all {
		if i != at || err != nil {
			d.release()
		}
	}
	if err != nil {
		return endpoint{}, err
	}
	return all[at], nil
}

// standard is the system's default device.
func standard(devices *com, flow uintptr) (d endpoint, err error) {
	d.flow, d.main = flow, true
	if err = devices.call(4, flow, console, uintptr(unsafe.Pointer(&d.com))); err != nil {
		return d, fmt.Errorf("sound: Windows has none: %w", err)
	}
	d.id = d.ask()
	return d, nil
}

// endpoints are all devices that are plugged in.
func endpoints(devices *com) (list []endpoint, err error) {
	var all *com
	if err = devices.call(3, both, plugged, uintptr(unsafe.Pointer(&all))); err != nil {
		return nil, fmt.Errorf("sound: Windows lists no devices: %w", err)
	}
	defer all.release()
	var n uint32
	_ = all.call(3, uintptr(unsafe.Pointer(&n))) // none then
	for i := range n {
		var d endpoint
		if all.call(4, uintptr(i), uintptr(unsafe.Pointer(&d.com))) != nil {
			continue // it has gone meanwhile
		}
		d.id = d.ask()
		if e, err := d.as(endpointID); err == nil {
			var flow uint32
			_ = e.call(3, uintptr(unsafe.Pointer(&flow)))
			d.flow = uintptr(flow)
			e.release()
		}
		list = append(list, d)
	}
	return list, nil
}

// ask is what Windows calls the device for itself.
func (d *endpoint) ask() string {
	var id *uint16
	if d.call(5, uintptr(unsafe.Pointer(&id))) != nil {
		return ""
	}
	defer windows.CoTaskMemFree(unsafe.Pointer(id))
	return windows.UTF16PtrToString(id)
}

// name is what people call the device.
func (d *endpoint) name() string {
	var store *com
	if d.call(4, 0, uintptr(unsafe.Pointer(&store))) != nil {
		return ""
	}
	defer store.release()
	var v propertyText
	const text = 31 // VT_LPWSTR
	if store.call(5, uintptr(unsafe.Pointer(&friendlyName)), uintptr(unsafe.Pointer(&v))) != nil || v.kind != text {
		return ""
	}
	defer ole.NewProc("PropVariantClear").Call(uintptr(unsafe.Pointer(&v)))
	return windows.UTF16PtrToString(v.text)
}

// record hears a device until the ear is closed, the device goes, or another one becomes the default.
func (e *Ear) record(devices *com, from endpoint, began func()) error {
	const context = 23 // CLSCTX_ALL
	var client, recorder *com
	if err := from.call(3, uintptr(unsafe.Pointer(&clientID)), context, 0, uintptr(unsafe.Pointer(&client))); err != nil {
		return err
	}
	defer client.release()
	flags := uintptr(converted)
	if from.flow == playing {
		flags |= loopback
	}
	const shared, unit = 0, 100 * time.Nanosecond
	if err := client.call(3, shared, flags, uintptr(room/unit), 0, uintptr(unsafe.Pointer(&floats)), 0); err != nil {
		return err
	}
	if err := client.call(14, uintptr(unsafe.Pointer(&recorderID)), uintptr(unsafe.Pointer(&recorder))); err != nil {
		return err
	}
	defer recorder.release()
	if err := client.call(10); err != nil {
		return err
	}
	defer func() { _ = client.call(11) }()
	began()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	heard, looked := time.Now(), time.Now()
	for {
		select {
		case <-e.stop:
			return nil
		case <-tick.C:
		}
		n, err := e.fetch(recorder)
		now := time.Now()
		switch gap := now.Sub(heard); {
		case err != nil:
			return err
		case n > 0:
			heard = now
		case from.flow == playing && gap > room/2: // nothing is told of a device that plays nothing
			_, _ = e.write(make([]float32, int(gap.Seconds()*Rate))) // it gives no error
			heard = now
		case gap > quiet:
			return errLost
		}
		if from.main && now.Sub(looked) > time.Second {
			looked = now
			if other, err := standard(devices, from.flow); err == nil {
				other.release()
				if other.id != from.id {
					return errors.New("another device is the default one now; that is listened to in a moment")
				}
			}
		}
	}
}

// fetch hears what a device has recorded, and tells how many samples those were.
func (e *Ear) fetch(recorder *com) (samples int, err error) {
	for {
		var next, n, flags uint32
		var data *float32
		if err := recorder.call(5, uintptr(unsafe.Pointer(&next))); err != nil || next == 0 {
			return samples, err
		}
		if err := recorder.call(3, uintptr(unsafe.Pointer(&data)), uintptr(unsafe.Pointer(&n)), uintptr(unsafe.Pointer(&flags)), 0, 0); err != nil {
			return samples, err
		}
		if flags&silent != 0 || data == nil {
			_, _ = e.write(make([]float32, n))
		} else {
			_, _ = e.write(unsafe.Slice(data, n))
		}
		samples += int(n)
		if err := recorder.call(4, uintptr(n)); err != nil {
			return samples, err
		}
	}
}
