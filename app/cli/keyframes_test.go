//go:build !windows

package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zalgoscope/app/record"
	"zalgoscope/app/toolstest"
)

// TestKeyframes turns knobs of a film as a text says, and once more as the session that came of it: to the same
// pictures, which its recipe makes again too, after a kill as well.
func TestKeyframes(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	toolstest.Need(t, "ffmpeg", "ffprobe")
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=48x32:r=10:d=1", "-c:v", "ffv1", path("film.mkv")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(path("keys.toml"), []byte("[[key]]\ntime = 0.2\nsource = 1\n[[key]]\ntime = 0.6\nsource = 0\nsteps = 2\n[[key]]\ntime = 0.8\nsteps = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	knobs := []string{"--octaves", "1", "--layer", "conv1", "--jitter", "2"}
	dreamed := func(out, keys string, more ...string) []string {
		mustRun(t, slices.Concat([]string{"dream", path("film.mkv"), "-o", path(out), "--keyframes", path(keys)}, knobs, more)...)
		names, _ := filepath.Glob(strings.Replace(path(out), "%05d", "*", 1))
		var sums []string
		for _, name := range names {
			sums = append(sums, frameSums(t, name)...)
		}
		return sums
	}
	want := dreamed("a-%05d.png", "keys.toml")
	mustRun(t, slices.Concat([]string{"dream", path("film.mkv"), "-o", path("b.mp4"), "--keyframes", path("keys.toml"), "--session", path("b.toml")}, knobs)...)
	r, err := record.ReadRecipe(path("b.toml"))
	if err != nil {
		t.Fatal(err)
	}
	var frames []int
	for _, c := range r.Changes {
		frames = append(frames, c.Frame)
	}
	if !slices.Equal(frames, []int{0, 3, 4, 5, 6, 7}) {
		t.Errorf("knobs are turned in frames %v", frames)
	}
	if again := dreamed("c-%05d.png", "b.toml"); !slices.Equal(again, want) || len(want) != 10 {
		t.Errorf("by the session %d pictures come otherwise than the %d", len(again), len(want))
	}
	// A part of it has what the whole has then.
	if part := dreamed("d-%05d.png", "keys.toml", "--from", "0.5", "--to", "0.6", "--carry", "0"); len(part) != 1 {
		t.Errorf("a picture's time has %d", len(part))
	}
	if d, err := record.ReadRecipe(path("d-00000.png")); err != nil || d.Changes[0].Settings.Source != r.Changes[3].Settings.Source {
		t.Errorf("at half a second the source is %+v: %v", d.Changes, err)
	}
	// Killed on its way.
	args := slices.Concat([]string{"dream", "film.mkv", "-o", "k.mp4", "--keyframes", "keys.toml", "--piece", "1ns"}, knobs)
	cmd, _ := startMain(t, dir, "", args...)
	waitFor(t, filepath.Join(path("k.mp4.parts"), "000004-*.mp4"), 1)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	cmd, stderr := startMain(t, dir, "", args...)
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	k, err := record.ReadRecipe(path("k.mp4"))
	if err != nil || !slices.Equal(k.Changes, r.Changes) {
		t.Errorf("after a kill the recipe has %d changes, not %d: %v", len(k.Changes), len(r.Changes), err)
	}
	mustRun(t, "replay", path("k.mp4"), "-o", path("r-%05d.png"), "--from", "7", "--to", "9")
	made, _ := filepath.Glob(path("r-*.png"))
	if len(made) != 2 {
		t.Fatalf("of two frames %q are made again", made)
	}
	for i, name := range made {
		if frameSums(t, name)[0] != want[7+i] {
			t.Errorf("frame %d made again is another one", 7+i)
		}
	}
}
