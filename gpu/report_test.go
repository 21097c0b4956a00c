package gpu

import (
	"strings"
	"testing"

	"github.com/go-gl/gl/v4.3-core/gl"

	"zalgoscope/nn"
	"zalgoscope/nn/enginetest"
)

// Everything that the engine does is right in the eyes of a driver that reports.
func TestNothingToReport(t *testing.T) {
	needDevice(t)
	reporting := func(net *nn.Net) (nn.Engine, error) {
		o := llvmpipe()
		o.Fixed = false
		o.Report = func(text string) {
			// llvmpipe tells so of every program that another context made.
			if !strings.Contains(text, "Compiling compute shader variant") {
				t.Errorf("the driver reports: %s", text)
			}
		}
		return Open(net, o)
	}
	enginetest.Dream(t, reporting)
	if testing.Short() {
		return // a dream has most of what there is
	}
	enginetest.Nets(t, reporting)
	enginetest.Fatigue(t, reporting)
	enginetest.Canvases(t, reporting)
}

// A misuse of OpenGL in the midst of a step becomes an error that names the layer at work, where the
// driver reports; it goes unnoticed where it does not. What is no error is handed on.
func TestReport(t *testing.T) {
	misuse := func(layer string, bytes int64) error {
		if layer == "3x3" && bytes == 0 {
			gl.BindBuffer(0xBAD, 0)
		}
		return nil
	}
	remark := func(layer string, bytes int64) error {
		if layer == "3x3" && bytes == 0 {
			gl.DebugMessageInsert(gl.DEBUG_SOURCE_APPLICATION, gl.DEBUG_TYPE_PERFORMANCE, 1, gl.DEBUG_SEVERITY_MEDIUM, -1, gl.Str("it could be\nfaster\x00"))
		}
		return nil
	}
	step := func(fault func(string, int64) error, report func(string)) error {
		o := llvmpipe()
		o.Fault, o.Report = fault, report
		e := open(t, inception(), o)
		_, err := e.Ascend(painted(t, e, 40, 30), toOutput, nn.Step{Size: 1})
		return err
	}
	heard := ""
	hear := func(text string) { heard += text + "\n" }
	one(t, step(misuse, hear), ErrDriver, `"3x3"`, "GL_INVALID_ENUM", "llvmpipe")
	if heard != "" {
		t.Errorf("heard %q beside the error", heard)
	}
	if err := step(remark, hear); err != nil || !strings.HasPrefix(heard, `layer "3x3": `) || !strings.Contains(heard, "it could be faster\n") {
		t.Errorf("got %v, heard %q; want the remark", err, heard)
	}
	if err := step(misuse, nil); err != nil {
		t.Errorf("without reports: got %v", err)
	}
}
