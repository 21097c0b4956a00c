package gpu

// go-gl can find OpenGL's functions by libGL, for which the linker would want that library. We give it the
// functions ourselves (gl.InitWithProcAddrFunc), so that the program starts where there is none.

// #cgo LDFLAGS: -Wl,--as-needed
// __attribute__((visibility("hidden"))) void *glXGetProcAddress(const unsigned char *name) { return 0; }
import "C"
