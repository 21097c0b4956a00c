package chooser

// #cgo LDFLAGS: -Wl,--as-needed
// #cgo pkg-config: gtk+-3.0
// #include <stdlib.h>
// const char *chooser_load(const char *title, unsigned long over);
import "C"

import (
	"errors"
	"unsafe"
)

// load opens GTK 3 and the display for a dialog with a title, over a window. toolkit_linux.c has the toolkit's functions under their own names, so that
// the linker needs no library for them.
func load(title string, over uint32) error {
	name := C.CString(title)
	defer C.free(unsafe.Pointer(name))
	if message := C.chooser_load(name, C.ulong(over)); message != nil {
		return errors.New("chooser: " + C.GoString(message))
	}
	return nil
}
