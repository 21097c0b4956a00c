package record

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test program be the recording that TestKill kills.
func TestMain(m *testing.M) {
	if path := os.Getenv("RECORD_UNTIL_KILLED"); path != "" {
		untilKilled(path)
	}
	os.Exit(m.Run())
}

// untilKilled records without end, in the background as the studio does, and says
// how many frames there have been.
func untilKilled(path string) {
	o, _ := recording(Options{FPS: 50})
	rec, err := Create(path, o)
	if err != nil {
		panic(err)
	}
	w := Background(rec, 8)
	frames := newScene(80, 60).frames(20)
	for n := 0; ; n++ {
		if err := w.Add(frames[n%len(frames)]); err != nil {
			panic(err)
		}
		fmt.Println(n + 1)
	}
}

// TestKill kills a recording at full speed, several times, and opens what is left.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long films")
	}
	for _, name := range []string{"a.gif", "a.apng"} {
		for run := range 2 {
			path := filepath.Join(t.TempDir(), name)
			added := killed(t, path, time.Duration(60+120*run)*time.Millisecond)
			frames := playAny(t, path)
			const second = 50
			if frames < added-second || frames > added+1 {
				t.Errorf("%s: of %d frames %d are left, want all but the last second's %d", name, added, frames, second)
			}
			if r, err := ReadRecipe(path); err != nil || r.Frames != frames || len(r.Changes) != 41 {
				t.Errorf("%s: got recipe of %d frames, %d changes, %v, want %d and 41", name, r.Frames, len(r.Changes), err, frames)
			}
		}
	}
}

// TestKillVideo kills a recording of video; ffmpeg, left alone, finishes the file.
func TestKillVideo(t *testing.T) {
	tool(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "a.mp4")
	added := killed(t, path, 100*time.Millisecond)
	deadline := time.Now().Add(3 * time.Minute)
	for {
		out, err := exec.Command(tool(t, "ffprobe"), "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path).CombinedOutput()
		var n int
		if _, serr := fmt.Sscan(string(out), &n); err == nil && serr == nil && n >= added-50 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("of %d frames there are: %s", added, out)
		}
		time.Sleep(100 * time.Millisecond)
	}
	if r, err := ReadRecipe(path); err != nil || r.Frames != 0 {
		t.Errorf("got a recipe of %d frames, %v, want one that does not know their number", r.Frames, err)
	}
}

// killed runs a recording, kills it after a time of frames, and gives their number.
func killed(t *testing.T, path string, after time.Duration) (added int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "RECORD_UNTIL_KILLED="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// The time runs from the twentieth frame on, so that there is something to lose.
	var all bytes.Buffer
	buf := make([]byte, 1<<12)
	for strings.Count(all.String(), "\n") < 20 {
		n, err := out.Read(buf)
		all.Write(buf[:n])
		if err != nil {
			t.Fatalf("the recording ended by itself: %v", err)
		}
	}
	time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	for {
		n, err := out.Read(buf)
		all.Write(buf[:n])
		if err != nil {
			break
		}
	}
	_ = cmd.Wait()
	return strings.Count(all.String(), "\n")
}

// playAny decodes every frame of a file and gives their number.
func playAny(t *testing.T, path string) int {
	t.Helper()
	if strings.HasSuffix(path, ".gif") {
		return len(playGIF(t, path, nil).Image)
	}
	var n int
	if _, err := fmt.Sscan(probe(t, path).Frames, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

var errFull = errors.New("no space left on device")

// smallDisk is a file that has room for so many bytes.
type smallDisk struct {
	*os.File
	room int64
}

func (d *smallDisk) WriteAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) <= d.room {
		return d.File.WriteAt(p, at)
	}
	n := max(d.room-at, 0)
	_, _ = d.File.WriteAt(p[:n], at)
	return int(n), errFull
}

// TestFullDisk fills the disk at every possible place within some frames.
func TestFullDisk(t *testing.T) {
	frames := newScene(24, 16).frames(8)
	path := filepath.Join(t.TempDir(), "a.gif")
	for room := int64(2500); room < 6000; room += 97 {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		o, err := Options{}.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		rec, err := newGIF(path, o)
		if err != nil {
			t.Fatal(err)
		}
		g := rec.(*gifRecorder)
		g.f = &smallDisk{g.place.File, room}
		for _, m := range frames {
			if err = g.Add(m); err != nil {
				break
			}
		}
		if err := g.Close(); !errors.Is(err, errFull) {
			t.Fatalf("room for %d bytes: got error %v, want %v", room, err, errFull)
		}
		info, err := os.Stat(path)
		if err != nil || info.Size() > room {
			t.Fatalf("room for %d bytes: the file has %d, %v", room, info.Size(), err)
		}
		if n := playAny(t, path); n < 1 || n >= len(frames) {
			t.Errorf("room for %d bytes: got %d frames of %d", room, n, len(frames))
		}
	}
}

// TestFullFilesystem records every kind of file onto a filesystem that is too small.
func TestFullFilesystem(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("needs root on Linux to mount a small tmpfs")
	}
	frames := newScene(160, 120).frames(30)
	for _, name := range []string{"a.gif", "a.apng", "%03d.png", "a.mp4", "a.webm"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", dir).CombinedOutput(); err != nil {
				t.Skipf("needs to mount a small tmpfs: %s", bytes.TrimSpace(out))
			}
			defer func() {
				if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
					t.Errorf("umount: %s", out)
				}
			}()
			o := Options{Quality: 100}
			if ext := filepath.Ext(name); ext == ".mp4" || ext == ".webm" {
				tool(t, "ffmpeg")
				o.FPS = 5 // frames of a second, which a video is in pieces of
			}
			path := filepath.Join(dir, name)
			rec, err := Create(path, o)
			if err != nil {
				t.Fatal(err)
			}
			w := Background(rec, 4)
			for range 10 {
				for _, m := range frames {
					if err = w.Add(m); err != nil {
						break
					}
				}
			}
			cerr := w.Close()
			if cerr == nil || err == nil {
				t.Fatalf("got errors %v, %v, want that the disk is full", err, cerr)
			} else if !strings.Contains(cerr.Error(), "space") {
				t.Errorf("got error %v, want one that speaks of space", cerr)
			} else if strings.Contains(strings.TrimSpace(cerr.Error()), "\n") {
				t.Errorf("got error %q, want one line", cerr)
			}
			if !errors.Is(w.Add(frames[0]), cerr) {
				t.Error("a frame after the error is taken")
			}
			switch name {
			case "a.webm":
				// It ends within a block, at which readers complain and stop.
				out, err := exec.Command(tool(t, "ffprobe"), "-v", "quiet", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", path).Output()
				var n int
				if _, serr := fmt.Sscan(string(out), &n); serr != nil || n < 1 {
					t.Errorf("got %q frames, %v", out, err)
				}
			case "a.gif", "a.apng", "a.mp4":
				if n := playAny(t, path); n < 1 {
					t.Errorf("got %d frames", n)
				}
			case "%03d.png":
				checkSeries(t, dir)
			}
		})
	}
}

// checkSeries decodes every picture of a folder, in which nothing else may be left.
func checkSeries(t *testing.T, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) == 0 {
		t.Fatalf("got %v, %v, want pictures", names, err)
	}
	hidden, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if len(hidden) > 0 {
		t.Errorf("%v is left behind", hidden)
	}
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := image.Decode(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.Close()
	}
}
