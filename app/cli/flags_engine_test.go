package cli

import (
	"context"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/gpu"
)

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

// A graphics card that dies, has no memory or rejects a shader in the middle of a film is one
// warning; the processor makes the frames that are left, and the recipe says so.
func TestGoesOnWithoutTheCard(t *testing.T) {
	if _, err := gpu.Devices(); err != nil {
		if os.Getenv("ZALGOSCOPE_ALL") != "" {
			t.Fatalf("make test installs Mesa's EGL, but: %v", err)
		}
		t.Skipf("no EGL to lose: %v", err)
	}
	for _, cause := range []error{gpu.ErrLost, gpu.ErrMemory, gpu.ErrCompile} {
		dir := t.TempDir()
		passes := 0
		j := &dreamJob{settings: dream.Defaults(), start: "clouds", size: "40x32", seed: 1, frames: 4}
		j.netFlags.net, j.engine, j.device, j.out = "menagerie", "gl", "llvmpipe", filepath.Join(dir, "f%d.png")
		j.fault = func(layer string, _ int64) error {
			if strings.HasPrefix(layer, "conv2") {
				if passes++; passes > 9 {
					return fmt.Errorf("%w: simulated", cause)
				}
			}
			return nil
		}
		j.settings.Layer, j.settings.Steps, j.settings.Octaves, j.settings.Jitter = "conv2", 2, 1, 4
		warned := stderr(t, func() {
			if err := j.run(context.Background(), pflag.NewFlagSet("", pflag.ContinueOnError)); err != nil {
				t.Errorf("%v: %v", cause, err)
			}
		})
		if strings.Count(warned, "warning") != 1 || !strings.Contains(warned, `layer "conv2`) || !strings.Contains(warned, "cpu") {
			t.Errorf("%v: the warning is %q", cause, warned)
		}
		var frames []*image.RGBA
		for n := range 4 {
			frames = append(frames, open(t, filepath.Join(dir, fmt.Sprintf("f%d.png", n))))
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
