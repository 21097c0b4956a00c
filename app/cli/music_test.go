package cli

import (
	"math"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"zalgoscope/app/toolstest"
)

// A film to a song is as long as the song, has its sound, and is cut on its beats: seen in the frames, by how much
// each differs from the one before.
func TestMusic(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	dir := t.TempDir()
	song, film := filepath.Join(dir, "song.flac"), filepath.Join(dir, "film.mp4")
	const fps, beat, cuts = 10, 0.5, 4
	click := "aevalsrc=0.6*exp(-mod(t\\,0.5)*60)*sin(2*PI*90*t):s=44100:d=7.3"
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", click, song).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	mustRun(t, "dream", "clouds", "-o", film, "--music", song, "--cuts", strconv.Itoa(cuts), "--size", "48x32", "--fps", strconv.Itoa(fps),
		"--zoom", "0.02", "--octaves", "1", "--steps", "1")
	for stream, want := range map[string]float64{"v:0": 7.3, "a:0": 7.3} {
		out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", stream, "-show_entries", "stream=start_time,duration", "-of", "csv=p=0", film).Output()
		if err != nil {
			t.Fatal(err)
		}
		begin, length, _ := strings.Cut(strings.TrimSpace(string(out)), ",")
		b, err1 := strconv.ParseFloat(begin, 64)
		l, err2 := strconv.ParseFloat(length, 64)
		if err1 != nil || err2 != nil || math.Abs(b) > 0.001 || math.Abs(l-want) > 0.04 {
			t.Errorf("%s begins at %s and is %s s long, want 0 and %g", stream, begin, length, want)
		}
	}
	raw, err := exec.Command("ffmpeg", "-v", "error", "-i", film, "-f", "rawvideo", "-pix_fmt", "gray", "pipe:1").Output()
	if err != nil {
		t.Fatal(err)
	}
	const size = 48 * 32
	var cutAt []int
	for n := 2; (n+1)*size <= len(raw); n++ {
		change := func(n int) (sum float64) {
			for i := range size {
				sum += math.Abs(float64(raw[n*size+i]) - float64(raw[(n-1)*size+i]))
			}
			return sum / size
		}
		if c := change(n); c > 20 && c > 2.5*change(n-1) {
			cutAt = append(cutAt, n)
		}
	}
	if len(cutAt) != 3 {
		t.Fatalf("cuts at the frames %v, want three", cutAt)
	}
	for i, n := range cutAt {
		want := float64(i+1) * cuts * beat * fps
		if math.Abs(float64(n)-want) > 1 {
			t.Errorf("cut %d is at frame %d, its beat at %g", i+1, n, want)
		}
	}
}

// What cannot be made to music says why.
func TestMusicErrors(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "film.mp4")
	for _, args := range [][]string{
		{"--cuts", "4"}, {"--music", filepath.Join(dir, "none.mp3")}, {"--music", dir},
	} {
		_, err := run(append([]string{"dream", "clouds", "-o", out}, args...)...)
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v", args, err)
		}
	}
}
