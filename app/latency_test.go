package app

import (
	"image"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"zalgoscope/app/toolstest"
)

// What the studio of the kind "live" dreams on: a part of the screen right of the window, in whose middle a square flashes.
var flashSize = image.Pt(320, 240)

const flashLeft = 1600

// level is a frame's number, when it was there, and how bright its middle is, 0 to 255.
type level struct {
	Frame int
	Done  time.Time
	Light float64
}

// middle is the mean of the green in a picture's middle, half as wide and high.
func middle(m *image.RGBA) float64 {
	sum, n := 0, 0
	for y := m.Rect.Dy() / 4; y < m.Rect.Dy()*3/4; y++ {
		for x := m.Rect.Dx() / 4; x < m.Rect.Dx()*3/4; x++ {
			sum += int(m.Pix[m.PixOffset(x, y)+1])
			n++
		}
	}
	return float64(sum) / float64(n)
}

// flasher is a square on a screen.
type flasher struct {
	*desktop
	gc xproto.Gcontext
}

func newFlasher(b *testing.B, display string) *flasher {
	b.Helper()
	f := &flasher{desktop: desktopOf(b, display)}
	var err error
	if f.gc, err = xproto.NewGcontextId(f.conn); err == nil {
		err = xproto.CreateGCChecked(f.conn, f.gc, xproto.Drawable(f.root), 0, nil).Check()
	}
	if err != nil {
		b.Fatal(err)
	}
	return f
}

// fill paints a part of what is dreamed on grey, and tells when that was done.
func (f *flasher) fill(b *testing.B, r image.Rectangle, grey uint32) time.Time {
	b.Helper()
	xproto.ChangeGC(f.conn, f.gc, xproto.GcForeground, []uint32{grey * 0x10101})
	at := []xproto.Rectangle{{X: int16(flashLeft + r.Min.X), Y: int16(r.Min.Y), Width: uint16(r.Dx()), Height: uint16(r.Dy())}}
	if err := xproto.PolyFillRectangleChecked(f.conn, xproto.Drawable(f.root), f.gc, at).Check(); err != nil {
		b.Fatal(err)
	}
	return time.Now()
}

// light is how bright a part of the screen is, 0 to 255.
func (f *flasher) light(b *testing.B, r image.Rectangle) float64 {
	b.Helper()
	m, err := xproto.GetImage(f.conn, xproto.ImageFormatZPixmap, xproto.Drawable(f.root), int16(r.Min.X), int16(r.Min.Y), uint16(r.Dx()), uint16(r.Dy()), ^uint32(0)).Reply()
	if err != nil {
		b.Fatal(err)
	}
	sum := 0
	for i := 1; i < len(m.Data); i += 4 {
		sum += int(m.Data[i])
	}
	return float64(sum) / float64(len(m.Data)/4)
}

// median is that of durations, in milliseconds.
func median(d []time.Duration) float64 {
	slices.Sort(d)
	return d[len(d)/2].Seconds() * 1e3
}

// BenchmarkLatency has a square flash on a screen that the real window dreams on, at 320x240: how long that takes to be on
// the dreamed canvas, and to be seen in the window, where frames pass into one another. Others' work slows it, so that what they take is
// measured too.
func BenchmarkLatency(b *testing.B) {
	needWindow(b)
	display := toolstest.Xvfb(b, "1920x800")
	os.Setenv("DISPLAY", display)
	f := newFlasher(b, display)
	square := image.Rect(flashSize.X/4, flashSize.Y/4, flashSize.X*3/4, flashSize.Y*3/4)
	const dark, bright = 32, 224
	f.fill(b, image.Rectangle{Max: flashSize}, 96)
	f.fill(b, square, dark)
	w := openOn(b, display, "live")
	w.until("it dreams", func(s state) bool { return s.Frame >= 20 })
	time.Sleep(5 * time.Second)
	var canvas, window []time.Duration
	began, all, from := time.Now(), processorsBusy(b), w.ask(request{Do: "measure"})
	b.ResetTimer()
	var s state
	for range b.N {
		for n := range 40 {
			lit := n%2 == 0
			passed := func(light float64) bool { return (light > (dark+bright)/2) == lit }
			s = w.ask(request{Do: "measure"})
			// The upper right of the square, where no hint lies over it.
			place, _ := f.place(f.studio())
			at := s.Canvas.Add(place.Min)
			seen := image.Rectangle{Min: mid(at).Add(image.Pt(at.Dx()/16, -at.Dy()/5)), Max: mid(at).Add(image.Pt(at.Dx()/5, -at.Dy()/16))}
			time.Sleep(700*time.Millisecond + rand.N(300*time.Millisecond))
			grey := uint32(dark)
			if lit {
				grey = bright
			}
			flashed := f.fill(b, square, grey)
			for !passed(f.light(b, seen)) {
				if time.Since(flashed) > 5*time.Second {
					w.shot("failed")
					b.Fatalf("the square is not seen in %v, but %v", seen, w.state().Levels)
				}
				time.Sleep(4 * time.Millisecond)
			}
			window = append(window, time.Since(flashed))
			s = w.state()
			i := slices.IndexFunc(s.Levels, func(l level) bool { return l.Done.After(flashed) && passed(l.Light) })
			if i < 0 {
				b.Fatal("the square is seen in the window, but on no canvas")
			}
			canvas = append(canvas, s.Levels[i].Done.Sub(flashed))
		}
	}
	w.shot("latency")
	took := time.Since(began)
	others := processorsBusy(b) - all - (s.Spent - from.Spent)
	b.ReportMetric(median(canvas), "ms-to-canvas")
	b.ReportMetric(canvas[len(canvas)*9/10].Seconds()*1e3, "ms-to-canvas-p90")
	b.ReportMetric(median(window), "ms-to-window")
	b.ReportMetric(float64(s.Frame-from.Frame)/took.Seconds(), "dreams/s")
	b.ReportMetric(float64(s.Size.X), "px-wide")
	b.ReportMetric((s.Spent-from.Spent).Seconds()/took.Seconds(), "processors-busy-by-us")
	b.ReportMetric(100*others.Seconds()/took.Seconds()/float64(runtime.NumCPU()), "%-others-and-X")
	b.ReportMetric(0, "ns/op")
	w.close()
}
