//go:build amd64 || arm64

package sound

import (
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// com is an object of Windows' component model, which begins with the table of its methods.
type com struct{ methods *[16]uintptr }

var ole = windows.NewLazySystemDLL("ole32.dll")

// create makes an object of a class.
func create(class, iid windows.GUID) (made *com, err error) {
	const anyContext = 23 // CLSCTX_ALL
	r, _, _ := ole.NewProc("CoCreateInstance").Call(uintptr(unsafe.Pointer(&class)), 0, anyContext, uintptr(unsafe.Pointer(&iid)), uintptr(unsafe.Pointer(&made)))
	return made, result(r)
}

// call calls the method at a place of the table, in the order of the interface's header.
//
//go:uintptrescapes
func (o *com) call(method int, args ...uintptr) error {
	r, _, _ := syscall.SyscallN(o.methods[method], append([]uintptr{uintptr(unsafe.Pointer(o))}, args...)...)
	return result(r)
}

// as is the object by another of its interfaces.
func (o *com) as(iid windows.GUID) (other *com, err error) {
	err = o.call(0, uintptr(unsafe.Pointer(&iid)), uintptr(unsafe.Pointer(&other)))
	return other, err
}

func (o *com) release() { _ = o.call(2) } // what it gives is a count

// Codes that say what to do.
const (
	codeNotFound = codeError(0x80070490)
	codeDenied   = codeError(0x80070005)
	codeUnplug   = codeError(0x88890004)
	codeInUse    = codeError(0x8889000a)
)

// codeError is an HRESULT of failure.
type codeError uint32

func (c codeError) Error() string {
	switch c {
	case codeNotFound:
		return "there is no such device"
	case codeDenied:
		return "Windows lets no program listen: see Settings, Privacy, Microphone"
	case codeUnplug:
		return "the device is gone"
	case codeInUse:
		return "another program has the device for itself"
	}
	return fmt.Sprintf("Windows says %#x", uint32(c))
}

// result makes an error of an HRESULT.
func result(r uintptr) error {
	if c := codeError(r); int32(c) < 0 {
		return c
	}
	return nil
}

// guid is one of the header files' numbers.
func guid(text string) windows.GUID {
	g, err := windows.GUIDFromString(text)
	if err != nil {
		panic(err) // they stand here
	}
	return g
}
