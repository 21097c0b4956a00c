package cli

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// A film and its replay have the same frames, whatever they are written as.
func TestReplayCommand(t *testing.T) {
	dir := t.TempDir()
	film, session := filepath.Join(dir, "a.gif"), filepath.Join(dir, "a.toml")
	mustRun(t, "dream", "clouds", "--size", "48x36", "--frames", "4", "--steps", "1", "--octaves", "2", "--layer", "conv2",
		"--rotate", "5", "--seed", "9", "--fps", "10", "-o", film, "--session", session)
	direct := filepath.Join(dir, "d%02d.png")
	mustRun(t, "dream", "clouds", "--size", "48x36", "--frames", "4", "--steps", "1", "--octaves", "2", "--layer", "conv2",
		"--rotate", "5", "--seed", "9", "-o", direct)
	for i, from := range []string{film, session, filepath.Join(dir, "d03.png")} {
		again := filepath.Join(dir, string(rune('p'+i))+"%02d.png")
		mustRun(t, "replay", from, "-o", again)
		for _, n := range []string{"00", "03"} {
			a, b := open(t, strings.Replace(direct, "%02d", n, 1)), open(t, strings.Replace(again, "%02d", n, 1))
			if !bytes.Equal(a.Pix, b.Pix) {
				t.Errorf("replay of %s: frame %s differs", filepath.Base(from), n)
			}
		}
	}
	mustRun(t, "replay", film, "--size", "24x18", "--from", "1", "--to", "3", "-o", filepath.Join(dir, "s%d.png"))
	small := open(t, filepath.Join(dir, "s1.png"))
	if small.Rect.Dx() != 24 {
		t.Errorf("at another size: %v", small.Rect)
	}
	mustRun(t, "replay", filepath.Join(dir, "s1.png"), "-o", filepath.Join(dir, "again%d.png"))
	if m := open(t, filepath.Join(dir, "again1.png")); !bytes.Equal(m.Pix, small.Pix) {
		t.Errorf("a replay's own replay has size %v and differs", m.Rect)
	}
	if _, err := run("replay", filepath.Join(repository, "nn", "enginetest", "testdata", "picture_91x77.png"), "-o", film); err == nil || !strings.Contains(err.Error(), "no zalgoscope recipe") {
		t.Errorf("a picture without a recipe: %v", err)
	}
}

// What --mod follows and the recording has nothing of is said.
func TestReplayOfUnheard(t *testing.T) {
	dir := t.TempDir()
	film := filepath.Join(dir, "a.gif")
	mustRun(t, "dream", "clouds", "--size", "32x24", "--frames", "2", "--steps", "1", "--octaves", "1", "--layer", "conv1", "-o", film)
	for mod, want := range map[string]string{"zoom=mid:0:0.1 zalgo=beat:0:2 rotate=sine:1:2": "--mod follows mid and beat,", "rotate=sine:1:2": "", "": ""} {
		said := stderr(t, func() { mustRun(t, "replay", film, "--mod", mod, "-o", filepath.Join(dir, "b.gif")) })
		if want == "" && said != "" || !strings.Contains(said, want) {
			t.Errorf("%q: said %q, want %q", mod, said, want)
		}
	}
}
