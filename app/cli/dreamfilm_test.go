//go:build !windows

package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/record"
	"zalgoscope/app/toolstest"
)

// frameSums are the checksums of a video's pictures.
func frameSums(t *testing.T, path string) []string {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-f", "framemd5", "-").Output()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	var sums []string
	for line := range strings.Lines(string(out)) {
		if !strings.HasPrefix(line, "#") {
			fields := strings.Split(strings.TrimSpace(line), ",")
			sums = append(sums, fields[len(fields)-1])
		}
	}
	return sums
}

// TestDreamFilm dreams a film that is killed on its way, and goes on to the very frames of a film that was not. The sound comes along, and the
// recipe makes it again.
func TestDreamFilm(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	toolstest.Need(t, "ffmpeg", "ffprobe")
	dir := t.TempDir()
	film := filepath.Join(dir, "film.mp4")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=48x32:r=10:d=2", "-f", "lavfi", "-i", "sine=d=2", "-pix_fmt", "yuv420p", film).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	dream := func(out string) []string {
		return []string{"dream", "film.mp4", "-o", out, "--octaves", "1", "--steps", "1", "--layer", "conv1", "--piece", "1ns"}
	}
	whole := filepath.Join(dir, "whole.mp4")
	mustRun(t, "dream", film, "-o", whole, "--octaves", "1", "--steps", "1", "--layer", "conv1")
	want := frameSums(t, whole)
	if len(want) != 20 {
		t.Fatalf("20 pictures become %d", len(want))
	}
	cmd, _ := startMain(t, dir, "", dream("killed.mp4")...)
	waitFor(t, filepath.Join(dir, "killed.mp4.parts", "000002-*.mp4"), 1)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	cmd, stderr := startMain(t, dir, "", dream("killed.mp4")...)
	if err := cmd.Wait(); err != nil || !strings.Contains(stderr.String(), "going on at frame") {
		t.Fatalf("%v: %s", err, stderr)
	}
	got := frameSums(t, filepath.Join(dir, "killed.mp4"))
	if len(got) != len(want) {
		t.Errorf("after a kill there are %d pictures", len(got))
	}
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_name,duration", "-of", "csv=p=0", filepath.Join(dir, "killed.mp4")).Output()
	if text := string(out); err != nil || !strings.Contains(text, "h264,2.0000") || !strings.Contains(text, "aac,2.0") {
		t.Errorf("its streams are %s", text)
	}
	// Pieces have key frames of their own, so that the pictures are compared before they are encoded.
	mustRun(t, "replay", filepath.Join(dir, "killed.mp4"), "-o", filepath.Join(dir, "killed-%05d.png"), "--from", "14", "--to", "16")
	mustRun(t, "dream", film, "-o", filepath.Join(dir, "plain-%05d.png"), "--octaves", "1", "--steps", "1", "--layer", "conv1", "--frames", "16")
	again, _ := filepath.Glob(filepath.Join(dir, "killed-*.png"))
	plain, _ := filepath.Glob(filepath.Join(dir, "plain-*.png"))
	if len(again) != 2 || len(plain) != 16 {
		t.Fatalf("%q made again of %q", again, plain)
	}
	for n, path := range again {
		if frameSums(t, path)[0] != frameSums(t, plain[14+n])[0] {
			t.Errorf("frame %d made again is another one", 14+n)
		}
	}
}

// TestJoinLater joins a film's pieces when all were made before, with the recipe.
func TestJoinLater(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	dir := t.TempDir()
	film := filepath.Join(dir, "film.mkv")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=48x32:r=10:d=0.2", "-c:v", "ffv1", film).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// An ffmpeg that cannot join.
	real, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\ncase \"$*\" in *concat*) exit 1;; esac\nexec '" + real + "' \"$@\"\n"
	bin := filepath.Join(dir, "bin")
	if err := errors.Join(os.Mkdir(bin, 0o700), os.WriteFile(filepath.Join(bin, "ffmpeg"), []byte(script), 0o700)); err != nil {
		t.Fatal(err)
	}
	args := []string{"dream", "film.mkv", "-o", "out.mp4", "--octaves", "1", "--steps", "1", "--layer", "conv1", "--piece", "1ns"}
	cmd, stderr := startMain(t, dir, "PATH='"+bin+"':$PATH; export PATH;", args...)
	if err := cmd.Wait(); err == nil || !strings.Contains(stderr.String(), "the pieces stay") {
		t.Fatalf("it joins without an ffmpeg for that: %v: %s", err, stderr)
	}
	cmd, stderr = startMain(t, dir, "", args...)
	if err := cmd.Wait(); err != nil || !strings.Contains(stderr.String(), "going on at frame 2") {
		t.Fatalf("%v: %s", err, stderr)
	}
	r, err := record.ReadRecipe(filepath.Join(dir, "out.mp4"))
	if err != nil || len(r.Changes) != 1 || r.Changes[0].Settings.Layer != "conv1" || r.Frames != 2 {
		t.Errorf("its recipe is %+v: %v", r, err)
	}
}

// TestKey goes on with a film by another version of the program, not by another seed.
func TestKey(t *testing.T) {
	j := &dreamJob{}
	old := j.key(record.Recipe{Program: "1.0", Device: "cpu"}, 9)
	if j.key(record.Recipe{Program: "1.1", Device: "gpu"}, 9) != old || j.key(record.Recipe{Program: "1.0", Device: "cpu", Seed: 7}, 9) == old {
		t.Error("a film's key is of the program, or not of the seed")
	}
}

// TestTimeFlag reads times.
func TestTimeFlag(t *testing.T) {
	for text, want := range map[string]float64{"83.5": 83.5, "1:23.5": 83.5, "1:00:01": 3601, "0": 0} {
		var f timeFlag
		if err := f.Set(text); err != nil || float64(f) != want {
			t.Errorf("%s is %v: %v", text, float64(f), err)
		}
	}
	for _, text := range []string{"", "x", "1:60", "-1", "1:2:3:4", "NaN"} {
		if err := new(timeFlag).Set(text); err == nil {
			t.Errorf("%q is a time", text)
		}
	}
}
