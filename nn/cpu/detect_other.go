//go:build !amd64 && !arm64

package cpu

// Hindered tells why the processor does not compute by all that it has: nothing is in its way.
func Hindered() string { return "" }

// available lists the kernels that the processor can run, the best first.
func available() []*kernels { return []*kernels{portable} }

// halvers lists the kernels that multiply in bfloat16 and that the processor can run.
func halvers() []*kernels { return nil }

// pause is a moment's rest in a loop that waits.
func pause() {}
