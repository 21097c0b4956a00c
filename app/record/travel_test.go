package record

import (
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/app/dream"
)

// conversions are what people do to files, with the programs that they do it with: $IN stands for the file, out for the
// result. README has the same table in words.
var conversions = []struct {
	tool string
	args []string // by the shell
	from string   // kinds of files
	to   string
	kept bool
}{
	{"ffmpeg", ff("$IN $OUT"), "gif mp4", "mp4 mkv webm", true},
	{"ffmpeg", ff("$IN $OUT"), "webm", "mov", true},
	{"ffmpeg", ff("$IN -c copy $OUT"), "mp4 webm", "mp4 mkv", true},
	{"ffmpeg", ff("$IN -c copy $OUT"), "gif", "mkv", true},
	{"ffmpeg", ff("$IN -frames:v 1 -update 1 $OUT"), "gif mp4 png jpg", "png jpg", false},
	{"ffmpeg", ff("$IN $OUT"), "gif mp4 apng", "gif", false},
	{"ffmpeg", ff("$IN -map_metadata -1 $OUT"), "gif mp4", "mp4", false},
	{"gifsicle", []string{"-O3 $IN -o $OUT"}, "gif", "gif", true},
	{"gifsicle", []string{"$IN --delete '#0' -o $OUT", "$IN --delete '#-1' -o $OUT", "$IN '#1' -o $OUT"}, "gif", "gif", true},
	{"gifsicle", []string{"--resize 20x15 $IN -o $OUT"}, "gif", "gif", true},
	{"gifsicle", []string{"--no-comments $IN -o $OUT"}, "gif", "gif", false},
	{"convert", []string{"$IN[0] $OUT", "$IN[0] -resize 50% $OUT"}, "gif png jpg", "gif png jpg", true},
	{"convert", []string{"$IN $OUT", "$IN -layers Optimize $OUT", "$IN -coalesce -resize 50% $OUT"}, "gif", "gif", true},
	{"convert", []string{"$IN[0] -strip $OUT"}, "gif png jpg", "gif png jpg", false},
	{"gm", []string{"convert $IN[0] $OUT"}, "png jpg", "gif png jpg", true},
	{"gm", []string{"convert $IN[0] $OUT"}, "gif", "gif png jpg", false},
	{"python3", pillow("m.save(sys.argv[2], save_all=True)"), "gif", "gif", true},
	{"python3", pillow("m.save(sys.argv[2])"), "jpg", "jpg gif", true},
	{"python3", pillow("m.save(sys.argv[2])"), "png", "jpg gif", true},
	{"python3", pillow("m.save(sys.argv[2])"), "png", "png", false},
}

func ff(args string) []string { return []string{"-v error -y -i " + args} }

func pillow(save string) []string {
	return []string{fmt.Sprintf(`-c "import sys; from PIL import Image; m = Image.open(sys.argv[1]); %s" $IN $OUT`, save)}
}

// TestRecipeTravels has other programs rewrite files. The recipe is there after it, all of it, or none is said to be.
func TestRecipeTravels(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what runs many other programs")
	}
	dir := t.TempDir()
	frames := newScene(40, 30).frames(3)
	o, want := recording(Options{})
	from := map[string]Recipe{}
	for _, kind := range []string{"gif", "apng", "png", "jpg", "mp4", "webm"} {
		path := filepath.Join(dir, "in."+kind)
		record(t, path, o, frames)
		from[kind] = want(len(frames))
		checkRecipe(t, path, from[kind])
	}
	for _, c := range conversions {
		name := c.tool
		if name == "python3" {
			name = "/usr/bin/python3" // the system's, which has its packages
		}
		program := tool(t, name)
		for _, args := range c.args {
			for _, kind := range strings.Fields(c.from) {
				for _, to := range strings.Fields(c.to) {
					out := filepath.Join(t.TempDir(), "out."+to)
					line := program + " " + args
					cmd := exec.Command("sh", "-c", line)
					cmd.Env = append(os.Environ(), "IN="+filepath.Join(dir, "in."+kind), "OUT="+out)
					if text, err := cmd.CombinedOutput(); err != nil {
						t.Errorf("%s, %s to %s: %v: %s", line, kind, to, err, text)
						continue
					}
					if c.kept {
						checkRecipe(t, out, from[kind])
					} else if r, err := ReadRecipe(out); !errors.Is(err, ErrNone) {
						t.Errorf("%s, %s to %s: got a recipe of %d frames, %v, want none", line, kind, to, r.Frames, err)
					}
				}
			}
		}
	}
}

// TestLongRecipeTravels has other programs rewrite films of an hour and a half of which a knob was turned in every frame. The
// time that they take for it does not matter, but those that show comments line by line would need minutes.
func TestLongRecipeTravels(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what runs many other programs")
	}
	ffmpeg, gifsicle, convert := tool(t, "ffmpeg"), tool(t, "gifsicle"), tool(t, "convert")
	s := dream.Defaults()
	r := example(0)
	r.Loop = Forever
	for i := range 90 * 60 * 25 {
		s.Zoom, s.Zalgo = math.Mod(0.001*float64(i), 0.1), math.Mod(0.0637*float64(i), 11)
		r.Changes = append(r.Changes, Change{int64(6 * i), i, s})
	}
	dir := t.TempDir()
	frames := newScene(40, 30).frames(2)
	for kind, lines := range map[string][]string{
		"mp4":  {ffmpeg + " -v error -i $IN -c copy out.mkv", ffmpeg + " -v error -i $IN out.webm", ffmpeg + " -v error -i $IN out.mov"},
		"webm": {ffmpeg + " -v error -i $IN out.mp4"},
		"gif":  {ffmpeg + " -v error -i $IN out.mp4", gifsicle + " -O3 $IN -o out.gif", convert + " $IN -layers Optimize out.gif"},
		"apng": nil,
	} {
		path := filepath.Join(dir, "in."+kind)
		record(t, path, Options{FPS: 12.5, Dither: r.Dither, Palette: r.Palette, Recipe: func() Recipe { return r }}, frames)
		want := r.made(Options{FPS: 12.5, Dither: r.Dither, Palette: r.Palette, Loop: Forever, Fade: 6}, len(frames))
		checkRecipe(t, path, want)
		for _, line := range lines {
			cmd := exec.Command("sh", "-c", line)
			cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "IN="+path)
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s", line, err, text)
				continue
			}
			checkRecipe(t, filepath.Join(cmd.Dir, line[strings.LastIndex(line, " ")+1:]), want)
		}
	}
}

// TestShortenedRecipe reads files of which a program has dropped a recipe's end, whatever comes in its stead.
func TestShortenedRecipe(t *testing.T) {
	text := example(30).Encode()
	for name, data := range map[string]string{
		"gif":  "GIF89a\x01\x00\x01\x00\x00\x00\x00" + string(gifComment(text[:255])) + "\x3b",
		"mkv":  "\x1aE\xdf\xa3matroska\x00\x00COMMENTD\x87" + text[:300] + "\x00\x01\xffrest\x00",
		"text": text[:200],
	} {
		path := filepath.Join(t.TempDir(), "a."+name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadRecipe(path); !errors.Is(err, errRest) {
			t.Errorf("%s: got %v, want %v", name, err, errRest)
		}
	}
}
