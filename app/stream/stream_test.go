package stream

import (
	"fmt"
	"image"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/ffmpeg"
	"zalgoscope/app/toolstest"
)

func grey(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = 128
	}
	return m
}

// freePort is one on which nobody listens.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// listener keeps what comes at an address in a file.
func listener(t *testing.T, args []string, file string) *exec.Cmd {
	t.Helper()
	cmd := ffmpeg.Command(append(args, "-map", "0", "-c", "copy", "-f", "mpegts", "-flush_packets", "1", file)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd
}

// TestStreamSurvives sends to a server that is not there yet, comes, dies and returns, which has pictures and sound each
// time, by each of the ways that there are.
func TestStreamSurvives(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out servers that come and go")
	}
	toolstest.Need(t, "ffmpeg", "ffprobe")
	for _, c := range []struct {
		to     string // with a port's place in it
		listen []string
	}{
		{"tcp://127.0.0.1:%d", []string{"-f", "mpegts", "-i", "tcp://127.0.0.1:%d?listen=1"}},
		{"rtmp://127.0.0.1:%d/live/key", []string{"-listen", "1", "-i", "rtmp://127.0.0.1:%d/live/key"}},
		{"srt://127.0.0.1:%d", []string{"-f", "mpegts", "-i", "srt://127.0.0.1:%d?mode=listener"}},
	} {
		way, _, _ := strings.Cut(c.to, ":")
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			port := freePort(t)
			last := len(c.listen) - 1
			listen := append(c.listen[:last:last], fmt.Sprintf(c.listen[last], port))
			notes := make(chan string, 16)
			s, err := Open(fmt.Sprintf(c.to, port), Options{Rate: 10, Note: func(n string) { notes <- n }})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			s.Show(grey(64, 48))
			hear := func(want string) {
				t.Helper()
				select {
				case n := <-notes:
					if !strings.Contains(n, want) || strings.Contains(n, "key") {
						t.Fatalf("the note is %q, want %q", n, want)
					}
				case <-time.After(time.Minute):
					t.Fatalf("nothing tells of %q", want)
				}
			}
			hear("takes no stream")
			for n := range 2 {
				file := filepath.Join(t.TempDir(), fmt.Sprint(n, ".ts"))
				l := listener(t, listen, file)
				hear("again")
				if up, sent, _ := s.State(); !up || sent < 10 {
					t.Errorf("up %t, sent %d", up, sent)
				}
				toolstest.Until(t, "both are there", func() bool {
					out, _ := ffmpeg.Probe("-show_entries", "packet=codec_type", "-of", "csv=p=0", file).Output()
					return strings.Count(string(out), "video") >= 5 && strings.Count(string(out), "audio") >= 5
				})
				if err := l.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				_ = l.Wait()
				hear("takes no stream")
			}
		})
	}
}

// TestStreamDrops sends to a server that takes nothing: showing waits for nothing, and what is dropped is counted.
func TestStreamDrops(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := Open("tcp://"+l.Addr().String(), Options{Rate: 60, Size: image.Pt(640, 480), Note: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	noise := image.NewRGBA(image.Rect(0, 0, 640, 480))
	for i := range noise.Pix {
		noise.Pix[i] = uint8(i * i >> 3 * 7919 >> 5)
	}
	longest := time.Duration(0)
	toolstest.Until(t, "pictures are dropped", func() bool {
		began := time.Now()
		s.Show(noise)
		longest = max(longest, time.Since(began))
		_, _, dropped := s.State()
		return dropped > 5
	})
	if longest > hung/2 { // a picture that waited for the server would wait for hung
		t.Errorf("a picture waits for %v", longest)
	}
	ended := make(chan struct{})
	go func() {
		s.Close()
		close(ended)
	}()
	toolstest.Until(t, "it ends", func() bool {
		select {
		case <-ended:
			return true
		default:
			return false
		}
	})
}

// TestStreamToFile writes a file with sound, which is whole, and leaves what is there.
func TestStreamToFile(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	to := filepath.Join(t.TempDir(), "live.ts")
	s, err := Open(to, Options{Rate: 20, Note: func(n string) { t.Log(n) }})
	if err != nil {
		t.Fatal(err)
	}
	s.Show(grey(65, 49)) // 4:2:0 has even sides
	toolstest.Until(t, "a second is sent", func() bool { _, sent, _ := s.State(); return sent > 20 })
	s.Close()
	out, err := ffmpeg.Probe("-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", to).Output()
	if text := string(out); err != nil || !strings.Contains(text, "h264,64,48") || !strings.Contains(text, "aac") {
		t.Errorf("it has %q: %v", text, err)
	}
	if _, err := Open(to, Options{}); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("a file that is there is written over: %v", err)
	}
}

// TestBadAddresses are refused in a line that keeps the key.
func TestBadAddresses(t *testing.T) {
	toolstest.Need(t, "ffmpeg", "ffprobe")
	for _, to := range []string{"", "live.mp4", "gopher://x/y", "/dev/video987", "https://host/app/secret"} {
		if err := Check(to); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", to, err)
		}
	}
	if got := Public("rtmp://live.example.org/app/secret"); got != "rtmp://live.example.org" {
		t.Errorf("what is told of an address is %q", got)
	}
	t.Setenv("PATH", t.TempDir())
	if err := Check("rtmp://host/app/key"); err == nil || !strings.Contains(err.Error(), "install") {
		t.Errorf("without ffmpeg: %v", err)
	}
}
