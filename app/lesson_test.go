package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"zalgoscope/app/teach"
	"zalgoscope/app/teach/teachtest"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/load"
	"zalgoscope/nn/train"
)

// aLesson is one of two classes from a small net, as a studio begins it.
func aLesson(t *testing.T) *lesson {
	t.Helper()
	dir := teachtest.Classes(t, 10, 70, 64)
	conv := func(in, out, k, stride int) *nn.Conv {
		c := &nn.Conv{Window: nn.Square(k, stride, k/2), Groups: 1, W: nn.TensorOf(make([]float32, out*in*k*k), out, in, k, k)}
		for i := range nn.Floats(c.W) {
			nn.Floats(c.W)[i] = float32(i%7-3) / 20
		}
		return c
	}
	net := &nn.Net{Name: "small", Input: nn.DefaultInput(), Layers: []nn.Layer{
		{Name: "a", Op: conv(3, 8, 5, 4), In: []int{-1}}, {Name: "b", Op: &nn.ReLU{}, In: []int{0}},
		{Name: "pool", Op: &nn.Pool{Global: true}, In: []int{1}}, {Name: "logits", Op: conv(8, 4, 1, 1), In: []int{2}},
	}}
	s := &studio{cfg: Config{
		Open: func(net *nn.Net) (nn.Engine, error) { return cpu.Open(net, cpu.Options{Threads: 1}) },
		Learn: func(m *train.Model, batch, w, h int, o teach.LearnerOptions) (train.Learner, error) {
			return cpu.OpenLearner(m, batch, w, h, o.Slope, cpu.Options{Threads: 1})
		},
	}}
	return &lesson{studio: s, folder: dir, out: filepath.Join(t.TempDir(), "small.onnx"), net: net, epochs: 2}
}

// A lesson writes a net that opens, over nothing that stands there, and shows what each class dreams.
func TestLesson(t *testing.T) {
	l := aLesson(t)
	if err := os.WriteFile(l.out, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := l.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, job := range l.studio.inbox.jobs {
		job()
	}
	if !l.studio.drawn.stale {
		t.Error("the card is not laid out anew once its classes are known")
	}
	if kept, _ := os.ReadFile(l.out); string(kept) != "mine" {
		t.Error("what stood there is lost")
	}
	want := strings.TrimSuffix(l.out, ".onnx") + "-2.onnx"
	if l.file() != want {
		t.Fatalf("written to %q, want %q", l.file(), want)
	}
	net, err := load.File(want, load.Options{})
	if err != nil || strings.Join(net.Labels, " ") != "clouds noise" {
		t.Errorf("the net: %v, labels %q", err, net.Labels)
	}
	if len(l.dreams) != 2 || l.news < 2 || len(l.progress.History) == 0 {
		t.Errorf("%d dreams, shown %d times, %d epochs", len(l.dreams), l.news, len(l.progress.History))
	}
	if text := lessonText(l.progress, "", false, true); !strings.HasPrefix(text, "done: right") {
		t.Errorf("the card says %q", text)
	}
}

// A lesson rests while it is paused, ends when it is stopped, and goes on from there.
func TestLessonStops(t *testing.T) {
	l := aLesson(t)
	l.epochs = 400
	ctx, cancel := context.WithCancel(context.Background())
	l.paused.Store(true)
	done := make(chan error)
	go func() { done <- l.run(ctx) }()
	select {
	case err := <-done:
		t.Fatalf("a paused lesson ended: %v", err)
	case <-time.After(500 * time.Millisecond):
	}
	l.paused.Store(false)
	for l.at() < 9 {
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Fatalf("a stopped lesson ended with %v", err)
	}
	again, stop := context.WithCancel(context.Background())
	next := &lesson{studio: l.studio, folder: l.folder, out: l.out, net: l.net, epochs: 400}
	go func() { done <- next.run(again) }()
	for next.at() == 0 {
		time.Sleep(time.Millisecond)
	}
	if at := next.at(); at < 9 {
		t.Errorf("goes on after %d steps, was stopped after 9", at)
	}
	stop()
	<-done
}

// lingering is a learner that takes its time to end.
type lingering struct {
	train.Learner
	end func()
}

func (s lingering) Close() error {
	time.Sleep(300 * time.Millisecond)
	defer s.end()
	return s.Learner.Close()
}

// A lesson that begins while one that was stopped winds down waits for it: both keep one file.
func TestLessonsTakeTurns(t *testing.T) {
	l := aLesson(t)
	var open atomic.Int32
	learn := l.studio.cfg.Learn
	l.studio.cfg.Learn = func(m *train.Model, batch, w, h int, o teach.LearnerOptions) (train.Learner, error) {
		if n := open.Add(1); n > 1 {
			t.Errorf("%d lessons at once", n)
		}
		inner, err := learn(m, batch, w, h, o)
		return lingering{inner, func() { open.Add(-1) }}, err
	}
	next := &lesson{studio: l.studio, folder: l.folder, out: l.out, net: l.net, epochs: 400}
	l.epochs = 400
	done := make(chan error)
	for _, l := range []*lesson{l, next} {
		ctx, stop := context.WithCancel(context.Background())
		go func() { done <- l.run(ctx) }()
		for l.at() == 0 {
			time.Sleep(time.Millisecond)
		}
		stop()
	}
	for range 2 {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("a stopped lesson ended with %v", err)
		}
	}
}

// at is how many steps are done.
func (l *lesson) at() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.progress.Step
}
