//go:build amd64 || arm64

package sound

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"
)

// An ear hears what plays: bass drums at 120 beats a minute, and nothing else, by the sources that ZALGOSCOPE_SOURCES names,
// with commas between. `make wine` runs it.
func TestWindowsEar(t *testing.T) {
	sources := os.Getenv("ZALGOSCOPE_SOURCES")
	if sources == "" {
		t.Skip("ZALGOSCOPE_SOURCES is not set: nothing is known to play")
	}
	for _, source := range strings.Split(sources, ",") {
		t.Run(source, func(t *testing.T) {
			reports := make(chan error, 16)
			ear := Listen(source, func(err error) { reports <- err })
			defer ear.Close()
			if err := <-reports; err != nil {
				if wrong := codeError(0x88890003); errors.As(err, &wrong) && wrong == 0x88890003 && source == Computer {
					t.Skip("this Wine gives no loopback of a device that plays:", err)
				}
				t.Fatal(err)
			}
			bass := 0.0
			for end := time.Now().Add(30 * time.Second); bass < 0.5 || math.Abs(ear.Heard().Tempo/120-1) > 0.01; time.Sleep(10 * time.Millisecond) {
				bass = max(bass, ear.Heard().Levels[0])
				if time.Now().After(end) {
					t.Fatalf("not heard: bass and a beat at 120; at last %+v, bass %g", ear.Heard(), bass)
				}
			}
		})
	}
}

// A device that nobody has is told with those that there are.
func TestNoDevice(t *testing.T) {
	reports := make(chan error, 16)
	ear := Listen("nobody's", func(err error) { reports <- err })
	defer ear.Close()
	if err := <-reports; err == nil || !strings.Contains(err.Error(), `"nobody's"`) {
		t.Errorf("it says %v", err)
	}
}
