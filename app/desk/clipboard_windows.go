package desk

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	openClipboard    = user32.NewProc("OpenClipboard")
	closeClipboard   = user32.NewProc("CloseClipboard")
	getClipboardData = user32.NewProc("GetClipboardData")

	kernel32     = windows.NewLazySystemDLL("kernel32.dll")
	globalLock   = kernel32.NewProc("GlobalLock")
	globalUnlock = kernel32.NewProc("GlobalUnlock")
	globalSize   = kernel32.NewProc("GlobalSize")
)

// Clipboard is the text that another program has copied; see its namesake.
func Clipboard() (string, error) {
	runtime.LockOSThread() // which has the clipboard open
	defer runtime.UnlockOSThread()
	if ok, _, err := openClipboard.Call(0); ok == 0 {
		return "", err
	}
	defer closeClipboard.Call()
	const unicodeText = 13
	handle, _, _ := getClipboardData.Call(unicodeText)
	if handle == 0 {
		return "", errNoText
	}
	at, _, err := globalLock.Call(handle)
	if at == 0 {
		return "", err
	}
	defer globalUnlock.Call(handle)
	size, _, _ := globalSize.Call(handle)
	text := unsafe.Slice(*(**uint16)(unsafe.Pointer(&at)), min(size, mostClipboard)/2) // it is not memory of Go's
	return windows.UTF16ToString(text), nil
}
