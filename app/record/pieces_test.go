package record

import (
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/ffmpeg"
)

// tinted is a frame of one colour.
func tinted(level uint8) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, 32, 24))
	for i := range m.Pix {
		m.Pix[i] = level
	}
	return m
}

// streams tells each stream's kind, begin and length.
func streams(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.Command(tool(t, "ffprobe"), "-v", "error", "-count_packets", "-show_entries", "stream=codec_type,codec_name,nb_read_packets,start_time,duration", "-of", "csv=p=0", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// TestPieces goes on with a video after a stop and after a kill, refuses to mix two, and joins all with the sound.
func TestPieces(t *testing.T) {
	tool(t, "ffmpeg")
	dir := t.TempDir()
	sound := filepath.Join(dir, "sound.mka")
	if out, err := ffmpeg.Command("-f", "lavfi", "-i", "sine=d=1", "-ac", "6", "-c:a", "ac3", sound).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	out := filepath.Join(dir, "out.mp4")
	recipe := func() Recipe { return example(1) }
	o := Options{FPS: 10, Recipe: recipe, Sound: &Sound{Path: sound}}
	open := func(want int) *Pieces {
		t.Helper()
		p, err := OpenPieces(out, "key", time.Millisecond, o)
		if err != nil {
			t.Fatal(err)
		}
		frames, state := p.Kept()
		if frames != want || want > 0 && string(state) != fmt.Sprint("after ", want) {
			t.Fatalf("%d frames are kept, and %q, want %d", frames, state, want)
		}
		return p
	}
	n := 0
	state := func() ([]byte, error) { return fmt.Append(nil, "after ", n), nil }
	add := func(p *Pieces, wait time.Duration) {
		t.Helper()
		n++
		p.began = time.Now().Add(wait) // the clock stands still
		if p.rec == nil {
			if err := p.begin(); err != nil {
				t.Fatal(err)
			}
			p.began = time.Now().Add(wait)
		}
		if err := p.Add(tinted(uint8(20*n)), state); err != nil {
			t.Fatal(err)
		}
	}
	p := open(0)
	add(p, time.Hour)
	add(p, -time.Hour) // ends the first piece
	add(p, time.Hour)
	if err := p.Stop(state); err != nil { // the second one
		t.Fatal(err)
	}
	p = open(3)
	add(p, time.Hour)
	n-- // a kill loses it
	p.lock.Discard()
	_ = p.rec.(*shaper).next.(*video).pipe.Close()
	p = open(3)
	for range 7 {
		add(p, time.Hour)
	}
	if _, err := OpenPieces(out, "key", time.Second, o); err == nil || !strings.Contains(err.Error(), "another zalgoscope") {
		t.Errorf("two work on it at once: %v", err)
	}
	if err := p.Finish(state); err != nil {
		t.Fatal(err)
	}
	if got := streams(t, out); !strings.Contains(got, "h264,video,0.000000,1.000000,10") || !strings.Contains(got, "ac3,audio,0.0") {
		t.Errorf("the video has the streams\n%s", got)
	}
	for _, at := range []int{0, 3, 9} {
		if got := decodeFrame(t, out, at).RGBAAt(16, 12).R; max(got, uint8(20*(at+1)))-min(got, uint8(20*(at+1))) > 4 {
			t.Errorf("frame %d is %d, want %d", at, got, 20*(at+1))
		}
	}
	r, err := ReadRecipe(out)
	if err != nil || r.Frames != 10 {
		t.Errorf("its recipe is of %d frames: %v", r.Frames, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 2 {
		t.Errorf("%d files are left", len(left))
	}
}

// TestPiecesPlace joins pieces in a folder of any name, each on its frame's time to the millisecond, also where the first were not
// counted, and leaves what else is in that folder.
func TestPiecesPlace(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what encodes many films")
	}
	tool(t, "ffmpeg")
	const rate = 24000. / 1001
	name := "it's #1 50%d.mp4"
	if runtime.GOOS != "windows" {
		name = "why? " + name
	}
	out := filepath.Join(t.TempDir(), name)
	mine := filepath.Join(out+".parts", "000001-notes.txt")
	if err := errors.Join(os.Mkdir(out+".parts", 0o755), os.WriteFile(mine, []byte("mine"), 0o600)); err != nil {
		t.Fatal(err)
	}
	state := func() ([]byte, error) { return []byte("x"), nil }
	for _, counted := range []bool{true, false} {
		p, err := OpenPieces(out, "key", 0, Options{FPS: rate})
		if err != nil {
			t.Fatal(err)
		}
		for n := range uint8(4) {
			if err := p.Add(tinted(20*n), state); err != nil {
				t.Fatal(err)
			}
			if n == 0 && !counted {
				p.kept.Counts = nil
			}
		}
		if err := p.Finish(state); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(mine); string(text) != "mine" {
			t.Fatalf("a file of the user's is gone: %v", err)
		}
		if left, _ := os.ReadDir(out + ".parts"); len(left) != 1 {
			t.Errorf("%q are left", left)
		}
		last, err := exec.Command(tool(t, "ffprobe"), "-v", "error", "-show_entries", "packet=pts_time", "-of", "csv=p=0", ffmpeg.File(out)).Output()
		if err != nil {
			t.Fatal(err)
		}
		times := strings.Fields(strings.ReplaceAll(string(last), ",", ""))
		if at, err := strconv.ParseFloat(times[len(times)-1], 64); len(times) != 4 || err != nil || counted && math.Abs(at-3/rate) > .0005 {
			t.Errorf("frames are at %s: %v", times, err)
		}
	}
	// Where nothing was made, nothing stays.
	p, err := OpenPieces(out+"2.mp4", "key", 0, Options{FPS: rate})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(state); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(out + "2.mp4.parts"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an empty folder stays: %v", err)
	}
}

// TestOtherPieces refuses to go on with what was begun otherwise.
func TestOtherPieces(t *testing.T) {
	tool(t, "ffmpeg")
	out := filepath.Join(t.TempDir(), "out.webm")
	state := func() ([]byte, error) { return []byte("x"), nil }
	p, err := OpenPieces(out, "one", time.Hour, Options{FPS: 10})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Add(tinted(9), state); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(state); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenPieces(out, "two", time.Hour, Options{FPS: 10}); err == nil || !strings.Contains(err.Error(), "delete that folder") {
		t.Errorf("another dream goes on with it: %v", err)
	}
	pieces, _ := filepath.Glob(filepath.Join(out+".parts", "*.webm"))
	if len(pieces) != 1 || os.Remove(pieces[0]) != nil {
		t.Fatalf("the pieces are %q", pieces)
	}
	if _, err := OpenPieces(out, "one", time.Hour, Options{FPS: 10}); err == nil || !strings.Contains(err.Error(), "lacks") {
		t.Errorf("a piece is missed by nobody: %v", err)
	}
}

// TestSoundStays keeps sound and picture together, within 40 ms, whatever the film's file and where it begins late.
func TestSoundStays(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what encodes many films")
	}
	tool(t, "ffmpeg")
	dir := t.TempDir()
	video := filepath.Join(dir, "video.mp4")
	make := func(path string, args ...string) {
		t.Helper()
		if out, err := ffmpeg.Command(append(args, path)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	make(video, "-f", "lavfi", "-i", "color=s=32x24:r=25:d=2", "-c:v", "libx264")
	// A click at 1 s of the sound.
	click := "aevalsrc='if(between(t,1,1.02),sin(6000*t),0)':d=2:s=48000"
	for _, c := range []struct {
		name  string
		codec string
		begin float64
		from  float64
	}{{"a.mp4", "aac", 0, 0}, {"a.mkv", "flac", 0, 0}, {"a.ts", "mp2", 1.4, 0}, {"b.mkv", "pcm_s16le", 0, .5}, {"b.mp4", "aac", 0, .5}, {"b.ts", "mp2", 1.4, .5}} {
		film := filepath.Join(dir, c.name)
		make(film, "-f", "lavfi", "-i", click, "-c:a", c.codec)
		out := filepath.Join(dir, "out-"+c.name+".mp4")
		s := &Sound{Path: film, Begin: begin(t, film), From: c.from}
		for i, args := range muxes(".mp4", []string{"-i", video}, s) {
			cmd := ffmpeg.Command(append(args, out)...)
			cmd.Stdin = strings.NewReader(metadata(""))
			msg, err := cmd.CombinedOutput()
			if err == nil {
				break
			}
			if i == 1 {
				t.Fatalf("%s: %v: %s", c.name, err, msg)
			}
		}
		if at := loud(t, out); at < 1-c.from-.04 || at > 1-c.from+.04 {
			t.Errorf("%s: the click is at %.3f s, want %.3f", c.name, at, 1-c.from)
		}
		if got := streams(t, out); !strings.Contains(got, "h264,video,0.000000") {
			t.Errorf("%s: the picture begins late: %s", c.name, got)
		}
	}
}

// begin is a file's beginning on its own clock.
func begin(t *testing.T, path string) (s float64) {
	t.Helper()
	out, err := exec.Command(tool(t, "ffprobe"), "-v", "error", "-show_entries", "format=start_time", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(out), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// loud is when the sound of a file becomes loud, beside its pictures.
func loud(t *testing.T, path string) float64 {
	t.Helper()
	out, err := exec.Command(tool(t, "ffmpeg"), "-v", "error", "-i", path, "-map", "0:v", "-map", "0:a", "-c:v", "rawvideo", "-f", "null", "-",
		"-map", "0:a", "-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", "8000", "-f", "s16le", "pipe:1").Output()
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(out); i += 2 {
		if v := int16(uint16(out[i]) | uint16(out[i+1])<<8); v > 3000 || v < -3000 {
			return float64(i) / 2 / 8000
		}
	}
	t.Fatalf("%s is silent", path)
	return 0
}
