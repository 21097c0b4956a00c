package gpu

import (
	"errors"
	"fmt"
)

// The causes by which an app tells what to do next: all of them mean that the
// net had better run on the CPU. They are found with errors.Is.
var (
	ErrNoDevice = errors.New("no usable OpenGL 4.3 device")
	ErrLost     = errors.New("the device was lost")
	ErrMemory   = errors.New("the device is out of memory")
	ErrCompile  = errors.New("the driver rejects a shader")
	ErrDriver   = errors.New("the driver reports an error") // only where Options.Report listens
)

// Error is a failure of the device, with the layer and the device that it struck.
type Error struct {
	Layer  string // empty where no layer was at work
	Device string // empty where no device was open
	Cause  error  // wraps one of the causes above
}

func (e *Error) Error() string {
	s := "gpu: "
	if e.Layer != "" {
		s += fmt.Sprintf("layer %q: ", e.Layer)
	}
	s += e.Cause.Error()
	if e.Device != "" {
		s += fmt.Sprintf(" (on %s)", e.Device)
	}
	return s
}

func (e *Error) Unwrap() error { return e.Cause }
