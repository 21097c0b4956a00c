//go:build unix

package load

import (
	"os"
	"path/filepath"
	"testing"
)

// External data is looked for behind no link that leads out of the net's folder, not even to see whether there
// is something; links to folders in it are followed.
func TestONNXExternalDataBehindLinks(t *testing.T) {
	dir := t.TempDir()
	at := func(path string) string { return filepath.Join(dir, filepath.FromSlash(path)) }
	must(t, os.MkdirAll(at("net/deep/er"), 0o755))
	must(t, os.WriteFile(at("net/deep/er/w.bin"), singles(1, 2, 3), 0o644))
	for link, to := range map[string]string{
		"net/sub": "deep", "net/sub2": at("net/sub/er"), "net/back": "deep/..", "linked": "net",
		"net/out.bin": "../nowhere/w.bin", "net/away": at("nowhere"), "net/deep/up": "../../nowhere", "net/round": "round",
	} {
		must(t, os.Symlink(to, at(link)))
	}
	for _, c := range []struct{ net, location, err string }{
		{"net", "deep/er/w.bin", ""},
		{"net", "sub/er/w.bin", ""},
		{"net", "sub2/w.bin", ""},
		{"net", "back/sub/er/w.bin", ""},
		{"linked", "sub2/w.bin", ""},
		{"net", "out.bin", `it leads to "` + at("nowhere/w.bin") + `", and only what lies in ["` + at("net") + `"] is trusted`},
		{"net", "away/w.bin", `it leads to "` + at("nowhere/w.bin")},
		{"net", "sub/up/w.bin", `it leads to "` + at("nowhere/w.bin")},
		{"linked", "away/w.bin", `it leads to "` + at("nowhere/w.bin")},
		{"net", "round/w.bin", "too many links"},
		{"net", "sub/none.bin", "no such file in"},
	} {
		t.Run(c.net+" "+c.location, func(t *testing.T) {
			path := filepath.Join(at(c.net), "n.onnx")
			must(t, os.WriteFile(path, model(13, external("w", c.location, "", ""), op("Conv", "x,w", "y")), 0o644))
			net, err := File(path, Options{})
			wantWeights(t, net, err, c.err)
		})
	}
}
