package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The addresses are listed, or written as a layout.
func TestAddresses(t *testing.T) {
	if list := mustRun(t, "addresses"); !strings.Contains(list, "/bend/16/on") || !strings.Contains(list, "/panic") {
		t.Errorf("the list is %s", list)
	}
	path := filepath.Join(t.TempDir(), "a.tosc")
	if out := mustRun(t, "addresses", "--touchosc", path); out != "" {
		t.Errorf("it says %q", out)
	}
	if data, err := os.ReadFile(path); err != nil || len(data) < 2000 || data[0] != 0x78 {
		t.Errorf("%d bytes are written, %v", len(data), err)
	}
	if _, err := run("addresses", "--touchosc", filepath.Join(t.TempDir(), "a.xml")); err == nil {
		t.Error("a layout that TouchOSC does not open is written")
	}
}
