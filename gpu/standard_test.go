package gpu

import (
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"zalgoscope/nn"
)

// judged are the shaders that the reference compiler has seen.
var judged sync.Map

// standard opens an engine whose shaders are judged by the reference compiler of GLSL, once each: drivers
// differ in what they let pass, and few of them can be tried here.
func standard(t testing.TB, net *nn.Net, o Options) (*Engine, error) {
	e, err := Open(net, o)
	if err != nil {
		return nil, err
	}
	if _, err := exec.LookPath("glslangValidator"); err != nil {
		if os.Getenv("ZALGOSCOPE_ALL") != "" {
			t.Errorf("make test installs glslang-tools, but: %v", err)
		}
		return e, nil
	}
	e.patch = func(source string) string {
		if _, known := judged.LoadOrStore(source, true); !known {
			judge := exec.Command("glslangValidator", "--stdin", "-S", "comp")
			judge.Stdin = strings.NewReader(source)
			if out, err := judge.CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s\n%s", e.shader, err, out, source)
			}
		}
		return source
	}
	return e, nil
}
