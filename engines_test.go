package main

import (
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zalgoscope/app/cli"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/gpu"
	"zalgoscope/nn"
)

// devices skips a test where there is no GL device at all.
func devices(t *testing.T) {
	t.Helper()
	if _, err := gpu.Devices(); err != nil {
		if os.Getenv("ZALGOSCOPE_ALL") != "" {
			t.Fatalf("make test installs Mesa's EGL, but: %v", err)
		}
		t.Skipf("no EGL to lose: %v", err)
	}
}

// stderr is what f writes there.
func stderr(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	text := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		text <- string(b)
	}()
	before := os.Stderr
	os.Stderr = w
	defer func() { os.Stderr = before }()
	f()
	w.Close()
	return <-text
}

// failing are the engines, with a GL device that is lost for a cause after some passes.
func failing(cause error) []cli.Engine {
	passes := 0
	fault := func(layer string, _ int64) error {
		if strings.HasPrefix(layer, "conv2") {
			if passes++; passes > 9 {
				return fmt.Errorf("%w: simulated", cause)
			}
		}
		return nil
	}
	all := slices.Clone(engines)
	gl := slices.IndexFunc(all, func(e cli.Engine) bool { return e.Name == "gl" })
	all[gl].Open = func(net *nn.Net, o cli.EngineOptions) (nn.Engine, error) {
		return gpu.Open(net, gpu.Options{Device: o.Device, Fault: fault})
	}
	return all
}

// A graphics card that dies, has no memory or rejects a shader in the middle of a film is one
// warning; the processor makes the frames that are left, and the recipe says so.
func TestGoesOnWithoutTheCard(t *testing.T) {
	devices(t)
	for _, cause := range []error{gpu.ErrLost, gpu.ErrMemory, gpu.ErrCompile} {
		dir := t.TempDir()
		warned := stderr(t, func() {
			_, err := run(failing(cause), "dream", "clouds", "--size", "40x32", "--frames", "4", "--engine", "gl", "--device", "llvmpipe",
				"--layer", "conv2", "--steps", "2", "--octaves", "1", "--jitter", "4", "-o", filepath.Join(dir, "f%d.png"))
			if err != nil {
				t.Errorf("%v: %v", cause, err)
			}
		})
		if strings.Count(warned, "warning") != 1 || !strings.Contains(warned, `layer "conv2`) || !strings.Contains(warned, "cpu") {
			t.Errorf("%v: the warning is %q", cause, warned)
		}
		var frames []*image.RGBA
		for n := range 4 {
			m, err := picture.Open(filepath.Join(dir, fmt.Sprintf("f%d.png", n)))
			if err != nil {
				t.Fatal(err)
			}
			frames = append(frames, m)
		}
		if near := difference(frames[2], frames[3]); near > 20 {
			t.Errorf("%v: the picture jumps by %g", cause, near)
		}
		r, err := record.ReadRecipe(filepath.Join(dir, "f3.png"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.Device, "llvmpipe") || !strings.Contains(r.Device, ", then cpu") {
			t.Errorf("%v: the recipe's device is %q", cause, r.Device)
		}
	}
}

// difference is the mean absolute difference of two pictures' values, of 255, with their opacity.
func difference(a, b *image.RGBA) float64 {
	sum := 0.0
	for i, v := range a.Pix {
		sum += math.Abs(float64(v) - float64(b.Pix[i]))
	}
	return sum / float64(len(a.Pix)/4*3)
}

// The list has the processor, each GL device, and the choice.
func TestListsEngines(t *testing.T) {
	devices(t)
	out, err := run(engines, "engines")
	lines := strings.Split(out, "\n")
	if err != nil || !strings.HasPrefix(out, "cpu ") || !strings.Contains(out, "\ngl ") || !strings.HasPrefix(lines[len(lines)-2], "auto chooses ") {
		t.Errorf("got %v and %s", err, out)
	}
}
