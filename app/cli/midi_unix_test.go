//go:build unix

package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"zalgoscope/app/control/surface"
)

// said is a writer that can be read meanwhile.
type said struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *said) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// What a device says is printed as maps name it, with what it is mapped to.
func TestMIDI(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nanoKONTROL2")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	device, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var out said
	ended := make(chan error, 1)
	go func() { ended <- showMIDI(ctx, &out, midiAt(path)) }()
	wait := func(words ...string) {
		t.Helper()
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			lines := strings.Split(out.String(), "\n")
			for _, l := range lines {
				if strings.Join(strings.Fields(l), " ") == strings.Join(words, " ") {
					return
				}
			}
			if time.Now().After(end) {
				t.Fatalf("it does not say %q, but %q", words, lines)
			}
		}
	}
	wait("nanoKONTROL2 is heard; 49 of its controls are mapped")
	if _, err := device.Write([]byte{0xb0, 0, 64, 0x90, 60, 100}); err != nil {
		t.Fatal(err)
	}
	wait("nanoKONTROL2", "cc 1 0", "64", "/zalgo")
	wait("nanoKONTROL2", "note 1 60", "100", "-")
	cancel()
	if err := <-ended; err != context.Canceled {
		t.Errorf("it ends with %v", err)
	}
}

// The README's map is one.
func TestReadmeMap(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(text), "\n    [[device]]\n")
	block, _, _ = strings.Cut(block, "\n\n")
	list, bad, err := surface.Parse([]byte("[[device]]\n" + block))
	if err != nil || bad != nil || len(list) != 1 || len(list[0].Map) != 4 {
		t.Errorf("got %+v, %v, %v", list, bad, err)
	}
}
