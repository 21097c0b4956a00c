package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/adrg/xdg"

	"zalgoscope/assets"
)

// What is said of a net's input is shown, kept for files of the same content, and can be forgotten; a file of other
// content keeps what is known of it, and a broken table is said to be one.
func TestInputIsKept(t *testing.T) {
	config := xdg.ConfigHome
	t.Cleanup(func() { xdg.ConfigHome = config })
	xdg.ConfigHome = t.TempDir()
	data, _ := assets.Net("menagerie")
	dir := t.TempDir()
	net, moved, other := filepath.Join(dir, "net.onnx"), filepath.Join(dir, "moved.onnx"), filepath.Join(dir, "other.onnx")
	for path, data := range map[string][]byte{net: data, moved: data, other: append(data[:len(data):len(data)], 0x72, 0)} {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const stated = "input: RGB in 0..1, mean 0.45, spread 0.225 (stated by the file)"
	const given = "input: BGR in 0..255, mean 104, 117, 123, spread 0.225 (given for this net before; --input-forget goes back)"
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--net", net}, stated},
		{[]string{"--net", net, "--input-order", "BGR", "--input-range", "255", "--input-mean", "104,117,123"}, "(as the flags say, kept for this net)"},
		{[]string{"--net", net}, given},
		{[]string{"--net", moved}, given},
		{[]string{"--net", other}, stated},
		{[]string{"--net", moved, "--input-forget"}, stated},
		{[]string{"--net", net}, stated},
	} {
		if got := mustRun(t, append([]string{"layers"}, c.args...)...); !strings.Contains(got, c.want) {
			t.Errorf("%q says %.300s, want %s", c.args, got, c.want)
		}
	}
	mustRun(t, "layers", "--net", net, "--input-mean", "0.5")
	if err := os.WriteFile(inputFile(), []byte("format = 2"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run("layers", "--net", net); err != nil {
		t.Errorf("a newer table stops the program: %v", err)
	}
	if _, err := run("layers", "--net", net, "--input-mean", "0.5"); err != nil {
		t.Errorf("a newer table stops the program: %v", err)
	}
	if data, _ := os.ReadFile(inputFile()); string(data) != "format = 2" {
		t.Errorf("a newer table became %q", data)
	}
}
