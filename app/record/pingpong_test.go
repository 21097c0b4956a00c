package record

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestPingPong(t *testing.T) {
	for frames, want := range map[int]string{1: "[0]", 2: "[0 10]", 3: "[0 10 20 10]", 5: "[0 10 20 30 40 30 20 10]"} {
		var l list
		p := &pingpong{next: &l, folder: t.TempDir()}
		for i := range frames {
			if err := p.Add(grey(10 * i)); err != nil {
				t.Fatal(err)
			}
		}
		left, err := os.ReadDir(p.folder)
		if err != nil || runtime.GOOS != "windows" && len(left) > 0 {
			t.Errorf("a kill would leave %v behind, %v", left, err)
		}
		for range 2 { // closing it again changes nothing
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
		}
		var got []uint8
		for _, m := range l.frames {
			got = append(got, m.Pix[0])
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%d frames: got %v, want %s", frames, got, want)
		}
		if left, err := os.ReadDir(p.folder); err != nil || len(left) > 0 {
			t.Errorf("%v is left behind, %v", left, err)
		}
	}
}

// TestPingPongFull has no room for a frame that is to wait: the file holds those before.
func TestPingPongFull(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("needs Linux's limit on the size of files")
	}
	folder := t.TempDir()
	p := &pingpong{folder: folder}
	path := filepath.Join(folder, "a.gif")
	next, err := Create(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	p.next = next
	frames := newScene(40, 30).frames(4)
	for _, m := range frames[:3] {
		if err := p.Add(m); err != nil {
			t.Fatal(err)
		}
	}
	// A spool that can be read but no longer written is as good as a full one.
	read, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", p.spool.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	p.spool.Close()
	p.spool.File = read
	if err := p.Add(frames[3]); err == nil || !strings.Contains(err.Error(), "way back") {
		t.Errorf("got error %v, want one about the way back", err)
	}
	if err := p.Close(); err == nil {
		t.Error("closing gives no error")
	}
	if n := playAny(t, path); n != 3 {
		t.Errorf("got %d frames, want the 3 of the way forward", n)
	}
}

// TestPingPongCutOff looks at the file throughout the way back, as a kill would leave it: its recipe
// knows the recording's frames.
func TestPingPongCutOff(t *testing.T) {
	const count = 8
	frames := newScene(40, 30).frames(count)
	for _, name := range []string{"a.gif", "a.apng"} {
		path := filepath.Join(t.TempDir(), name)
		left, looks := 0, 0
		o, _ := recording(Options{Loop: PingPong})
		o.Closing = func(done, total int) {
			if done < 3 {
				return // the writer, which is up to two frames behind, may not have turned yet
			}
			looks++
			left = playAny(t, path)
			if r, err := ReadRecipe(path); err != nil || r.Frames != count {
				t.Errorf("%s, %d frames into the way back: got a recipe of %d frames, %v, want %d", name, done, r.Frames, err, count)
			}
		}
		record(t, path, o, frames)
		if looks == 0 || left <= count {
			t.Errorf("%s: of the way back no frame was there in %d looks", name, looks)
		}
		if r, err := ReadRecipe(path); err != nil || r.Frames != count {
			t.Errorf("%s: got a recipe of %d frames, %v, want %d", name, r.Frames, err, count)
		}
	}
}
