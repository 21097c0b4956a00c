package cpu

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"unsafe"
)

// deeper runs something with so many frames on the stack.
func deeper(frames int, run func()) byte {
	var frame [128]byte
	if frames == 0 {
		run()
		return frame[0]
	}
	frame[frames%len(frame)] = deeper(frames-1, run)
	return frame[(frames+1)%len(frame)]
}

// TestModelsOnGrowingStacks wants the models to give the same wherever a goroutine's stack ends and has to move.
func TestModelsOnGrowingStacks(t *testing.T) {
	const n, row = 3, 12
	x := random(rand.New(rand.NewPCG(8, 8)), 5*row*lanes) // of which some read halves
	for name, run := range map[string]func(k *kernels, y []float32){
		"winograd": func(k *kernels, y []float32) {
			k.half.winograd[1](&winogradTile{x: addressOf(unsafe.Pointer(&x[0])), row: row * halfSize, v: addressOf(unsafe.Pointer(&y[0])), point: n * halfSize, n: n})
		},
		"pool": func(k *kernels, y []float32) {
			a := poolTile{x: addressOf(unsafe.Pointer(&x[0])), y: addressOf(unsafe.Pointer(&y[0])), n: n, xstep: halfSize, ystep: halfSize}
			a.setTaps([]poolTap{{}, {x: 2 * halfSize, cell: 1}})
			k.half.maxPool[2](&a)
		},
		"points": func(k *kernels, y []float32) {
			k.points[1][0](&winogradTile{x: addressOf(unsafe.Pointer(&x[0])), row: row * cellSize, v: addressOf(unsafe.Pointer(&y[0])), point: cellSize, n: 1})
		},
	} {
		want := make([]float32, 25*n*lanes)
		run(modelled, want)
		for frames := range 150 {
			got, done := make([]float32, len(want)), make(chan struct{})
			go func() {
				deeper(frames, func() { run(modelled, got) })
				close(done)
			}()
			<-done
			if !slices.EqualFunc(got, want, func(a, b float32) bool { return a == b || a != a && b != b }) {
				t.Errorf("%s differs under %d frames", name, frames)
				break
			}
		}
	}
	runtime.KeepAlive(x)
}
