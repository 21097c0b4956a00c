//go:build !amd64

package cpu

// available lists the kernels that the processor can run, the best first.
func available() []*kernels { return []*kernels{portable} }

// pause is a moment's rest in a loop that waits.
func pause() {}
