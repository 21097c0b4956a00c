package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestEndTellsWhatIsWritten ends the program while a film is being made, which it waits for and tells.
func TestEndTellsWhatIsWritten(t *testing.T) {
	s := headless(t, nil)
	s.dreaming(t)
	out, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	before := os.Stderr
	os.Stderr = out
	defer func() { os.Stderr = before }()
	written := make(chan bool)
	s.finish(&job{name: "film-2x.mp4"}, func() (string, error) { <-written; return "", nil })
	time.AfterFunc(grace+500*time.Millisecond, func() { close(written) })
	if err := s.end(); err != nil {
		t.Error(err)
	}
	s.session = nil // which is closed
	if text, err := os.ReadFile(out.Name()); err != nil || strings.Count(string(text), "still writing film-2x.mp4") != 1 {
		t.Errorf("it tells %q: %v", text, err)
	}
}
