package gpu

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// The parts of WGL and of the window system that a context without a visible
// window needs.
var (
	opengl32 = windows.NewLazySystemDLL("opengl32.dll")
	user32   = windows.NewLazySystemDLL("user32.dll")
	gdi32    = windows.NewLazySystemDLL("gdi32.dll")

	createWindow      = user32.NewProc("CreateWindowExW")
	destroyWindow     = user32.NewProc("DestroyWindow")
	getDC             = user32.NewProc("GetDC")
	releaseDC         = user32.NewProc("ReleaseDC")
	choosePixelFormat = gdi32.NewProc("ChoosePixelFormat")
	setPixelFormat    = gdi32.NewProc("SetPixelFormat")
	createContext     = opengl32.NewProc("wglCreateContext")
	makeCurrent       = opengl32.NewProc("wglMakeCurrent")
	deleteContext     = opengl32.NewProc("wglDeleteContext")
	getProcAddress    = opengl32.NewProc("wglGetProcAddress")
)

// The constants of WGL_ARB_create_context and its extensions.
const (
	wglMajor         = 0x2091
	wglMinor         = 0x2092
	wglProfile       = 0x9126
	wglCore          = 0x0001
	wglResetStrategy = 0x8256
	wglLoseContext   = 0x8252
	wglFlags         = 0x2094
	wglDebugBit      = 0x0001
)

// pixelFormat is PIXELFORMATDESCRIPTOR; any format that OpenGL can use will do.
type pixelFormat struct {
	size, version uint16
	flags         uint32
	rest          [32]byte
}

// desktop is the one port that Windows has: the driver of the primary display.
type desktop struct {
	share uintptr // the context with which the next one has programs in common, or 0
}

func ports(Options) ([]port, error) {
	if err := opengl32.Load(); err != nil {
		return nil, noDevice(fmt.Errorf("opengl32.dll cannot be loaded: %w", err))
	}
	return []port{desktop{}}, nil
}

type wglContext struct{ window, dc, handle uintptr }

// open makes a hidden window, for its device context, and on it first a context
// of the old kind, which alone leads to the function that makes a new one.
func (d desktop) open(debug bool) (current, error) {
	var c wglContext
	class, _ := windows.UTF16PtrFromString("STATIC")
	const popup = 0x80000000
	c.window, _, _ = createWindow.Call(0, uintptr(unsafe.Pointer(class)), 0, popup, 0, 0, 1, 1, 0, 0, 0, 0)
	c.dc, _, _ = getDC.Call(c.window)
	const drawToWindow, supportOpenGL = 0x4, 0x20
	format := pixelFormat{size: 40, version: 1, flags: drawToWindow | supportOpenGL}
	n, _, _ := choosePixelFormat.Call(c.dc, uintptr(unsafe.Pointer(&format)))
	if ok, _, _ := setPixelFormat.Call(c.dc, n, uintptr(unsafe.Pointer(&format))); ok == 0 {
		c.close()
		return nil, why("no pixel format for OpenGL")
	}
	old, _, _ := createContext.Call(c.dc)
	makeCurrent.Call(c.dc, old)
	if create := uintptr(c.address("wglCreateContextAttribsARB")); create != 0 {
		c.handle = create43(create, c.dc, d.share, debug)
	}
	makeCurrent.Call(0, 0)
	deleteContext.Call(old)
	if c.handle == 0 {
		c.close()
		return nil, why("the driver makes no OpenGL 4.3 core context")
	}
	if err := c.enter(); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// why is an error with what Windows says of it, if it does.
func why(failed string) error {
	if err := windows.GetLastError(); err != nil {
		return fmt.Errorf("%s: %w", failed, err)
	}
	return errors.New(failed)
}

// create43 asks for a 4.3 core context that tells of resets, else for one that does not.
func create43(create, dc, share uintptr, debug bool) uintptr {
	attribs := []int32{wglMajor, 4, wglMinor, 3, wglProfile, wglCore}
	if debug {
		attribs = append(attribs, wglFlags, wglDebugBit)
	}
	attribs = append(attribs, wglResetStrategy, wglLoseContext, 0)
	h, _, _ := syscall.SyscallN(create, dc, share, uintptr(unsafe.Pointer(&attribs[0])))
	if h == 0 {
		attribs[len(attribs)-3] = 0
		h, _, _ = syscall.SyscallN(create, dc, share, uintptr(unsafe.Pointer(&attribs[0])))
	}
	return h
}

func (c wglContext) sibling() port { return desktop{share: c.handle} }

func (c wglContext) enter() error {
	if ok, _, err := makeCurrent.Call(c.dc, c.handle); ok == 0 {
		return fmt.Errorf("the context cannot be made current: %w", err)
	}
	return nil
}

func (wglContext) leave() { makeCurrent.Call(0, 0) }

// address asks the driver, and for the functions of OpenGL 1.1 the system's library.
func (c wglContext) address(name string) unsafe.Pointer {
	text, err := windows.BytePtrFromString(name)
	if err != nil {
		return nil
	}
	at, _, _ := getProcAddress.Call(uintptr(unsafe.Pointer(text)))
	if at <= 3 || at == ^uintptr(0) {
		if at, err = windows.GetProcAddress(windows.Handle(opengl32.Handle()), name); err != nil {
			return nil
		}
	}
	return *(*unsafe.Pointer)(unsafe.Pointer(&at))
}

func (c wglContext) close() {
	if c.handle != 0 {
		c.leave()
		deleteContext.Call(c.handle)
	}
	releaseDC.Call(c.window, c.dc)
	destroyWindow.Call(c.window)
}
