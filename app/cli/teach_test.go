package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/adrg/xdg"

	"zalgoscope/app/picture"
	"zalgoscope/app/teach/teachtest"
	"zalgoscope/nn/load"
	"zalgoscope/nn/train"
)

// Two classes of three pictures are learnt from the built-in net: the file opens with labels, beside it a report.
func TestTeach(t *testing.T) {
	dir, out := teachtest.Classes(t, 3, 80, 70), filepath.Join(t.TempDir(), "mine.onnx")
	mustRun(t, "teach", dir, "-o", out, "--epochs", "1", "--threads", "1")
	net, err := load.File(out, load.Options{Warn: func(s string) { t.Error(s) }})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(net.Labels, " ") != "clouds noise" {
		t.Errorf("labels %q", net.Labels)
	}
	if w, _ := net.Size(); w != 64 {
		t.Errorf("made for %d pixels, want 64", w)
	}
	if _, err := picture.Open(strings.TrimSuffix(out, ".onnx") + ".report.png"); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(xdg.CacheHome, "zalgoscope", "teach", "*.lesson")); left != nil {
		t.Errorf("checkpoints stay: %q", left)
	}
	if seen := mustRun(t, "see", "--net", out, filepath.Join(dir, "noise", "1.png")); !strings.Contains(seen, "noise") {
		t.Errorf("sees %s", seen)
	}
}

// stopper is a learner after whose first step Ctrl-C is pressed.
type stopper struct {
	train.Learner
	stop func()
}

func (s stopper) Learn(b *train.Batch) (train.Outcome, error) {
	o, err := s.Learner.Learn(b)
	s.stop()
	return o, err
}

// reluctant is a learner whose second step ends only some time after it is asked to, as beside much other work.
type reluctant struct {
	train.Learner
	steps int
}

// reluctantVar has the program that the test binary is learn so.
const reluctantVar = "ZALGOSCOPE_TEST_RELUCTANT"

func (r *reluctant) Learn(b *train.Batch) (train.Outcome, error) {
	if r.steps++; r.steps != 2 {
		return r.Learner.Learn(b)
	}
	say("the second step begins")
	for b.Stop() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(2 * stopTime)
	return train.Outcome{}, b.Stop()
}

// A lesson that is stopped writes its net, but not over one that stood there when it began.
func TestTeachStops(t *testing.T) {
	dir, out := teachtest.Classes(t, 2, 80, 70), filepath.Join(t.TempDir(), "mine.onnx")
	if err := os.WriteFile(out, []byte("finished"), 0o644); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{false, false, true} {
		if i == 2 {
			os.Remove(out)
		}
		ctx, stop := context.WithCancel(context.Background())
		p := testProgram
		p.Engines = []Engine{testProgram.Engines[0]}
		p.Engines[0].Learn = func(m *train.Model, batch, w, h int, o LearnerOptions) (train.Learner, error) {
			l, err := testProgram.Engines[0].Learn(m, batch, w, h, o)
			return stopper{l, stop}, err
		}
		cmd := p.Command()
		cmd.SetArgs([]string{"teach", dir, "-o", out, "--epochs", "2", "--threads", "1"})
		if err := cmd.ExecuteContext(ctx); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		stop()
		data, err := os.ReadFile(out)
		if wrote := string(data) != "finished"; err != nil || wrote != want {
			t.Errorf("stopped for the %d. time: a net is written: %v, want %v (%v)", i+1, wrote, want, err)
		}
	}
}

func TestTeachErrors(t *testing.T) {
	dir, out := teachtest.Classes(t, 1, 80, 70), filepath.Join(t.TempDir(), "mine.onnx")
	flat, one := filepath.Join(dir, "noise"), t.TempDir()
	if err := os.CopyFS(filepath.Join(one, "noise"), os.DirFS(flat)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{dir}, "-o NAME.onnx"},
		{[]string{dir, "-o", "mine.png"}, "ends in .onnx"},
		{[]string{t.TempDir(), "-o", out}, "there is no picture in"},
		{[]string{one, "-o", out}, `one class alone, "noise"`},
		{[]string{flat, "-o", out}, "fewer than four"},
		{[]string{dir, "-o", out, "--classes", "3"}, "each subfolder is a class"},
		{[]string{dir, "-o", out, "--size", "20"}, "--size is 20"},
		{[]string{dir, "-o", out, "--from", "none"}, "--from"},
		{[]string{dir, "-o", out, "--optimiser", "adam"}, "sgd or adamw"},
		{[]string{dir, "-o", out, "--precision", "fp16"}, "auto, fp32 or bf16"},
		{[]string{dir, "-o", "/nowhere/mine.onnx"}, "/nowhere"},
	} {
		_, err := run(append([]string{"teach"}, c.args...)...)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error %v, want one line with %q", c.args, err, c.want)
		}
	}
}
