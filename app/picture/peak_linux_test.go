package picture

import (
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"zalgoscope/app/toolstest"
)

// resident is a line of the memory of this process in bytes, VmRSS for what it has now and VmHWM for the most that it had.
func resident(t *testing.T, line string) (bytes int64) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), line+":")
	if _, err := fmt.Sscan(rest, &bytes); err != nil {
		t.Fatal(err)
	}
	return bytes << 10
}

// peak is by how many bytes this process grew at most while f ran.
func peak(t *testing.T, f func()) int64 {
	t.Helper()
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // proc(5): the peak is what there is now
		toolstest.Skip(t, "cannot reset the peak of the memory:", err)
	}
	before := resident(t, "VmRSS")
	f()
	return resident(t, "VmHWM") - before
}

// A picture of 24 million pixels takes no more than is accounted for, and one that says that it has 192x128 and is as large no more
// than one of 192x128.
func TestPeak(t *testing.T) {
	for _, small := range []string{"plain.heic", "plain.avif"} { // the first one of a sort gets its decoder ready
		if _, err := Decode(testdata(t, small)); err != nil {
			t.Fatal(err)
		}
	}
	names := []string{"large/large.heic", "large/large.avif", "large/alpha444.avif", "large/deep444.avif"}
	if testing.Short() {
		names = names[:1] // a HEIC's
	}
	for _, name := range names {
		data := saying(t, name, 6000, 4000)
		s, err := open(data)
		if err != nil {
			t.Fatal(err)
		}
		took := peak(t, func() {
			m, err := Options{Most: 600}.decode(data, "")
			if err != nil {
				t.Errorf("%s: %v", name, err)
			} else if want := [3]float64{127, 127, 127}; !near(mean(m), want, 2) {
				t.Errorf("%s: mean %v, want %v", name, mean(m), want)
			}
		})
		t.Logf("%s: %.1f bytes a pixel", name, float64(took)/24e6)
		if most := s.cost(600, 400); took > most || most > mostMemory {
			t.Errorf("%s took %d MB, accounted for are %d, and at most %d may be", name, took>>20, most>>20, mostMemory>>20)
		}
		data = saying(t, name, 192, 128)
		took = peak(t, func() { _, err = Decode(data) })
		if err == nil || !strings.Contains(err.Error(), errBound.Error()) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s that lies: %v", name, err)
		}
		if took > 2*codecMemory {
			t.Errorf("%s that lies took %d MB", name, took>>20)
		}
	}
}
