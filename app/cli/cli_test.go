package cli

import (
	"bytes"
	"context"
	"errors"
	"image"
	"math"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"zalgoscope/app/picture"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/train"
)

// TestMain lets the test binary be the program itself, for tests that need a process; linked to the saver's
// name it is the saver, as daemons run it.
func TestMain(m *testing.M) {
	if os.Getenv("ZALGOSCOPE_TEST_MAIN") != "" || filepath.Base(os.Args[0]) == saverName {
		os.Exit(testProgram.Main(os.Args))
	}
	hearSignals()
	os.Exit(m.Run())
}

// hearSignals has the programs that tests start, which inherit what is ignored, be stopped by signals that a shell which
// keeps its jobs from the terminal has the tests ignore. Of those the tests themselves still hear nothing.
func hearSignals() {
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s) // what is heard is not inherited
		}
	}
}

// testProgram has the engines that every machine has.
var testProgram = Program{Version: "test", Exit: os.Exit, Engines: []Engine{
	{Name: "cpu", Open: func(net *nn.Net, o EngineOptions) (nn.Engine, error) {
		return cpu.Open(net, cpu.Options{Threads: o.Threads, Precision: o.Precision})
	}, Learn: func(m *train.Model, batch, w, h int, o LearnerOptions) (train.Learner, error) {
		l, err := cpu.OpenLearner(m, batch, w, h, o.Slope, cpu.Options{Threads: o.Threads, Precision: o.Precision})
		if err == nil && os.Getenv(reluctantVar) != "" {
			return &reluctant{Learner: l}, nil
		}
		return l, err
	}},
	{Name: "reference", Open: func(net *nn.Net, _ EngineOptions) (nn.Engine, error) { return nn.NewReference(net) }},
}}

// repository is the path to its root.
const repository = "../.."

// run runs a command line and returns what it printed.
func run(args ...string) (string, error) {
	var out bytes.Buffer
	cmd := testProgram.Command()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.ExecuteContext(context.Background())
	return out.String(), err
}

func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := run(args...)
	if err != nil {
		t.Fatalf("zalgoscope %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func open(t *testing.T, path string) *image.RGBA {
	t.Helper()
	m, err := picture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// difference is the mean absolute difference of two pictures' colour values, of 255; 255 where
// their sizes differ.
func difference(a, b *image.RGBA) float64 {
	if a.Rect != b.Rect {
		return 255
	}
	sum := 0.0
	for i, v := range a.Pix {
		if i%4 != 3 {
			sum += math.Abs(float64(v) - float64(b.Pix[i]))
		}
	}
	return sum / float64(len(a.Pix)/4*3)
}

func TestCommandErrors(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	out := filepath.Join(dir, "out.png")
	for _, c := range []struct {
		want string
		args []string
	}{
		{"there is no picture", []string{"dream", "none.png", "-o", out}},
		{"is damaged", []string{"dream", file("fake.png", "GIF89a......"), "-o", out}},
		{`required flag(s) "out"`, []string{"dream", "static"}},
		{".png", []string{"dream", "static", "--size", "32x32", "-o", "out.txt"}},
		{"has no layer", []string{"dream", "static", "--size", "32x32", "-o", out, "--layer", "nothing"}},
		{"labels", []string{"dream", "static", "--size", "32x32", "-o", out, "--class", "zzz"}},
		{"channels 0 to", []string{"dream", "static", "--size", "32x32", "-o", out, "--channel", "9999"}},
		{"from 0 to 12", []string{"dream", "static", "-o", out, "--step", "99"}},
		{"whole number", []string{"dream", "static", "-o", out, "--octaves", "2.5"}},
		{"more than 32768 pixels on a side", []string{"dream", "static", "-o", out, "--size", "100000x480"}},
		{"--fps is 0", []string{"dream", "static", "--size", "32x32", "-o", out, "--fps", "0"}},
		{"called so: zalgoscope dream ", []string{"dream", "static", "clouds", "-o", out}},
		{"called so: zalgoscope nets get NAME", []string{"nets", "get"}},
		{"is not WIDTHxHEIGHT", []string{"dream", "static", "-o", out, "--size", "big"}},
		{"--frames", []string{"dream", "static", "-o", out, "--frames", "0"}},
		{"no built-in or downloaded net", []string{"layers", "--net", "nothing"}},
		{"no such file", []string{"layers", "--net", filepath.Join(dir, "none.onnx")}},
		{"broken.onnx", []string{"layers", "--net", file("broken.onnx", "\x08\x07garbage")}},
		{`order is "RBG"`, []string{"layers", "--input-order", "RBG"}},
		{"mean", []string{"layers", "--input-mean", "1,2"}},
		{"std", []string{"layers", "--input-std", "0"}},
		{"--engine", []string{"dream", "static", "--size", "32x32", "-o", out, "--engine", "abacus"}},
		{"not an .npy file", []string{"probe", file("x.npy", "hello"), "--layer", "conv1", "-o", out}},
		{"accepts at most 1", []string{"draem", "a", "b"}},
		{"is 'zalgoscope dream' meant?", []string{"draem"}},
		{"is 'zalgoscope help dream' meant?", []string{"help", "draem"}},
		{"no command \"nothing\"; 'zalgoscope help' lists them", []string{"help", "nothing"}},
		{"is damaged", []string{file("fake.png", "GIF89a......")}},
		{"none.png", []string{filepath.Join(dir, "none.png")}},
	} {
		text, err := run(c.args...)
		if err == nil || !strings.Contains(oneLine(err), c.want) {
			t.Errorf("%q: got %v %s, want an error with %q", c.args, err, text, c.want)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("an error left an output file")
	}
}

// What cannot be printed is an error of every command.
func TestFullOutput(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer full.Close()
	before := os.Stdout
	os.Stdout = full
	defer func() { os.Stdout = before }()
	for _, args := range [][]string{{"help"}, {"--version"}, {"keys"}, {"scenes"}, {"classes"}, {"see", filepath.Join(repository, "assets", "parade.jpg")}} {
		if said := stderr(t, func() { err = testProgram.execute(t.Context(), append([]string{"zalgoscope"}, args...)) }); !errors.Is(err, syscall.ENOSPC) || said != "" {
			t.Errorf("%v: %v, said %q", args, err, said)
		}
	}
}
