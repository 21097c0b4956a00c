package app

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"time"

	"zalgoscope/app/toolstest"
)

// BenchmarkWindow watches the window for some seconds beside a quick engine and beside one that makes a
// gradient step a second: how often it draws and updates, and how long an Update takes.
func BenchmarkWindow(b *testing.B) {
	for _, kind := range []string{"small", "slow", "real"} {
		b.Run(kind, func(b *testing.B) {
			w := open(b, kind)
			began := time.Now()
			w.until("it dreams", func(s state) bool { return s.Frame >= 1 })
			first, spent := time.Since(began), w.state().Spent
			time.Sleep(5 * time.Second) // thumbnails and sizes settle
			w.ask(request{Do: "measure"})
			b.ResetTimer()
			const watched = 5 * time.Second
			var s state
			for range b.N {
				time.Sleep(watched)
				s = w.state()
			}
			b.ReportMetric(first.Seconds(), "s-to-first-frame")
			b.ReportMetric(spent.Seconds(), "processor-s-to-first-frame")
			b.ReportMetric(float64(s.Updates)/s.Took.Seconds(), "updates/s")
			b.ReportMetric(float64(s.Size.X), "px-wide")
			s.report(b)
			w.close()
		})
	}
}

// BenchmarkLibrary watches the window while it shows scenes and classes: of a net whose pictures the program carries, and of
// one whose pictures are all dreamed meanwhile.
func BenchmarkLibrary(b *testing.B) {
	for _, kind := range []string{"real", "unshipped"} {
		for page, key := range []string{"s", "l"} {
			b.Run(kind+" "+[]string{"scenes", "classes"}[page], func(b *testing.B) {
				w := openOn(b, toolstest.Xvfb(b, "1366x768"), kind)
				w.until("it dreams", func(s state) bool { return s.Frame >= 1 && s.Laid })
				w.ask(request{Do: "measure"})
				w.key(key)
				began := time.Now()
				w.until("a picture is there", func(s state) bool { return s.Library.Known > 0 })
				first := time.Since(began)
				b.ResetTimer()
				var s state
				for range b.N {
					time.Sleep(8 * time.Second)
					s = w.state()
				}
				w.shot(kind + "-" + key)
				b.ReportMetric(first.Seconds(), "s-to-first-picture")
				b.ReportMetric(float64(s.Library.Known), "pictures")
				s.report(b)
				w.close()
			})
		}
	}
}

// report gives what the window's drawing and its Updates cost.
func (s state) report(b *testing.B) {
	b.ReportMetric(float64(s.Draws)/s.Took.Seconds(), "draws/s")
	b.ReportMetric(s.Longest.Seconds()*1e3, "ms-longest-update")
	b.ReportMetric(s.Worked.Seconds()*1e3, "ms-longest-update-cpu")
	b.ReportMetric(s.Mean.Seconds()*1e6, "us-mean-update")
	b.ReportMetric(float64(s.Over), "updates-over-5ms")
	b.ReportMetric(s.Dreams, "dreams/s")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkSharing watches for a minute how smoothly the window is drawn while an engine works on the same
// device: GL on llvmpipe beside the window's own llvmpipe, and the CPU engine beside it. Stalls
// tell of ours only where others left the processors alone, so what they take is measured too.
func BenchmarkSharing(b *testing.B) {
	for _, kind := range []string{"gl", "real"} {
		b.Run(kind, func(b *testing.B) {
			w := open(b, kind)
			w.until("it dreams", func(s state) bool { return s.Frame >= 1 })
			began, spent, all := time.Now(), w.ask(request{Do: "measure"}).Spent, processorsBusy(b)
			b.ResetTimer()
			var s state
			for range b.N {
				time.Sleep(time.Minute)
				s = w.state()
			}
			others := processorsBusy(b) - all - (s.Spent - spent)
			b.ReportMetric(100*others.Seconds()/time.Since(began).Seconds()/float64(runtime.NumCPU()), "%-others-and-X")
			b.ReportMetric(float64(s.Draws)/s.Took.Seconds(), "draws/s")
			b.ReportMetric(s.Gap.Seconds()*1e3, "ms-longest-gap")
			b.ReportMetric(float64(s.Stalls), "gaps-over-100ms")
			b.ReportMetric(s.Longest.Seconds()*1e3, "ms-longest-update")
			b.ReportMetric(s.Steps, "steps/s")
			b.ReportMetric(s.Dreams, "dreams/s")
			b.ReportMetric(float64(s.Size.X), "px-wide")
			b.ReportMetric(0, "ns/op")
			w.close()
		})
	}
}

// processorsBusy is what all processors have worked since the machine began, proc(5).
func processorsBusy(b *testing.B) time.Duration {
	b.Helper()
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		b.Skip("needs Linux's /proc/stat: ", err)
	}
	var user, nice, system, idle, wait, irq, soft int64
	if _, err := fmt.Sscanf(string(data), "cpu %d %d %d %d %d %d %d", &user, &nice, &system, &idle, &wait, &irq, &soft); err != nil {
		b.Fatal(err)
	}
	return time.Duration(user+nice+system+irq+soft) * 10 * time.Millisecond
}

// idleShare is the most of a processor that a window takes which stands still and which nobody touches.
const idleShare = 0.02

// TestIdle leaves a paused window alone, while hints of the first start stay and thumbnails are missing.
func TestIdle(t *testing.T) {
	w := openManaged(t, "small", usual, 30, patientVar+"=1")
	w.dreaming()
	w.key("space")
	w.until("it stands", func(s state) bool { return s.Stands })
	time.Sleep(6 * time.Second) // what was begun
	const watched = 4 * time.Second
	best := 1.0
	for range 5 {
		before := w.state()
		began := time.Now()
		time.Sleep(watched)
		after := w.state()
		share := (after.Spent - before.Spent).Seconds() / time.Since(began).Seconds()
		t.Logf("%.2f %% of a processor, %d drawings, %d updates, %d thumbnails", 100*share, after.Drawn-before.Drawn, after.Updates-before.Updates, after.Thumbs)
		if len(after.Hints) == 0 {
			t.Fatal("the hints are gone")
		}
		if best = min(best, share); best < idleShare {
			break
		}
	}
	if best > idleShare {
		t.Errorf("a window that stands still takes %.1f %% of a processor", 100*best)
	}
	w.close()
}
