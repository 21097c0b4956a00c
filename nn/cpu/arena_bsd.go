//go:build unix && !linux && !race

package cpu

import "unsafe"

// large does nothing: these systems choose large pages by themselves.
func large(unsafe.Pointer, int) {}
