package gpu

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/go-gl/gl/v4.3-core/gl"

	"zalgoscope/nn"
)

// one checks that an error is one line, of the given cause, and says all of the words.
func one(t *testing.T, err, cause error, words ...string) {
	t.Helper()
	if !errors.Is(err, cause) {
		t.Fatalf("got %v, want %v", err, cause)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("got %q, want one line", err)
	}
	for _, w := range append(words, "gpu: ") {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("got %q, want %q in it", err, w)
		}
	}
}

func TestNoLibrary(t *testing.T) {
	_, err := Open(inception(), Options{Library: "libNoSuchEGL.so.1"})
	one(t, err, ErrNoDevice, "libNoSuchEGL.so.1")
	_, err = Open(inception(), Options{Library: "libm.so.6"})
	one(t, err, ErrNoDevice, "libm.so.6", "not EGL")
}

func TestNoSuchDevice(t *testing.T) {
	needDevice(t)
	_, err := Open(inception(), Options{Device: "Voodoo 2"})
	one(t, err, ErrNoDevice, "Voodoo 2", "llvmpipe")
}

// A software rasteriser is found but used only by name.
func TestSoftwareByName(t *testing.T) {
	needDevice(t)
	all, err := Devices()
	if err != nil {
		t.Fatal(err)
	}
	last := all[len(all)-1]
	if !last.Software || !strings.Contains(last.Renderer, "llvmpipe") {
		t.Errorf("the last device is %v, want llvmpipe as software", last)
	}
	if l := last.Limits; l.Block < 128<<20 || l.Texels < 65536 || l.Shared < 32<<10 || l.Threads < 1024 {
		t.Errorf("limits %+v are below OpenGL 4.3's", l)
	}
	if all[0].Software {
		_, err := Open(inception(), Options{})
		one(t, err, ErrNoDevice, "software", "llvmpipe")
	}
}

// A driver that stops short of 4.3: Mesa pretends, in a process of its own.
func TestOldDriver(t *testing.T) {
	needDevice(t)
	if os.Getenv("GPU_TEST_OLD") != "" {
		_, err := Open(inception(), llvmpipe())
		one(t, err, ErrNoDevice, "4.3")
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestOldDriver$")
	cmd.Env = append(os.Environ(), "GPU_TEST_OLD=1", "MESA_GL_VERSION_OVERRIDE=3.3")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// A device that dies in a step is named with the layer; the engine is then of no use and says so.
func TestLostDevice(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	c := painted(t, e, 40, 30)
	before := pixels(t, c)
	e.options.Fault = func(layer string, bytes int64) error {
		if layer == "3x3" {
			return fmt.Errorf("%w: simulated", ErrLost)
		}
		return nil
	}
	_, err := e.Ascend(c, toOutput, nn.Step{Size: 1})
	one(t, err, ErrLost, `"3x3"`, "llvmpipe")
	e.options.Fault = nil
	if err := c.Read(before); !errors.Is(err, ErrLost) {
		t.Errorf("after the loss: got %v, want ErrLost", err)
	}
	if _, err := e.NewPicture(5, 5); !errors.Is(err, ErrLost) {
		t.Errorf("after the loss: got %v, want ErrLost", err)
	}
	c.Release()
}

// A context that the driver resets, as after a hang, is noticed at the next wait.
func TestReset(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	c := painted(t, e, 40, 30)
	if e.reset == nil || e.reset() != gl.NO_ERROR {
		t.Fatal("llvmpipe tells of resets, and of none yet")
	}
	e.reset = func() uint32 { return gl.GUILTY_CONTEXT_RESET }
	_, err := e.Ascend(c, toOutput, nn.Step{Size: 1})
	one(t, err, ErrLost, "reset", "llvmpipe")
}

func TestShaderThatFails(t *testing.T) {
	e := open(t, inception(), llvmpipe())
	c := painted(t, e, 20, 20)
	e.patch = func(source string) string {
		return strings.Replace(source, "void main() {", "void main() { int bad = 1.5 +; ", 1)
	}
	_, err := e.Ascend(c, toOutput, nn.Step{Size: 1})
	one(t, err, ErrCompile, "stem", "conv", "llvmpipe")
}

func TestClosed(t *testing.T) {
	needDevice(t)
	e, err := Open(inception(), llvmpipe())
	if err != nil {
		t.Fatal(err)
	}
	c := painted(t, e, 4, 4)
	for range 2 {
		if err := e.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	c.Release()
	if _, err := e.NewPicture(4, 4); err == nil {
		t.Error("a closed engine: no error")
	}
}
