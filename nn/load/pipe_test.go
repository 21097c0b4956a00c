//go:build unix

package load

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A net's numbers are not read from a pipe, which might never end, be it through a link.
func TestONNXExternalPipe(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	must(t, err)
	must(t, syscall.Mkfifo(filepath.Join(dir, "pipe.bin"), 0o644))
	must(t, os.Symlink("pipe.bin", filepath.Join(dir, "link.bin")))
	for _, location := range []string{"pipe.bin", "link.bin"} {
		path := filepath.Join(dir, "n.onnx")
		must(t, os.WriteFile(path, model(13, external("w", location, "8", "12"), op("Conv", "x,w", "y")), 0o644))
		net, err := File(path, Options{})
		wantWeights(t, net, err, `has its data in "`+location+`": not a regular file`)
	}
}
