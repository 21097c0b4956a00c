package load

import (
	"strings"
	"testing"
)

// wantError fails unless err is one line that has part.
func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", part)
		return
	}
	if msg := err.Error(); !strings.Contains(msg, part) || strings.ContainsAny(msg, "\n\r") || len(msg) > 6000 {
		t.Errorf("error is\n  %s\nwant one line with\n  %s", msg, part)
	}
}
