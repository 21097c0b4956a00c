package teach

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/beside"
	"zalgoscope/app/picture"
	"zalgoscope/app/teach/teachtest"
	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// blobs is a picture of a bright blob on a ground of a hue.
func blobs(hue color.RGBA, w, h int, seed uint64) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 1))
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := 0; i < len(m.Pix); i += 4 {
		n := r.IntN(60)
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = uint8(int(hue.R)*3/4+n), uint8(int(hue.G)*3/4+n), uint8(int(hue.B)*3/4+n), 255
	}
	return m
}

func save(t *testing.T, path string, m *image.RGBA) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := picture.Save(path, m); err != nil {
		t.Fatal(err)
	}
}

var hues = map[string]color.RGBA{"red": {200, 30, 30, 255}, "green": {30, 200, 30, 255}, "blue": {30, 30, 200, 255}}

// folder is one with some pictures of each hue.
func folder(t *testing.T, each int) string {
	dir := t.TempDir()
	for name, hue := range hues {
		for i := range each {
			save(t, filepath.Join(dir, name, fmt.Sprintf("%02d.png", i)), blobs(hue, 20+i%5, 24, uint64(i)))
		}
	}
	return dir
}

func open(t *testing.T, dir string, side int) *Set {
	t.Helper()
	f, err := Look(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenSet(context.Background(), f, side, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// tiny is a net to take the architecture of.
func tiny() *nn.Net {
	conv := func(in, out, k, stride int) *nn.Conv {
		return &nn.Conv{Window: nn.Square(k, stride, k/2), Groups: 1, W: nn.TensorOf(make([]float32, out*in*k*k), out, in, k, k)}
	}
	in := nn.DefaultInput()
	in.Mean, in.Std = [3]float32{0.5, 0.5, 0.5}, [3]float32{0.25, 0.25, 0.25}
	return &nn.Net{Name: "tiny", Input: in, Layers: []nn.Layer{
		{Name: "a", Op: conv(3, 6, 3, 2), In: []int{-1}}, {Name: "b", Op: &nn.ReLU{}, In: []int{0}},
		{Name: "pool", Op: &nn.Pool{Global: true}, In: []int{1}}, {Name: "logits", Op: conv(6, 4, 1, 1), In: []int{2}},
	}}
}

func lesson(t *testing.T, set *Set, change func(o *Options)) *Lesson {
	t.Helper()
	o := Options{
		From: tiny(), Origin: "tiny", Scratch: true, Side: 16, Epochs: 2, Seed: 3, Keep: filepath.Join(t.TempDir(), "keep"),
		Open: func(m *train.Model, _, w, h int, _ LearnerOptions) (train.Learner, error) {
			return train.NewReference(m, w, h)
		},
	}
	if change != nil {
		change(&o)
	}
	l, err := Begin(set, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// A lesson of so many minutes keeps to them where its steps turn out slower than planned, and one of so many epochs to those.
func TestHurry(t *testing.T) {
	l := &Lesson{perEpoch: 10, o: Options{Time: 100 * time.Second}, state: state{Epochs: 50, Steps: 20, Taken: 20 * time.Second}}
	for _, c := range []struct {
		steps  int
		taken  time.Duration
		epochs int
	}{{20, 20 * time.Second, 9}, {30, 20 * time.Second, 9}, {40, 60 * time.Second, 6}, {50, 200 * time.Second, 5}} {
		l.Steps, l.Taken = c.steps, c.taken
		if l.hurry(); l.Epochs != c.epochs {
			t.Errorf("after %d steps in %v: %d epochs, want %d", c.steps, c.taken, l.Epochs, c.epochs)
		}
	}
	l.o.Epochs, l.Epochs = 50, 50
	if l.hurry(); l.Epochs != 50 {
		t.Errorf("%d epochs of 50", l.Epochs)
	}
}

// Every class is shown as often, however few pictures it has.
func TestEpochIsBalanced(t *testing.T) {
	set := &Set{Classes: []string{"a", "b"}, Pictures: make([]Picture, 12)}
	for i := 2; i < 12; i++ {
		set.Pictures[i].Class = 1
	}
	s := newSampler(set, 16, nn.DefaultInput(), *Usual(), 0, 2)
	order := s.epoch(1, 0, 20)
	counts := map[int]int{}
	for _, i := range order {
		counts[i]++
	}
	for i := range 12 {
		if want := map[bool]int{true: 5, false: 1}[i < 2]; counts[i] != want {
			t.Errorf("picture %d is shown %d times, want %d", i, counts[i], want)
		}
	}
	if slices.Equal(order, s.epoch(1, 1, 20)) || !slices.Equal(order, s.epoch(1, 0, 20)) {
		t.Error("the order does not go by seed and epoch")
	}
}

// A net learns hues, and one cut off goes on to the same bits.
func TestLesson(t *testing.T) {
	teachtest.Cache(t)
	set := open(t, folder(t, 10), 16)
	set.Share(0.1)
	whole := lesson(t, set, nil)
	if err := whole.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if e := whole.History[1]; e.Accuracy < 0.8 || e.Test < 0.99 {
		t.Errorf("right %.2f of what is learnt, %.2f of what is put aside", e.Accuracy, e.Test)
	}

	keep := filepath.Join(t.TempDir(), "keep")
	stop := errors.New("stop")
	var last *Lesson
	for _, at := range []int{5, 11, 1000} { // killed twice, the second time some steps after the checkpoint
		last = lesson(t, set, func(o *Options) {
			o.Keep = keep
			o.Step = func(p Progress) error {
				if p.Step == at {
					return stop
				}
				return nil
			}
		})
		if at == 11 {
			if last.Steps != 5 {
				t.Fatalf("goes on after %d steps, want 5", last.Steps)
			}
			last.o.Keep = "" // what a kill leaves
		}
		if err := last.Run(context.Background()); err != nil && err != stop {
			t.Fatal(err)
		}
	}
	for i, p := range whole.m.Params {
		if !slices.Equal(p.Value, last.m.Params[i].Value) {
			t.Errorf("%s differs after going on", p.Name)
		}
	}
	if !slices.Equal(whole.History, last.History) {
		t.Errorf("history %v, want %v", last.History, whole.History)
	}
	if other := lesson(t, set, func(o *Options) { o.Keep, o.Seed = keep, 4 }); other.Steps != 0 {
		t.Error("a lesson of another seed goes on from this one's checkpoint")
	}
	if other := lesson(t, set, func(o *Options) { o.Keep, o.Adam = keep, true }); other.Steps != 0 {
		t.Error("a lesson by AdamW goes on from one by SGD")
	}
	rounded := func(o *Options) {
		open := o.Open
		o.Keep = keep
		o.Open = func(m *train.Model, batch, w, h int, lo LearnerOptions) (train.Learner, error) {
			inner, err := open(m, batch, w, h, lo)
			return rounder{inner}, err
		}
	}
	if other := lesson(t, set, rounded); other.Steps != 0 || other.Properties()["train.precision"] != "bf16" || !strings.Contains(other.summary(), "bf16") {
		t.Errorf("a lesson in bfloat16 goes on from one in fp32, or hides it: %v, %q", other.Properties(), other.summary())
	}
	if done := lesson(t, set, func(o *Options) { o.Keep = keep }); done.Steps != whole.Steps {
		t.Errorf("a lesson that is done is kept at %d steps, want %d", done.Steps, whole.Steps)
	}
	last.Lesson = last.identity(version(nn.FP32)-1, nn.FP32)
	c := checkpoint{State: last.state}
	if err := beside.Write(keep, func(w io.Writer) error { return gob.NewEncoder(w).Encode(&c) }); err != nil {
		t.Fatal(err)
	}
	said := ""
	if old := lesson(t, set, func(o *Options) { o.Keep, o.Warn = keep, func(s string) { said = s } }); old.Steps != 0 || !strings.Contains(said, "older version") {
		t.Errorf("a lesson of an older version goes on after %d steps, or nothing is said: %q", old.Steps, said)
	}
	last.Forget()
	if _, err := os.Stat(keep); err == nil {
		t.Error("the checkpoint stays")
	}

	m := whole.Report([]*image.RGBA{blobs(hues["red"], 128, 128, 1), blobs(hues["blue"], 128, 128, 2), blobs(hues["green"], 128, 128, 3)})
	if m.Rect.Dx() < 600 || m.Rect.Dy() < 500 {
		t.Errorf("a report of %v", m.Rect)
	}
}

// rounder is a learner that says that it multiplies in bfloat16.
type rounder struct{ train.Learner }

func (rounder) Precision() nn.Precision { return nn.BF16 }

// told is a learner that says in what it multiplies.
type told struct {
	train.Learner
	precision nn.Precision
}

func (o told) Precision() nn.Precision { return o.precision }

// A lesson goes on in the precision in which it began where another is the best now, and says so where that is not to be had.
func TestLessonFollowsPrecision(t *testing.T) {
	teachtest.Cache(t)
	set := open(t, folder(t, 10), 16)
	for _, c := range []struct {
		began, asked nn.Precision
		lacks        bool
		want         nn.Precision // in which it goes on, "" where it begins anew
	}{
		{nn.BF16, nn.Fast, false, nn.BF16},
		{nn.BF16, nn.BF16, false, nn.BF16},
		{nn.FP32, nn.Fast, false, nn.FP32},
		{nn.BF16Tiles, nn.Fast, false, nn.BF16Tiles},
		{nn.BF16, nn.Fast, true, ""},
		{nn.FP32, nn.BF16, false, ""},
		{nn.BF16, nn.FP32, false, ""},
	} {
		keep, said := filepath.Join(t.TempDir(), "keep"), ""
		begin := func(asked nn.Precision, best nn.Precision) *Lesson {
			return lesson(t, set, func(o *Options) {
				open := o.Open
				o.Keep, o.Precision, o.Warn = keep, asked, func(s string) { said = s }
				o.Open = func(m *train.Model, batch, w, h int, lo LearnerOptions) (train.Learner, error) {
					p := lo.Precision
					switch {
					case p == nn.Fast || p == nn.BF16 || c.lacks:
						p = best
					case p == nn.Former:
						p = nn.BF16
					}
					lo.Precision = nn.FP32
					inner, err := open(m, batch, w, h, lo)
					return told{inner, p}, err
				}
			})
		}
		first := begin(nn.Fast, c.began)
		ctx, stop := context.WithCancel(context.Background())
		first.o.Step = func(p Progress) error {
			if p.Step == 1 {
				stop()
			}
			return nil
		}
		if err := first.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		best := nn.BF16Tiles
		if c.began == best {
			best = nn.FP32
		}
		switch l := begin(c.asked, best); {
		case c.want == "" && l.Steps != 0:
			t.Errorf("%+v: goes on in %s", c, l.learner.Precision())
		case c.want != "" && (l.Steps != 1 || l.learner.Precision() != c.want):
			t.Errorf("%+v: after %d steps in %s", c, l.Steps, l.learner.Precision())
		case c.lacks != strings.Contains(said, "not to be had"):
			t.Errorf("%+v: says %q", c, said)
		}
	}
}

// AdamW learns too, and goes on from its checkpoint to the same bits.
func TestLessonAdam(t *testing.T) {
	teachtest.Cache(t)
	set := open(t, folder(t, 10), 16)
	set.Share(0.1)
	stop := errors.New("stop")
	run := func(keep string, at int) *Lesson {
		l := lesson(t, set, func(o *Options) {
			o.Adam, o.Epochs, o.Keep = true, 4, keep
			o.Step = func(p Progress) error {
				if p.Step == at {
					return stop
				}
				return nil
			}
		})
		if err := l.Run(context.Background()); err != nil && err != stop {
			t.Fatal(err)
		}
		return l
	}
	whole := run(filepath.Join(t.TempDir(), "keep"), -1)
	if e := whole.History[3]; e.Accuracy < 0.8 || whole.Properties()["train.optimiser"] != "AdamW" {
		t.Errorf("right %.2f of what is learnt; %v", e.Accuracy, whole.Properties())
	}
	keep := filepath.Join(t.TempDir(), "keep")
	run(keep, 7)
	again := run(keep, -1)
	for i, p := range whole.m.Params {
		if !slices.Equal(p.Value, again.m.Params[i].Value) {
			t.Errorf("%s differs after going on", p.Name)
		}
	}
}

// A stop in the midst of a step ends it, and what goes on from there comes to the same bits.
func TestStopMidStep(t *testing.T) {
	teachtest.Cache(t)
	set := open(t, folder(t, 10), 16)
	set.Share(0.1)
	whole := lesson(t, set, nil)
	if err := whole.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	keep := filepath.Join(t.TempDir(), "keep")
	ctx, cancel := context.WithCancel(context.Background())
	l := lesson(t, set, func(o *Options) { o.Keep = keep })
	l.o.Step = func(p Progress) error {
		if p.Step == 5 {
			asked := 0
			l.learner = &pressed{l.learner, func() error {
				if asked++; asked == 1 {
					cancel()
				}
				return ctx.Err()
			}}
		}
		return nil
	}
	if err := l.Run(ctx); !errors.Is(err, context.Canceled) || l.Steps != 5 {
		t.Fatalf("stopped after %d steps, want 5: %v", l.Steps, err)
	}
	again := lesson(t, set, func(o *Options) { o.Keep = keep })
	if again.Steps != 5 {
		t.Fatalf("goes on after %d steps, want 5", again.Steps)
	}
	if err := again.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for i, v := range whole.norms() {
		if !slices.Equal(v, again.norms()[i]) {
			t.Errorf("running values %d differ", i)
		}
	}
	for i, p := range whole.m.Params {
		if !slices.Equal(p.Value, again.m.Params[i].Value) {
			t.Errorf("%s differs", p.Name)
		}
	}
}

// pressed is a learner in the midst of whose steps Ctrl-C is pressed.
type pressed struct {
	train.Learner
	stop func() error
}

func (p *pressed) Learn(b *train.Batch) (train.Outcome, error) {
	own := *b
	own.Stop = p.stop
	return p.Learner.Learn(&own)
}

// meddler is a learner beside whose steps something happens.
type meddler struct {
	train.Learner
	learn, guess func()
}

func (m *meddler) Learn(b *train.Batch) (train.Outcome, error) {
	o, err := m.Learner.Learn(b)
	m.learn()
	return o, err
}

func (m *meddler) Guess(x []float32, n int) ([]float32, error) {
	m.guess()
	return m.Learner.Guess(x, n)
}

// A lesson that is stopped at an epoch's end does not try its pictures first; the last epoch's are tried when it goes on.
func TestStopBeforeTrial(t *testing.T) {
	teachtest.Cache(t)
	set := open(t, folder(t, 10), 16)
	set.Share(0.1)
	keep := filepath.Join(t.TempDir(), "keep")
	for i := range 3 {
		ctx, cancel := context.WithCancel(context.Background())
		steps, guesses := 0, 0
		l := lesson(t, set, func(o *Options) {
			o.Keep = keep
			open := o.Open
			o.Open = func(m *train.Model, batch, w, h int, lo LearnerOptions) (train.Learner, error) {
				inner, err := open(m, batch, w, h, lo)
				return &meddler{inner, func() {
					if steps++; steps == 8 {
						cancel()
					}
				}, func() { guesses++ }}, err
			}
		})
		err := l.Run(ctx)
		cancel()
		if i < 2 {
			if !errors.Is(err, context.Canceled) || guesses > 0 || len(l.History) != i+1 || !math.IsNaN(l.History[i].Test) {
				t.Fatalf("stopped at the end of epoch %d: %v, %d guesses, history %v", i+1, err, guesses, l.History)
			}
		} else if err != nil || steps > 0 || guesses == 0 || len(l.History) != 2 || math.IsNaN(l.History[1].Test) || l.confuse == nil {
			t.Fatalf("went on: %v, %d steps, %d guesses, history %v", err, steps, guesses, l.History)
		}
	}
}

// A hardened picture differs by no more than it may, in the way that makes the loss larger.
func TestHarden(t *testing.T) {
	teachtest.Cache(t)
	set := open(t, folder(t, 4), 16)
	l := lesson(t, set, func(o *Options) { o.Robust, o.Variety = 8, &Variety{Area: 1} })
	if err := l.compute(0); err != nil {
		t.Fatal(err)
	}
	hard := append([]float32(nil), l.batch.X...)
	out, _ := l.learner.Learn(l.batch)
	l.o.Robust = 0
	if err := l.compute(0); err != nil {
		t.Fatal(err)
	}
	plain, _ := l.learner.Learn(l.batch)
	most := 8. / 255 / 0.25
	for i, v := range l.batch.X {
		if d := math.Abs(float64(v - hard[i])); d > most+1e-5 {
			t.Fatalf("value %d is changed by %g, at most %g is allowed", i, d, most)
		}
	}
	if out.Loss <= plain.Loss {
		t.Errorf("hardened pictures' loss is %g, plain ones' %g", out.Loss, plain.Loss)
	}
}

// Groups are found again, a number that is not given too.
func TestCluster(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var points [][]float64
	for i := range 60 {
		p := make([]float64, 8)
		for c := range p {
			p[c] = 0.2 * r.NormFloat64()
		}
		p[i%3] += 2
		points = append(points, p)
	}
	best, score := 0, math.Inf(-1)
	for k := 2; k < 7; k++ {
		if v := apart(points, cluster(points, k, 1)); v > score {
			best, score = k, v
		}
	}
	of := cluster(points, 3, 1)
	if best != 3 {
		t.Errorf("%d groups stand most clearly apart, want 3", best)
	}
	for i := range of {
		if of[i] != of[i%3] {
			t.Fatalf("point %d is in group %d, want %d", i, of[i], of[i%3])
		}
	}
	same := slices.Repeat([][]float64{{1, 2}}, 5)
	if of := cluster(same, 3, 1); len(of) != 5 {
		t.Error("equal points cannot be grouped")
	}
}

// One epoch is no epochs.
func TestEpochs(t *testing.T) {
	for n, want := range []string{"0 epochs", "1 epoch", "2 epochs"} {
		if got := Epochs(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
