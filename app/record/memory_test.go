package record

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"zalgoscope/app/dream"
)

// TestMemory records many frames in every kind of file and loop that holds frames back, beside a
// ring as the studio has it: the heap does not grow with their number.
func TestMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long films")
	}
	frames := newScene(40, 30).frames(10)
	for _, c := range []struct{ name, loop string }{
		{"a.gif", Seamless}, {"a.gif", PingPong}, {"a.apng", Forever}, {"%05d.png", Forever}, {"a.mp4", Forever}, {"a.webm", PingPong},
	} {
		t.Run(c.name+" "+c.loop, func(t *testing.T) {
			if ext := filepath.Ext(c.name); ext == ".mp4" || ext == ".webm" {
				tool(t, "ffmpeg")
			}
			path := filepath.Join(t.TempDir(), c.name)
			log := NewLog(example(0), nil)
			log.Change(0, 0, example(0).Last())
			rec, err := Create(path, Options{Recipe: log.Recipe, Loop: c.loop})
			if err != nil {
				t.Fatal(err)
			}
			w, ring := Background(rec, 8), NewRing(time.Second, 1<<20)
			early, late := ^uint64(0), ^uint64(0)
			const count = 1500
			for n := range count {
				m := frames[n%len(frames)]
				if err := w.Add(m); err != nil {
					t.Fatal(err)
				}
				ring.Add(&dream.Frame{Image: m, Number: n + 1, Done: time.Unix(0, int64(n)*int64(time.Second)/20)})
				// What the frames on their way hold comes and goes: the least of ten looks counts.
				switch {
				case n%10 != 0:
				case n >= 200 && n < 300:
					early = min(early, heap())
				case n >= count-100:
					late = min(late, heap())
				}
			}
			// A thousand frames held would be 4.8 MB; what a core at work on one holds is 1.2 MB.
			if late > early+(3<<20) {
				t.Errorf("the heap has grown from %d to %d bytes in %d frames", early, late, count)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if c.name == "%05d.png" {
				path = filepath.Join(filepath.Dir(path), "01499.png")
			}
			if r, err := ReadRecipe(path); err != nil || r.Frames != count {
				t.Errorf("got a recipe of %d frames, %v, want %d", r.Frames, err, count)
			}
		})
	}
}

// heap is the bytes in use after collections, of which the first leaves what pools hold.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// resident is the bytes of this process that are in memory, 0 where the system does not tell.
func resident() int64 {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, line, _ := bytes.Cut(data, []byte("VmRSS:"))
	var kilobytes int64
	_, _ = fmt.Sscan(string(line), &kilobytes)
	return kilobytes << 10
}

// BenchmarkTenMinutes records ten minutes of 512x512 at 20 frames a second as fast as it can, with a
// knob that moves in every frame, and fails where memory has grown after the first minute. Run it with -benchtime 1x.
func BenchmarkTenMinutes(b *testing.B) {
	const side, fps, minute = 512, 20, 60 * 20
	frames := newScene(side, side).frames(60)
	for _, loop := range []string{Forever, Seamless, PingPong} {
		b.Run(loop, func(b *testing.B) {
			for b.Loop() {
				log := NewLog(example(0), nil)
				s := example(0).Last()
				rec, err := Create(filepath.Join(b.TempDir(), "a.gif"), Options{FPS: fps, Loop: loop, Recipe: log.Recipe})
				if err != nil {
					b.Fatal(err)
				}
				w := Background(rec, 32)
				var early, late uint64
				var earlyRSS, lateRSS int64
				for n := range 10 * minute {
					s.Zoom = float64(n%100) / 1000
					log.Change(int64(n)*10, 0, s)
					if err := w.Add(frames[n%len(frames)]); err != nil {
						b.Fatal(err)
					}
					if (n+1)%minute == 0 {
						late, lateRSS = heap(), resident()
						if n+1 == minute {
							early, earlyRSS = late, lateRSS
						}
						b.Logf("minute %2d: heap %5.1f MB, resident %5.1f MB", (n+1)/minute, float64(late)/1e6, float64(lateRSS)/1e6)
					}
				}
				// The log itself may grow by the changes: half a kilobyte each.
				if most := uint64(9 * minute * 512); late > early+most+(4<<20) {
					b.Errorf("the heap has grown from %d to %d bytes", early, late)
				}
				if lateRSS > earlyRSS+(64<<20) {
					b.Errorf("resident memory has grown from %d to %d bytes", earlyRSS, lateRSS)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(10*minute)/b.Elapsed().Seconds(), "frames/s")
				b.ReportMetric(float64(lateRSS)/1e6, "MB")
			}
		})
	}
}
