package capture

import (
	"strings"
	"testing"
)

// On a Wayland desktop without X the error says in a line what to do.
func TestWaylandScreen(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	_, err := Find("screen")
	if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "Xorg session") || !strings.Contains(err.Error(), "camera") {
		t.Error(err)
	}
}
