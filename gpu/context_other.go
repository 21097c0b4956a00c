//go:build !linux && !windows

package gpu

import "errors"

// ports is empty: the platform has no OpenGL 4.3 without a window (macOS stops at 4.1).
func ports(Options) ([]port, error) {
	return nil, noDevice(errors.New("this platform has no OpenGL 4.3"))
}
