package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/assets"
)

// TestReplayFromFolders records a dream whose net, start and guide lie in somebody's folder, takes the recording
// away, and replays it with the files beside it, in --folder, and named by flags.
func TestReplayFromFolders(t *testing.T) {
	secret, out, folder := t.TempDir(), t.TempDir(), t.TempDir()
	in := func(dir, name string) string { return filepath.Join(dir, name) }
	data, ok := assets.Net(assets.DefaultNet)
	if !ok {
		t.Fatal("the program carries no net")
	}
	if err := os.WriteFile(in(secret, "mine.onnx"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"photo.png", "guide.png"} {
		if err := picture.Save(in(secret, name), dream.Clouds(40, 30, uint64(i))); err != nil {
			t.Fatal(err)
		}
	}
	first := in(out, "first.png")
	mustRun(t, "dream", in(secret, "photo.png"), "--net", in(secret, "mine.onnx"), "--guide", in(secret, "guide.png"), "-o", first,
		"--layer", "inception_3a", "--steps", "1", "--octaves", "1", "--engine", "cpu")
	written, err := os.ReadFile(first)
	if err != nil || bytes.Contains(written, []byte(secret)) {
		t.Errorf("the recording names the folder %s (%v)", secret, err)
	}
	r, err := record.ReadRecipe(first)
	if err != nil || r.Net.Name != "mine.onnx" || r.Start.Name != "photo.png" || r.Last().Guide != "guide.png" {
		t.Fatalf("the recipe names %q, %q and %q: %v", r.Net.Name, r.Start.Name, r.Last().Guide, err)
	}
	again := in(out, "again.png")
	replay := func(want string, args ...string) {
		t.Helper()
		os.Remove(again)
		_, err := run(append([]string{"replay", first, "-o", again, "--engine", "cpu"}, args...)...)
		switch {
		case want != "":
			if err == nil || !strings.Contains(oneLine(err), want) {
				t.Errorf("%q: got error %v, want one with %s", args, err, want)
			}
		case err != nil:
			t.Errorf("%q: %v", args, err)
		case difference(open(t, again), open(t, first)) != 0:
			t.Errorf("%q: the picture is another one", args)
		}
	}
	replay("--net FILE")
	replay("--start FILE", "--net", in(secret, "mine.onnx"))
	replay("--guide FILE", "--net", in(secret, "mine.onnx"), "--start", in(secret, "photo.png"))
	replay("", "--net", in(secret, "mine.onnx"), "--start", in(secret, "photo.png"), "--guide", in(secret, "guide.png"))
	replay("", "--folder", secret)
	replay("is no folder", "--folder", in(secret, "mine.onnx"))
	replay("no such", "--folder", in(secret, "none"))
	move := func(name, from, to string) {
		if err := os.Rename(in(from, name), in(to, name)); err != nil {
			t.Fatal(err)
		}
	}
	move("mine.onnx", secret, folder)
	move("guide.png", secret, out)
	replay("", "--folder", folder, "--folder", secret)
	move("mine.onnx", folder, out)
	move("photo.png", secret, out)
	replay("")
	// A net of that name with other content is taken where there is no better one, and only then.
	other, _ := assets.Net("filigree")
	if err := os.WriteFile(in(folder, "mine.onnx"), other, 0o600); err != nil {
		t.Fatal(err)
	}
	move("first.png", out, folder)
	first = in(folder, "first.png")
	replay("", "--folder", out)
}

// TestReplayOfOldRecipe replays one with whole paths on the machine that it was made on, and refuses what such
// a path may lead to elsewhere.
func TestReplayOfOldRecipe(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	photo, film := filepath.Join(dir, "photo.png"), filepath.Join(elsewhere, "film.png")
	if err := picture.Save(photo, dream.Clouds(40, 30, 2)); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "dream", photo, "-o", film, "--layer", "inception_3a", "--steps", "1", "--octaves", "1", "--engine", "cpu")
	r, err := record.ReadRecipe(film)
	if err != nil {
		t.Fatal(err)
	}
	old := func(change func(*record.Recipe)) string {
		r := r
		change(&r)
		path := filepath.Join(elsewhere, "old.toml")
		if err := os.WriteFile(path, []byte(r.Encode()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	again := filepath.Join(elsewhere, "again.png")
	mustRun(t, "replay", old(func(r *record.Recipe) { r.Start.Name = photo }), "-o", again, "--engine", "cpu")
	if difference(open(t, again), open(t, film)) != 0 {
		t.Error("the picture is another one")
	}
	for _, path := range []string{"/dev/zero", `\\host\share\a.png`, "//host/share/a.png", "/proc/self/environ"} {
		for what, change := range map[string]func(*record.Recipe){
			"net":   func(r *record.Recipe) { r.Start.Name, r.Net.Name = photo, path },
			"start": func(r *record.Recipe) { r.Start.Name = path },
			"guide": func(r *record.Recipe) { r.Start.Name, r.Changes[0].Settings.Guide = photo, path },
		} {
			_, err := run("replay", old(change), "-o", again, "--engine", "cpu")
			if err == nil || !strings.Contains(err.Error(), "not to be found") {
				t.Errorf("%s as the %s: got error %v", path, what, err)
			}
		}
	}
}

// TestMissingNetAsksNoDisk names a net that is not to be found by a path with something at its end and by one
// without: who tells them apart has asked the disk, and so the other machine that a path may lead to.
func TestMissingNetAsksNoDisk(t *testing.T) {
	dir := t.TempDir()
	there := filepath.Join(dir, "one,folder", "two")
	if err := os.MkdirAll(there, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, want string }{
		{there, `"one,two"`},
		{filepath.Join(dir, "three,folder", "four"), `"three,four"`},
	} {
		_, err := recall(record.Net{Name: c.path}, dir)
		if err == nil || !strings.Contains(err.Error(), "net "+c.want+" is not to be found") {
			t.Errorf("%s: got error %v, want that %s is not to be found", c.path, err, c.want)
		}
	}
}
