package flow

import (
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"zalgoscope/app/flow/flowtest"
)

// TestCompare prints our errors and times and those of OpenCV's DIS, found by one run on one thread each, where
// ZALGOSCOPE_OPENCV names a Python with OpenCV.
func TestCompare(t *testing.T) {
	python := os.Getenv("ZALGOSCOPE_OPENCV")
	if python == "" {
		t.Skip("ZALGOSCOPE_OPENCV names no Python with OpenCV")
	}
	folder := t.TempDir()
	for _, s := range flowtest.Sequences {
		writeSequence(t, folder, s)
	}
	theirs := func() {
		out, err := exec.Command(python, "compare.py", folder).CombinedOutput()
		fmt.Print(string(out))
		if err != nil {
			t.Fatal(err)
		}
	}
	theirs()
	for i, name := range []string{Fast: "Fast", Fine: "Fine", Finest: "Finest"} {
		e := newEstimator(flowtest.W, flowtest.H, Effort(i))
		for _, s := range flowtest.Sequences {
			off, median, least := timed(e, s)
			fmt.Printf("%-8s ours %s %.4f px %6.2f ms (least %.2f)\n", s.Name, name, off, median, least)
		}
	}
	theirs()
}

// writeSequence writes a sequence as compare.py reads it.
func writeSequence(t *testing.T, folder string, s flowtest.Sequence) {
	var frames []byte
	var flows []float32
	for n := range 10 {
		frames = append(frames, s.Frame(n).Pix...)
		if n == 9 {
			break
		}
		f, seen := truthOf(s, n)
		flows = slices.Concat(flows, f.U, f.V)
		for _, see := range seen {
			v := float32(0)
			if see {
				v = 1
			}
			flows = append(flows, v)
		}
	}
	all, err := binary.Append(nil, binary.LittleEndian, flows)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, s.Name+".raw"), frames, 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, s.Name+".flow"), all, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// timed is the error of flows on a sequence, and the milliseconds that a pair takes from its bytes on, the median and the least.
func timed(e *estimator, s flowtest.Sequence) (off, median, least float64) {
	a, b := newPyramid(flowtest.W, flowtest.H), newPyramid(flowtest.W, flowtest.H)
	var times []float64
	f := NewField(flowtest.W, flowtest.H)
	for n := range 9 {
		first, second := s.Frame(n), s.Frame(n+1)
		truth, seen := truthOf(s, n)
		for range 9 {
			began := time.Now()
			a.setGrey(first.Pix)
			b.setGrey(second.Pix)
			e.find(a, b, f)
			times = append(times, 1000*time.Since(began).Seconds())
		}
		off += endpoint(f, truth, seen) / 9
	}
	slices.Sort(times)
	return off, times[len(times)/2], times[0]
}
