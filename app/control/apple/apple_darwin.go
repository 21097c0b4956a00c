// Package apple calls the frameworks of macOS without C.
package apple

import (
	"fmt"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// Framework is a library of macOS.
type Framework struct {
	name   string
	handle uintptr
}

// Open opens a framework of that name, such as CoreMIDI.
func Open(name string) (Framework, error) {
	h, err := purego.Dlopen("/System/Library/Frameworks/"+name+".framework/"+name, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return Framework{}, fmt.Errorf("apple: %w", err)
	}
	return Framework{name, h}, nil
}

// Functions makes Go functions, given by pointers to them, of those that the framework has by these names.
func (f Framework) Functions(list map[string]any) error {
	for name, to := range list {
		at, err := purego.Dlsym(f.handle, name)
		if err != nil {
			return fmt.Errorf("apple: %s has no %s: %w", f.name, name, err)
		}
		purego.RegisterFunc(to, at)
	}
	return nil
}

// Constant is a string that the framework has by this name.
func (f Framework) Constant(name string) (String, error) {
	at, err := purego.Dlsym(f.handle, name)
	if err != nil {
		return 0, fmt.Errorf("apple: %s has no %s: %w", f.name, name, err)
	}
	return **(**String)(unsafe.Pointer(&at)), nil // it lies there
}

// String is a CFStringRef, 0 for none.
type String uintptr

const utf8 = 0x08000100

var foundation struct {
	create  func(allocator uintptr, text string, encoding uint32) String
	length  func(String) int
	text    func(s String, to *byte, size int, encoding uint32) bool
	release func(String)
	run     func(mode String, seconds float64, once bool) int32
	mode    String
}

// open opens Core Foundation once.
var open = sync.OnceValue(func() error {
	f, err := Open("CoreFoundation")
	if err == nil {
		err = f.Functions(map[string]any{
			"CFStringCreateWithCString": &foundation.create, "CFStringGetLength": &foundation.length, "CFStringGetCString": &foundation.text,
			"CFRelease": &foundation.release, "CFRunLoopRunInMode": &foundation.run,
		})
	}
	if err == nil {
		foundation.mode, err = f.Constant("kCFRunLoopDefaultMode")
	}
	return err
})

// Ready tells whether strings and events can be used.
func Ready() error { return open() }

// NewString makes a string, which is to be released.
func NewString(text string) String { return foundation.create(0, text, utf8) }

// Release gives a string up.
func (s String) Release() {
	if s != 0 {
		foundation.release(s)
	}
}

// Take gives the text of a string and releases it.
func (s String) Take() string {
	if s == 0 {
		return ""
	}
	defer s.Release()
	b := make([]byte, 4*foundation.length(s)+1)
	if !foundation.text(s, &b[0], len(b), utf8) {
		return ""
	}
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return ""
}

// RunEvents does what is to be done on this thread for so many seconds, and tells whether there can be anything at all.
func RunEvents(seconds float64) bool {
	const finished = 1
	return foundation.run(foundation.mode, seconds, false) != finished
}
