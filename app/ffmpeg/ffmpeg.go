// Package ffmpeg runs the ffmpeg and ffprobe programs, which open, write and send what moves.
package ffmpeg

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"sync"

	"zalgoscope/app/detach"
)

// ErrMissing says that the program is not there, and what to do.
var ErrMissing = errors.New("the ffmpeg program is not on PATH; install it (Debian, Ubuntu: apt install ffmpeg; Fedora: dnf install ffmpeg-free; Windows: winget install ffmpeg; macOS: brew install ffmpeg)")

// Check is ErrMissing where ffmpeg or ffprobe is not there.
func Check() error {
	for _, name := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(name); err != nil {
			return ErrMissing
		}
	}
	return nil
}

// Command is a run of ffmpeg, which says only what went wrong.
func Command(args ...string) *exec.Cmd {
	return run("ffmpeg", append([]string{"-hide_banner", "-loglevel", "error", "-y"}, args...))
}

// Probe is a run of ffprobe, likewise.
func Probe(args ...string) *exec.Cmd {
	return run("ffprobe", append([]string{"-hide_banner", "-loglevel", "error"}, args...))
}

func run(name string, args []string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	detach.Child(cmd) // Ctrl-C is for us
	return cmd
}

// File is a path as ffmpeg takes it: a name with a dash at its beginning or a colon is a file's all the same.
func File(path string) string { return "file:" + path }

// Complaint is ffmpeg's own last line about an error that says what it is: some end where the reason should come.
func Complaint(err error, stderr string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return ErrMissing
	}
	lines := strings.Split(stderr, "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if line := strings.TrimSpace(lines[i]); line != "" && !strings.HasSuffix(line, "--") {
			return fmt.Errorf("ffmpeg: %s (%w)", line, err)
		}
	}
	return fmt.Errorf("ffmpeg: %w", err)
}

// Tail keeps the end of what is written to it. It may be used by several goroutines.
type Tail struct {
	mu  sync.Mutex
	end []byte // guarded by mu
}

// mostTail is how much a Tail keeps.
const mostTail = 4096

func (t *Tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, p...)
	if over := len(t.end) - mostTail; over > 0 {
		t.end = bytes.Clone(t.end[over:])
	}
	return len(p), nil
}

func (t *Tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.end)
}
