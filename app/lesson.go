package app

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/beside"
	"zalgoscope/app/chooser"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/app/teach"
	"zalgoscope/nn"
	"zalgoscope/nn/save"
)

// What a lesson in the window is like; the command line has a flag for each.
const (
	lessonSide   = 64
	lessonTime   = 20 * time.Minute
	lessonDreams = 8                // classes whose dreams are shown
	dreamEvery   = 10 * time.Second // at most, beside the learning
)

// lesson is a net that is being taught a folder beside the dream, from the net that dreams.
type lesson struct {
	studio *studio
	folder string
	out    string // where the net goes
	net    *nn.Net
	id     record.Net
	cancel context.CancelFunc
	epochs int // 0 for as many as go into lessonTime
	paused atomic.Bool

	mu       sync.Mutex
	step     string         // what is done before the learning
	progress teach.Progress // guarded by mu
	classes  []string       // guarded by mu
	dreams   []*image.RGBA  // guarded by mu
	news     int            // goes up with dreams; guarded by mu
	written  string         // the net's file when all is done; guarded by mu

	textures []*ebiten.Image // of the window's goroutine
	seen     int             // news that textures are of
}

// teachDialog asks for the folder.
func (s *studio) teachDialog() {
	s.ask(func() (string, error) { return chooser.Folder("Choose a folder of pictures to teach") }, s.teach)
}

// teach begins a lesson, one at a time. A folder whose lesson was stopped goes on from there.
func (s *studio) teach(folder string) {
	switch {
	case s.cfg.Learn == nil:
		s.warn(errors.New("app: nets cannot be taught here"))
		return
	case s.session == nil || s.lesson != nil && s.lesson.file() == "":
		s.warn(errors.New("app: one lesson at a time: stop the one that runs first"))
		return
	}
	s.endLesson()
	ctx, cancel := context.WithCancel(context.Background())
	l := &lesson{
		studio: s, folder: folder, out: filepath.Join(saveFolder(), filepath.Base(folder)+".onnx"), net: s.session.net, id: s.session.id, cancel: cancel, step: "looking at the folder",
	}
	s.lesson = l
	s.relayout()
	s.background(func() {
		err := l.run(ctx)
		cancel()
		s.post(func() { s.lessonOver(l, err) })
	})
}

func (s *studio) relayout() {
	if s.root != nil {
		s.root.RequestRelayout()
	}
	s.drawn.stale = true
}

// lessonOver tells how a lesson ended. One that is done stays in sight until it is closed.
func (s *studio) lessonOver(l *lesson, err error) {
	switch {
	case err == nil:
		s.rememberNet(l.file())
		s.tell(shortName(l.file()) + " is taught, and among your nets")
	case errors.Is(err, context.Canceled):
		s.tell("the lesson is stopped; teach the same folder again to go on")
	default:
		s.warn(err)
	}
	if err != nil && s.lesson == l {
		s.endLesson()
	}
	s.relayout()
}

// endLesson stops what runs and takes it out of sight.
func (s *studio) endLesson() {
	if l := s.lesson; l != nil {
		l.cancel()
		for _, t := range l.textures {
			t.Deallocate()
		}
		s.lesson = nil
		s.relayout()
	}
}

// file is the net's, "" while it is not written.
func (l *lesson) file() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.written
}

func (l *lesson) say(step string) {
	l.mu.Lock()
	l.step = step
	l.mu.Unlock()
}

