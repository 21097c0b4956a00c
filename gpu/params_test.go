package gpu

import (
	"strings"
	"testing"

	"zalgoscope/shaders"
)

// TestParameters wants the parameters of every shader to be those that the Go tells it.
func TestParameters(t *testing.T) {
	for _, name := range shaders.Names() {
		if strings.Contains(shaders.Source(name), "std140") {
			t.Errorf("%s declares parameters of its own", name)
		}
	}
	want := "layout(std140, binding = 0) uniform Params {\n    ivec2 size;\n    ivec2 sourceSize;\n    vec4 coarseX;\n    vec4 fineX;\n    vec4 coarseY;\n    vec4 fineY;\n    ivec2 start;\n    int wrapped;\n};\n"
	if got := (numbers{warpParams{}}).declaration(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for _, part := range []string{"int aBase;", "int bSingle;", "uvec4 n;", "vec4 k[6];", "int bgr;", "int dyRow;"} {
		text := numbers{header{}, operands{}, bendParams{}, ascendParams{}, spreadParams{}}.declaration()
		if !strings.Contains(text, "    "+part+"\n") {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
}
