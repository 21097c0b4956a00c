package record

import (
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"zalgoscope/app/dream"
)

// gate is a recorder that writes a frame whenever it is let.
type gate struct {
	list
	let chan struct{}
}

func (g *gate) Add(m *image.RGBA) error {
	<-g.let
	return g.list.Add(m)
}

// TestBackground has an encoder that is behind slow the caller down, and loses nothing.
func TestBackground(t *testing.T) {
	g := &gate{let: make(chan struct{})}
	w := Background(g, 3)
	const count = 50
	added := make(chan int, count)
	go func() {
		for i := range count {
			if err := w.Add(grey(i)); err != nil {
				t.Error(err)
			}
			added <- i
		}
		close(added)
	}()
	// Three wait in the queue and one at the gate.
	for range 4 {
		<-added
	}
	select {
	case i := <-added:
		t.Errorf("frame %d is taken although the queue is full", i)
	case <-time.After(20 * time.Millisecond):
	}
	if written, n := w.Progress(); written != 0 || n != 4 {
		t.Errorf("got progress %d of %d, want 0 of 4", written, n)
	}
	close(g.let)
	for range added {
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if written, n := w.Progress(); written != count || n != count || len(g.frames) != count {
		t.Errorf("got progress %d of %d, %d frames, want %d", written, n, len(g.frames), count)
	}
	for i, m := range g.frames {
		if m.Pix[0] != uint8(i) {
			t.Errorf("in place of frame %d there is %d", i, m.Pix[0])
		}
	}
	if err := w.Add(grey(0)); err == nil {
		t.Error("a frame after the end: no error")
	}
}

func TestBackgroundError(t *testing.T) {
	broken := errors.New("broken")
	w := Background(&list{err: broken}, 2)
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		err = w.Add(grey(0))
		time.Sleep(100 * time.Microsecond)
	}
	if !errors.Is(err, broken) || !errors.Is(w.Err(), broken) || !errors.Is(w.Close(), broken) {
		t.Errorf("got errors %v, %v, %v, want %v", err, w.Err(), w.Close(), broken)
	}
}

// TestBackgroundClose closes a recording while frames are being added elsewhere.
func TestBackgroundClose(t *testing.T) {
	var l list
	w := Background(&l, 1)
	var adding sync.WaitGroup
	taken := 0
	adding.Go(func() {
		for w.Add(grey(0)) == nil {
			taken++
		}
	})
	time.Sleep(5 * time.Millisecond)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	adding.Wait()
	if len(l.frames) != taken {
		t.Errorf("%d frames were taken, but %d written", taken, len(l.frames))
	}
}

func TestRing(t *testing.T) {
	const size = 4 * 2 * 2
	ring := NewRing(time.Second, 10*size)
	if err := ring.Save(filepath.Join(t.TempDir(), "a.gif"), Options{}, nil); err == nil {
		t.Error("saving an empty ring: no error")
	}
	start := time.Unix(1000, 0)
	add := func(number int, ms int) {
		ring.Add(&dream.Frame{Image: grey(number), Number: number, Done: start.Add(time.Duration(ms) * time.Millisecond)})
	}
	held := func() string { n, span, bytes := ring.Held(); return fmt.Sprint(n, " ", span, " ", bytes) }
	for n := 1; n <= 30; n++ {
		add(n, 250*n)
	}
	if got, want := held(), fmt.Sprint("5 1s ", 5*size); got != want {
		t.Errorf("by time: got %s, want %s", got, want)
	}
	for n := 31; n <= 60; n++ {
		add(n, 7500+10*(n-30))
	}
	if got, want := held(), fmt.Sprint("10 90ms ", 10*size); got != want {
		t.Errorf("by bytes: got %s, want %s", got, want)
	}
	path := filepath.Join(t.TempDir(), "a.gif")
	r := example(0)
	r.Loop = ""
	last := 0
	if err := ring.Save(path, Options{Recipe: func() Recipe { return r }, Loop: Once}, func(done, total int) { last = done*100 + total }); err != nil {
		t.Fatal(err)
	}
	got, err := ReadRecipe(path)
	if err != nil || got.From != 50 || got.Frames != 10 || got.FPS != gifMostFPS || last != 1010 {
		t.Errorf("got %d frames from %d at %g, progress %d, %v, want 10 from 50 at %d", got.Frames, got.From, got.FPS, last, err, gifMostFPS)
	}
	playGIF(t, path, func(n int, m *image.RGBA) {
		if d := int(m.Pix[0]) - (51 + n); d < -still || d > still {
			t.Errorf("frame %d shows %d, want %d", n, m.Pix[0], 51+n)
		}
	})
	still := ring.Still()
	add(7, 9000)
	if n, _, _ := still.Held(); n != 10 {
		t.Errorf("a ring that stays as it was holds %d frames, want 10", n)
	}
	if n, _, _ := ring.Held(); n != 1 {
		t.Errorf("after another dream's frame the ring holds %d, want 1", n)
	}
}
