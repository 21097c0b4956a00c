package saver

import (
	"fmt"
	"image"
	"runtime"
	"sync"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The parts of the window system that the saver needs.
var (
	user32 = windows.NewLazySystemDLL("user32.dll")
	gdi32  = windows.NewLazySystemDLL("gdi32.dll")

	registerClass     = user32.NewProc("RegisterClassExW")
	createWindow      = user32.NewProc("CreateWindowExW")
	destroyWindow     = user32.NewProc("DestroyWindow")
	moveWindow        = user32.NewProc("MoveWindow")
	isWindow          = user32.NewProc("IsWindow")
	getClientRect     = user32.NewProc("GetClientRect")
	defWindowProc     = user32.NewProc("DefWindowProcW")
	peekMessage       = user32.NewProc("PeekMessageW")
	dispatchMessage   = user32.NewProc("DispatchMessageW")
	waitForMessages   = user32.NewProc("MsgWaitForMultipleObjects")
	setForeground     = user32.NewProc("SetForegroundWindow")
	setCursor         = user32.NewProc("SetCursor")
	getCursorPos      = user32.NewProc("GetCursorPos")
	validateRect      = user32.NewProc("ValidateRect")
	enumMonitors      = user32.NewProc("EnumDisplayMonitors")
	setDPIContext     = user32.NewProc("SetProcessDpiAwarenessContext")
	getDC             = user32.NewProc("GetDC")
	releaseDC         = user32.NewProc("ReleaseDC")
	getStockObject    = gdi32.NewProc("GetStockObject")
	setStretchBltMode = gdi32.NewProc("SetStretchBltMode")
	setBrushOrg       = gdi32.NewProc("SetBrushOrgEx")
	stretchDIBits     = gdi32.NewProc("StretchDIBits")
)

// rect is RECT, the same as four int32.
type rect struct{ left, top, right, bottom int32 }

func (r rect) size() image.Point { return image.Pt(int(r.right-r.left), int(r.bottom-r.top)) }

// message is MSG.
type message struct {
	window     uintptr
	id         uint32
	wide, long uintptr
	time       uint32
	x, y       int32
	private    uint32
}

// windowClass is WNDCLASSEXW.
type windowClass struct {
	size, style            uint32
	proc                   uintptr
	classExtra, wndExtra   int32
	instance, icon, cursor uintptr
	background             uintptr
	menu, name             *uint16
	smallIcon              uintptr
}

// bitmapInfo is BITMAPINFOHEADER.
type bitmapInfo struct {
	size                 uint32
	width, height        int32
	planes, bits         uint16
	compression, bytes   uint32
	perMetreX, perMetreY int32
	used, important      uint32
}

const className = "ZalgoscopeSaver"

// register makes the class of the saver's windows, black and without a cursor.
var register = sync.OnceValue(func() error {
	const blackBrush = 4
	black, _, _ := getStockObject.Call(blackBrush)
	class := windowClass{proc: windows.NewCallback(windowProc), background: black}
	class.size = uint32(unsafe.Sizeof(class))
	var err error
	if class.name, err = windows.UTF16PtrFromString(className); err != nil {
		return err
	}
	if ok, _, err := registerClass.Call(uintptr(unsafe.Pointer(&class))); ok == 0 {
		return fmt.Errorf("saver: registering a window class: %w", err)
	}
	return nil
})

// open makes a visible window of the saver's class, in parent where that is not 0.
func open(style, more, parent uintptr, r rect) (uintptr, error) {
	if err := register(); err != nil {
		return 0, err
	}
	class, err := windows.UTF16PtrFromString(className)
	if err != nil {
		return 0, err
	}
	title, err := windows.UTF16PtrFromString("Zalgoscope")
	if err != nil {
		return 0, err
	}
	size := r.size()
	id, _, err := createWindow.Call(more, uintptr(unsafe.Pointer(class)), uintptr(unsafe.Pointer(title)), style,
		uintptr(r.left), uintptr(r.top), uintptr(size.X), uintptr(size.Y), parent, 0, 0, 0)
	if id == 0 {
		return 0, fmt.Errorf("saver: opening a window: %w", err)
	}
	return id, nil
}

// clientSize is a window's size inside, and whether there is such a window.
func clientSize(id uintptr) (image.Point, bool) {
	var r rect
	ok, _, _ := getClientRect.Call(id, uintptr(unsafe.Pointer(&r)))
	return r.size(), ok != 0
}

// monitorRects are the places of all monitors.
func monitorRects() (rects []rect) {
	visit := windows.NewCallback(func(_, _ uintptr, r *rect, _ uintptr) uintptr {
		rects = append(rects, *r)
		return 1
	})
	enumMonitors.Call(0, 0, visit, 0)
	return rects
}

// paint fills a window with the part of a picture, of words 0x00RRGGBB, that has its shape.
func paint(id uintptr, window, size image.Point, words []uint32) {
	dc, _, _ := getDC.Call(id)
	defer releaseDC.Call(id, dc)
	const smooth, sourceCopy = 4, 0x00CC0020
	setStretchBltMode.Call(dc, smooth)
	setBrushOrg.Call(dc, 0, 0, 0) // the manual of that mode asks for it
	m := cover(window, size)
	w, h := int(m.A*float64(window.X)+0.5), int(m.E*float64(window.Y)+0.5)
	info := bitmapInfo{size: 40, width: int32(size.X), height: int32(-size.Y), planes: 1, bits: 32}
	stretchDIBits.Call(dc, 0, 0, uintptr(window.X), uintptr(window.Y),
		uintptr((size.X-w)/2), uintptr((size.Y-h)/2), uintptr(w), uintptr(h),
		uintptr(unsafe.Pointer(&words[0])), uintptr(unsafe.Pointer(&info)), 0, sourceCopy)
	runtime.KeepAlive(words)
}

// words brings a picture into the form that paint takes.
func words(to []uint32, m *image.RGBA) []uint32 {
	to = to[:0]
	for y := range m.Rect.Dy() {
		row := m.Pix[y*m.Stride:][:4*m.Rect.Dx()]
		for i := 0; i < len(row); i += 4 {
			to = append(to, uint32(row[i])<<16|uint32(row[i+1])<<8|uint32(row[i+2]))
		}
	}
	return to
}
