package cli

import (
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/nn/enginetest"
)

func TestSeeKnownNet(t *testing.T) {
	dir := filepath.Join(enginetest.Shared(t), "nets", "squeezenet") + string(filepath.Separator)
	for _, net := range []string{"squeezenet_v1.0.prototxt", "squeezenet_v1.0.onnx"} {
		out := mustRun(t, "see", "--net", dir+net, dir+"photo_131x107.png")
		lines := strings.Split(strings.TrimSpace(out), "\n")
		if len(lines) != 5 {
			t.Errorf("%s: %d lines, want 5", net, len(lines))
		}
		if !strings.Contains(out, "%  tabby\n") || strings.Contains(out, "class ") {
			t.Errorf("%s sees\n%s; want a tabby among names", net, out)
		}
	}
}

func TestSeeNamesTheTabby(t *testing.T) {
	photo := filepath.Join(enginetest.Shared(t), "nets", "squeezenet", "photo_131x107.png")
	out := mustRun(t, "see", photo)
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 5 || !strings.Contains(out, "tabby") {
		t.Errorf("got %d lines:\n%s", len(lines), out)
	}
}
