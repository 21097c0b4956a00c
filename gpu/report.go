package gpu

import (
	"fmt"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// What the driver reports by KHR_debug is read from the context's own log rather than
// heard by a callback: that keeps Go code out of the driver's frames, and each engine's
// messages apart. The log is emptied before every pass and allocation, so a message belongs
// to what ran last.

// report opens the current context's log.
func (e *Engine) report() {
	if e.options.Report == nil {
		return
	}
	gl.Enable(gl.DEBUG_OUTPUT)
	gl.Enable(gl.DEBUG_OUTPUT_SYNCHRONOUS)
	gl.DebugMessageControl(gl.DONT_CARE, gl.DONT_CARE, gl.DONT_CARE, 0, nil, true)
	// Where each buffer lies would crowd the log out.
	gl.DebugMessageControl(gl.DONT_CARE, gl.DONT_CARE, gl.DEBUG_SEVERITY_NOTIFICATION, 0, nil, false)
}

// enter notes what is at work from now on.
func (e *Engine) enter(layer, shader string) {
	if e.options.Report == nil {
		return
	}
	e.listen()
	e.layer, e.shader = layer, shader
}

// listen hands on what the driver reported since it was last asked. An error makes the
// engine fail at the layer that was at work.
func (e *Engine) listen() {
	if e.options.Report == nil {
		return
	}
	for {
		text, severe := message()
		if text == "" {
			return
		}
		text = e.shader + ": " + text
		if severe {
			e.failed(e.layer, fmt.Errorf("%w: %s", ErrDriver, text))
		}
		e.options.Report(fmt.Sprintf("layer %q: %s", e.layer, text))
	}
}

// forgive hands on what the driver reported of a failure that was expected.
func (e *Engine) forgive() {
	if e.options.Report == nil {
		return
	}
	for text, _ := message(); text != ""; text, _ = message() {
		e.options.Report(fmt.Sprintf("layer %q: %s: %s", e.layer, e.shader, text))
	}
}

// message takes the oldest message from the log, "" where there is none.
func message() (text string, severe bool) {
	var size int32
	gl.GetIntegerv(gl.DEBUG_NEXT_LOGGED_MESSAGE_LENGTH, &size)
	if size <= 0 {
		return "", false
	}
	var source, kind, id, severity uint32
	buf := make([]byte, size+1)
	if gl.GetDebugMessageLog(1, size+1, &source, &kind, &id, &severity, &size, &buf[0]) == 0 {
		return "", false
	}
	text = strings.Join(strings.Fields(string(buf[:max(size-1, 0)])), " ")
	if text == "" {
		text = fmt.Sprintf("message %d without a text", id)
	}
	return text, severity == gl.DEBUG_SEVERITY_HIGH || kind == gl.DEBUG_TYPE_ERROR
}
