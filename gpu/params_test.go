package gpu

import (
	"strings"
	"testing"

	"zalgoscope/shaders"
)

// TestParameters wants every shader's parameters to come of the Go, and no others to be told.
func TestParameters(t *testing.T) {
	names := shaders.Names()
	for _, name := range names {
		if _, ok := parameters[name]; !ok {
			t.Errorf("parameters lack %s", name)
		}
		if strings.Contains(shaders.Source(name), "std140") {
			t.Errorf("%s declares parameters of its own", name)
		}
	}
	if len(parameters) != len(names) {
		t.Errorf("parameters of %d shaders, of which there are %d", len(parameters), len(names))
	}
	want := "layout(std140, binding = 0) uniform Params {\n    ivec2 size;\n    ivec2 sourceSize;\n    vec4 coarseX;\n    vec4 fineX;\n    vec4 coarseY;\n    vec4 fineY;\n    ivec2 start;\n    int wrapped;\n};\n"
	if got := declaration("warp"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for _, part := range []string{"int aBase;", "int bSingle;", "uvec4 n;", "vec4 k[6];", "int bgr;", "int dyRow;"} {
		text := declaration("binary_forward") + declaration("bend_point") + declaration("ascend") + declaration("reduce_backward")
		if !strings.Contains(text, "    "+part+"\n") {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a shader is told what it does not read")
		}
	}()
	numbers{header{}, lrnParams{}}.encode("pool_forward")
}
