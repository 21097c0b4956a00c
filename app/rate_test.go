package app

import (
	"testing"
	"time"
)

// BenchmarkWindow watches the window for some seconds beside a quick engine and beside one that makes a
// gradient step a second: how often it draws and updates, and how long an Update takes.
func BenchmarkWindow(b *testing.B) {
	for _, kind := range []string{"small", "slow", "real"} {
		b.Run(kind, func(b *testing.B) {
			w := open(b, kind)
			began := time.Now()
			w.until("it dreams", func(s state) bool { return s.Frame >= 1 })
			first := time.Since(began)
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
			b.ReportMetric(float64(s.Draws)/s.Took.Seconds(), "draws/s")
			b.ReportMetric(float64(s.Updates)/s.Took.Seconds(), "updates/s")
			b.ReportMetric(s.Longest.Seconds()*1e3, "ms-longest-update")
			b.ReportMetric(s.Mean.Seconds()*1e6, "us-mean-update")
			b.ReportMetric(float64(s.Over), "updates-over-5ms")
			b.ReportMetric(s.Dreams, "dreams/s")
			b.ReportMetric(float64(s.Size.X), "px-wide")
			b.ReportMetric(0, "ns/op")
			w.close()
		})
	}
}