// run teaches; it has a goroutine of its own.
func (l *lesson) run(ctx context.Context) error {
	l.studio.teaching.Lock() // one that was stopped may still be keeping what this one goes on from
	defer l.studio.teaching.Unlock()
	cfg := &l.studio.cfg
	set, err := l.set(ctx)
	if err != nil {
		return err
	}
	defer set.Close()
	l.mu.Lock()
	l.classes, l.step = set.Classes, "getting ready"
	l.mu.Unlock()
	l.studio.post(l.studio.relayout) // the card has room for their dreams now
	var dreamt time.Time
	var failed error
	lesson, err := teach.Begin(set, teach.Options{
		From: l.net, Origin: l.id.Name + " " + l.id.SHA256, Side: lessonSide, Epochs: l.epochs, Time: lessonTime, Seed: 1, Threads: max(runtime.NumCPU()/2, 1), Precision: nn.Fast, Open: cfg.Learn,
		Keep: teach.KeepFile(l.out), Warn: func(text string) { l.studio.post(func() { l.studio.warn(errors.New(text)) }) },
		Step: func(p teach.Progress) error { return l.wait(ctx, p) },
		Epoch: func(p teach.Progress, net *nn.Net) {
			if done := p.Epoch == p.Epochs; done || time.Since(dreamt) > dreamEvery {
				failed = errors.Join(failed, l.dream(ctx, net))
				dreamt = time.Now()
			}
		},
	})
	if err != nil {
		return err
	}
	defer lesson.Close()
	if _, err := save.ONNX(lesson.Net(), nil); err != nil {
		return err
	}
	if err := l.dream(ctx, lesson.Net()); err != nil { // static, to begin with
		return err
	}
	l.say("")
	if err := errors.Join(lesson.Run(ctx), failed); err != nil {
		return err
	}
	return l.finish(ctx, lesson)
}

// wait is called before every step: it tells how far the lesson is, and lasts as long as a pause.
func (l *lesson) wait(ctx context.Context, p teach.Progress) error {
	l.mu.Lock()
	l.progress = p
	l.mu.Unlock()
	for l.paused.Load() && ctx.Err() == nil {
		time.Sleep(50 * time.Millisecond)
	}
	return ctx.Err()
}

// set gathers the folder's pictures, by likeness where they lie in no subfolders.
func (l *lesson) set(ctx context.Context) (*teach.Set, error) {
	folder, err := teach.Look(l.folder)
	if err != nil {
		return nil, err
	}
	if text := folder.Warning(); text != "" {
		l.studio.post(func() { l.studio.warn(errors.New("app: " + text)) })
	}
	set, err := teach.OpenSet(ctx, folder, lessonSide, func(done, total int) { l.say(fmt.Sprintf("opening pictures: %d of %d", done, total)) })
	if err != nil {
		return nil, err
	}
	if n := len(set.Skipped); n > 0 {
		l.studio.post(func() {
			l.studio.warn(fmt.Errorf("app: %d files are skipped; the first: %s", n, set.Skipped[0]))
		})
	}
	return set.Sorted(folder, func() error {
		l.say("grouping pictures by likeness")
		return l.group(ctx, set)
	})
}

func (l *lesson) group(ctx context.Context, set *teach.Set) error {
	engine, err := l.studio.cfg.Open(l.net)
	if err != nil {
		return err
	}
	defer engine.Close()
	return set.Group(ctx, l.net, engine, 0, 1)
}

// dreamed is what so many classes dream.
func (l *lesson) dreamed(ctx context.Context, net *nn.Net, most int) ([]*image.RGBA, error) {
	engine, err := l.studio.cfg.Open(net)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	return teach.Dreams(net, engine, most, ctx.Err)
}

// dream shows what the classes dream so far.
func (l *lesson) dream(ctx context.Context, net *nn.Net) error {
	dreams, err := l.dreamed(ctx, net, lessonDreams)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.dreams = dreams
	l.news++
	l.mu.Unlock()
	return nil
}

// finish writes the net and its report, over nothing that stands there.
func (l *lesson) finish(ctx context.Context, lesson *teach.Lesson) error {
	data, err := save.ONNX(lesson.Net(), lesson.Properties())
	if err != nil {
		return err
	}
	base := l.out[:len(l.out)-len(".onnx")]
	for i := 2; ; i++ {
		if _, err := os.Lstat(base + ".onnx"); err != nil {
			break
		}
		base = fmt.Sprintf("%s-%d", l.out[:len(l.out)-len(".onnx")], i)
	}
	err = beside.Write(base+".onnx", func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err != nil {
		return err
	}
	dreams, err := l.dreamed(ctx, lesson.Net(), teach.MostDreams)
	if err != nil {
		return err
	}
	if err := picture.Save(base+".report.png", lesson.Report(dreams)); err != nil {
		return err
	}
	lesson.Forget()
	l.mu.Lock()
	l.written = base + ".onnx"
	l.mu.Unlock()
	return nil
}
