package load

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"zalgoscope/nn"
)

func external(name, location, offset, length string) []byte {
	entry := func(k, v string) []byte { return bytesField(13, text(1, k), text(2, v)) }
	return bytesField(5, packed(1, 1, 3, 1, 1), varint(2, 1), text(8, name), varint(14, 1),
		entry("location", location), entry("offset", offset), entry("length", length))
}

// A net's numbers are read from other files of its folder, through links that stay in it or in the store
// of a model hub's cache, and from nowhere else.
func TestONNXExternalData(t *testing.T) {
	dir := t.TempDir()
	at := func(path string) string { return filepath.Join(dir, filepath.FromSlash(path)) }
	snapshot, blobs := "hub/models--a--net/snapshots/1f2e/onnx", "hub/models--a--net/blobs"
	for _, d := range []string{"net/deep", "other", snapshot, blobs} {
		must(t, os.MkdirAll(at(d), 0o755))
	}
	data := cat(make([]byte, 8), singles(1, 2, 3))
	for _, f := range []string{"net/w.bin", "net/deep/w.bin", "secret.bin", blobs + "/aa11", "hub/models--a--net/secret.bin"} {
		must(t, os.WriteFile(at(f), data, 0o644))
	}
	for link, to := range map[string]string{
		"net/link.bin": "../secret.bin", "net/near.bin": "deep/w.bin", "net/round.bin": "../net/w.bin", "net/full.bin": at("net/w.bin"),
		"net/zero.bin": "/dev/zero", "net/gone.bin": "nothing", "net/loop.bin": "loop.bin",
		snapshot + "/w.bin": "../../../blobs/aa11", snapshot + "/out.bin": "../../../secret.bin",
	} {
		must(t, os.Symlink(to, at(link)))
	}
	for _, c := range []struct{ net, location, offset, length, err string }{
		{"net", "w.bin", "8", "12", ""},
		{"net", "w.bin", "8", "", ""},
		{"net", "near.bin", "8", "12", ""},
		{"net", "round.bin", "8", "12", ""},
		{"net", "full.bin", "8", "12", ""},
		{"net", "deep/w.bin", "8", "12", ""},
		{snapshot, "w.bin", "8", "12", ""},
		{"net", "w.bin", "8", "13", `has external data past the end of "w.bin", which has 20 bytes`},
		{"net", "w.bin", "4", "", "data of 16 bytes"},
		{"net", "w.bin", "-1", "", `has external data at offset "-1"`},
		{"net", "none.bin", "8", "12", `has its data in "none.bin": no such file in "` + at("net")},
		{"net", "../secret.bin", "8", "12", `has its data in "../secret.bin": the file must lie in the net's own folder`},
		{"net", "link.bin", "8", "12", `has its data in "link.bin": it leads to "` + at("secret.bin") + `", and only what lies in ["` + at("net") + `"] is trusted`},
		{"net", "zero.bin", "8", "12", `it leads to "/dev/zero"`},
		{"net", "gone.bin", "8", "12", "no such file"},
		{"net", "loop.bin", "8", "12", "too many links"},
		{"net", ".", "0", "12", `has its data in ".": not a regular file`},
		{snapshot, "out.bin", "8", "12", ` "` + at(blobs) + `"] is trusted`},
	} {
		t.Run(c.net[:3]+" "+c.location+" "+c.offset+" "+c.length, func(t *testing.T) {
			path := at(c.net + "/n.onnx")
			must(t, os.WriteFile(path, model(13, external("w", c.location, c.offset, c.length), op("Conv", "x,w", "y")), 0o644))
			net, err := File(path, Options{})
			wantWeights(t, net, err, c.err)
		})
	}
	_, err := ONNX(model(13, external("w", "w.bin", "8", "12"), op("Conv", "x,w", "y")), "n.onnx", Options{})
	wantError(t, err, "has its data in another file, which cannot be reached from here")

	// A link to a net finds the data beside the net that it leads to.
	must(t, os.WriteFile(at("net/n.onnx"), model(13, external("w", "w.bin", "8", "12"), op("Conv", "x,w", "y")), 0o644))
	must(t, os.Symlink("../net/n.onnx", at("other/n.onnx")))
	net, err := File(at("other/n.onnx"), Options{})
	wantWeights(t, net, err, "")
}

// wantWeights wants a net of the weights 1, 2, 3, or an error of one line that has part.
func wantWeights(t *testing.T, net *nn.Net, err error, part string) {
	t.Helper()
	switch {
	case part != "":
		wantError(t, err, part)
	case err != nil:
		t.Error(err)
	default:
		if got := nn.Floats(net.Layers[0].Op.(*nn.Conv).W); !slices.Equal(got, []float32{1, 2, 3}) {
			t.Errorf("weights are %v", got)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
