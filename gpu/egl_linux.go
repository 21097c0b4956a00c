package gpu

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The constants of EGL 1.5 and of the extensions that name platforms.
const (
	eglExtensions          = 0x3055
	eglOpenGLAPI           = 0x30A2
	eglNone                = 0x3038
	eglRenderable          = 0x3040
	eglOpenGLBit           = 0x0008
	eglSurfaceType         = 0x3033
	eglPbufferBit          = 0x0001
	eglMajor               = 0x3098
	eglMinor               = 0x30FB
	eglProfile             = 0x30FD
	eglCore                = 0x0001
	eglResetStrategy       = 0x31BD // EGL 1.5
	eglLoseContext         = 0x31BF
	eglDebug               = 0x31B0
	eglPlatformDevice      = 0x313F
	eglPlatformSurfaceless = 0x31DD
)

// egl is the library's entry points.
type egl struct {
	getProcAddress     func(name string) uintptr
	getError           func() int32
	getDisplay         func(native uintptr) uintptr
	initialize         func(display uintptr, major, minor *int32) uint32
	queryString        func(display uintptr, name int32) string
	bindAPI            func(api uint32) uint32
	chooseConfig       func(display uintptr, attribs *int32, configs *uintptr, size int32, n *int32) uint32
	createContext      func(display, config, share uintptr, attribs *int32) uintptr
	makeCurrent        func(display, draw, read, context uintptr) uint32
	destroyContext     func(display, context uintptr) uint32
	queryDevices       func(max int32, devices *uintptr, n *int32) uint32            // EGL_EXT_device_enumeration, or nil
	getPlatformDisplay func(platform uint32, native uintptr, attribs *int32) uintptr // EGL_EXT_platform_base, or nil
}

// display is a place where EGL can make contexts.
type display struct {
	egl      *egl
	platform uint32 // 0 for the default display
	native   uintptr
	share    uintptr // the context with which the next one has programs in common, or 0
}

// ports lists the displays: every device that EGL enumerates, then Mesa's surfaceless
// platform and the default display, which may lead to one that is not ours to open by itself.
func ports(o Options) ([]port, error) {
	e, err := loadEGL(o.Library)
	if err != nil {
		return nil, noDevice(err)
	}
	var out []port
	if e.queryDevices != nil && e.getPlatformDisplay != nil {
		var native [16]uintptr
		var n int32
		if e.queryDevices(int32(len(native)), &native[0], &n) != 0 {
			for _, d := range native[:n] {
				out = append(out, display{egl: e, platform: eglPlatformDevice, native: d})
			}
		}
	}
	if e.getPlatformDisplay != nil && strings.Contains(e.queryString(0, eglExtensions), "EGL_MESA_platform_surfaceless") {
		out = append(out, display{egl: e, platform: eglPlatformSurfaceless})
	}
	return append(out, display{egl: e}), nil
}

// loadEGL opens the library of the given name, or libEGL.so.1.
func loadEGL(name string) (*egl, error) {
	if name == "" {
		name = "libEGL.so.1"
	}
	lib, err := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be loaded: %w", name, err)
	}
	e := &egl{}
	for f, symbol := range map[any]string{
		&e.getProcAddress: "eglGetProcAddress", &e.getError: "eglGetError", &e.getDisplay: "eglGetDisplay",
		&e.initialize: "eglInitialize", &e.queryString: "eglQueryString", &e.bindAPI: "eglBindAPI",
		&e.chooseConfig: "eglChooseConfig", &e.createContext: "eglCreateContext",
		&e.makeCurrent: "eglMakeCurrent", &e.destroyContext: "eglDestroyContext",
	} {
		at, err := purego.Dlsym(lib, symbol)
		if err != nil {
			return nil, fmt.Errorf("%s is not EGL: %w", name, err)
		}
		purego.RegisterFunc(f, at)
	}
	client := e.queryString(0, eglExtensions)
	if strings.Contains(client, "EGL_EXT_device_enumeration") || strings.Contains(client, "EGL_EXT_device_base") {
		purego.RegisterFunc(&e.queryDevices, e.getProcAddress("eglQueryDevicesEXT"))
	}
	if strings.Contains(client, "EGL_EXT_platform_base") {
		purego.RegisterFunc(&e.getPlatformDisplay, e.getProcAddress("eglGetPlatformDisplayEXT"))
	}
	return e, nil
}

// open never terminates the display afterwards: EGL hands every caller in the
// process the same one.
func (d display) open(debug bool) (current, error) {
	e := d.egl
	handle := uintptr(0)
	if d.platform != 0 {
		handle = e.getPlatformDisplay(d.platform, d.native, nil)
	} else {
		handle = e.getDisplay(0)
	}
	var major, minor int32
	if handle == 0 || e.initialize(handle, &major, &minor) == 0 {
		return nil, fmt.Errorf("EGL display does not initialise (error 0x%x)", e.getError())
	}
	if e.bindAPI(eglOpenGLAPI) == 0 {
		return nil, errors.New("EGL has no desktop OpenGL")
	}
	extensions := e.queryString(handle, eglExtensions)
	if !strings.Contains(extensions, "EGL_KHR_surfaceless_context") {
		return nil, errors.New("EGL has no contexts without a surface")
	}
	config := uintptr(0)
	if !strings.Contains(extensions, "EGL_KHR_no_config_context") {
		want := [...]int32{eglRenderable, eglOpenGLBit, eglSurfaceType, eglPbufferBit, eglNone}
		var n int32
		if e.chooseConfig(handle, &want[0], &config, 1, &n) == 0 || n == 0 {
			return nil, errors.New("EGL has no configuration for OpenGL")
		}
	}
	attribs := []int32{eglMajor, 4, eglMinor, 3, eglProfile, eglCore}
	if debug {
		attribs = append(attribs, eglDebug, 1)
	}
	// Where the driver can tell of a reset it shall; some refuse to be asked.
	attribs = append(attribs, eglResetStrategy, eglLoseContext, eglNone)
	ctx := e.createContext(handle, config, d.share, &attribs[0])
	if ctx == 0 {
		attribs[len(attribs)-3] = eglNone
		ctx = e.createContext(handle, config, d.share, &attribs[0])
	}
	if ctx == 0 {
		return nil, fmt.Errorf("EGL %d.%d makes no OpenGL 4.3 core context (error 0x%x)", major, minor, e.getError())
	}
	c := eglContext{d, e, handle, ctx}
	if err := c.enter(); err != nil {
		e.destroyContext(handle, ctx)
		return nil, err
	}
	return c, nil
}

type eglContext struct {
	place           display
	egl             *egl
	display, handle uintptr
}

func (c eglContext) sibling() port {
	d := c.place
	d.share = c.handle
	return d
}

func (c eglContext) enter() error {
	if c.egl.makeCurrent(c.display, 0, 0, c.handle) == 0 {
		return fmt.Errorf("EGL context cannot be made current (error 0x%x)", c.egl.getError())
	}
	return nil
}

func (c eglContext) leave() { c.egl.makeCurrent(c.display, 0, 0, 0) }

func (c eglContext) address(name string) unsafe.Pointer {
	at := c.egl.getProcAddress(name)
	return *(*unsafe.Pointer)(unsafe.Pointer(&at))
}

func (c eglContext) close() {
	c.leave()
	c.egl.destroyContext(c.display, c.handle)
}
