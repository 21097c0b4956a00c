package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/nn"
	"zalgoscope/nn/cpu"
	"zalgoscope/nn/enginetest"
)

// TestMain lets the test binary be the program itself, for tests that need a process; linked to the saver's
// name it is the saver, as daemons run it.
func TestMain(m *testing.M) {
	if os.Getenv("ZALGOSCOPE_TEST_MAIN") != "" || filepath.Base(os.Args[0]) == saverName {
		os.Exit(testProgram.Main(os.Args))
	}
	os.Exit(m.Run())
}

// testProgram has the engines that every machine has.
var testProgram = Program{Version: "test", Exit: os.Exit, Engines: []Engine{
	{Name: "cpu", Open: func(net *nn.Net, o EngineOptions) (nn.Engine, error) {
		return cpu.Open(net, cpu.Options{Threads: o.Threads})
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

func TestDreamCommand(t *testing.T) {
	dir := t.TempDir()
	photo := filepath.Join(dir, "photo.png")
	if err := picture.Save(photo, dream.Clouds(60, 40, 3)); err != nil {
		t.Fatal(err)
	}
	quick := []string{"--steps", "2", "--octaves", "2", "--jitter", "4", "--layer", "inception_3a"}
	for _, c := range []struct {
		name string
		args []string
		w, h int
	}{
		{"whole", []string{photo}, 60, 40},
		{"static", []string{"static", "--size", "33x21"}, 33, 21},
		{"clouds", []string{"clouds", "--size", "48x48", "--class", "tarantula"}, 48, 48},
		{"shrunk", []string{photo, "--max", "30"}, 30, 20},
		{"cropped", []string{photo, "--size", "32x32"}, 32, 32},
		{"channels", []string{photo, "--channel", "3,7:0.5"}, 60, 40},
		{"two layers", []string{photo, "--layer", "inception_3a:0.3,inception_3b:0.7"}, 60, 40},
		{"guide", []string{photo, "--guide", photo}, 60, 40},
		{"filigree", []string{photo, "--net", "filigree"}, 60, 40},
	} {
		out := filepath.Join(dir, c.name+".png")
		mustRun(t, append(append([]string{"dream", "-o", out}, quick...), c.args...)...)
		m := open(t, out)
		if m.Rect != image.Rect(0, 0, c.w, c.h) {
			t.Errorf("%s: got %v, want %dx%d", c.name, m.Rect, c.w, c.h)
		}
		if c.w == 60 && bytes.Equal(m.Pix, open(t, photo).Pix) {
			t.Errorf("%s: the picture did not change", c.name)
		}
	}
}

func TestDreamFrames(t *testing.T) {
	dir := t.TempDir()
	args := []string{"dream", "static", "--size", "40x30", "--frames", "3", "--steps", "1", "--octaves", "1", "--layer", "conv2", "--zoom", "0.1", "--pan", "0.01,-0.02"}
	mustRun(t, append(args, "-o", filepath.Join(dir, "a.png"))...)
	mustRun(t, append(args, "-o", filepath.Join(dir, "b%03d.png"))...)
	for _, pair := range [][2]string{{"a-00000.png", "b000.png"}, {"a-00002.png", "b002.png"}} {
		if a, b := open(t, filepath.Join(dir, pair[0])), open(t, filepath.Join(dir, pair[1])); !bytes.Equal(a.Pix, b.Pix) {
			t.Errorf("%s and %s differ: one seed must give one dream", pair[0], pair[1])
		}
	}
	if a, b := open(t, filepath.Join(dir, "a-00000.png")), open(t, filepath.Join(dir, "a-00001.png")); bytes.Equal(a.Pix, b.Pix) {
		t.Error("two frames are the same")
	}
}

// A film and its replay have the same frames, whatever they are written as.
func TestReplayCommand(t *testing.T) {
	dir := t.TempDir()
	film, session := filepath.Join(dir, "a.gif"), filepath.Join(dir, "a.toml")
	mustRun(t, "dream", "clouds", "--size", "48x36", "--frames", "4", "--steps", "1", "--octaves", "2", "--layer", "conv2",
		"--rotate", "5", "--seed", "9", "--fps", "10", "-o", film, "--session", session)
	direct := filepath.Join(dir, "d%02d.png")
	mustRun(t, "dream", "clouds", "--size", "48x36", "--frames", "4", "--steps", "1", "--octaves", "2", "--layer", "conv2",
		"--rotate", "5", "--seed", "9", "-o", direct)
	for i, from := range []string{film, session, filepath.Join(dir, "d03.png")} {
		again := filepath.Join(dir, string(rune('p'+i))+"%02d.png")
		mustRun(t, "replay", from, "-o", again)
		for _, n := range []string{"00", "03"} {
			a, b := open(t, strings.Replace(direct, "%02d", n, 1)), open(t, strings.Replace(again, "%02d", n, 1))
			if !bytes.Equal(a.Pix, b.Pix) {
				t.Errorf("replay of %s: frame %s differs", filepath.Base(from), n)
			}
		}
	}
	mustRun(t, "replay", film, "--size", "24x18", "--from", "1", "--to", "3", "-o", filepath.Join(dir, "s%d.png"))
	small := open(t, filepath.Join(dir, "s1.png"))
	if small.Rect.Dx() != 24 {
		t.Errorf("at another size: %v", small.Rect)
	}
	mustRun(t, "replay", filepath.Join(dir, "s1.png"), "-o", filepath.Join(dir, "again%d.png"))
	if m := open(t, filepath.Join(dir, "again1.png")); !bytes.Equal(m.Pix, small.Pix) {
		t.Errorf("a replay's own replay has size %v and differs", m.Rect)
	}
	if _, err := run("replay", filepath.Join(repository, "nn", "enginetest", "testdata", "picture_91x77.png"), "-o", film); err == nil || !strings.Contains(err.Error(), "no zalgoscope recipe") {
		t.Errorf("a picture without a recipe: %v", err)
	}
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

func TestSeeNamesTheTabby(t *testing.T) {
	photo := filepath.Join(enginetest.Shared(t), "nets", "squeezenet", "photo_131x107.png")
	out := mustRun(t, "see", photo)
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 5 || !strings.Contains(out, "tabby") {
		t.Errorf("got %d lines:\n%s", len(lines), out)
	}
}

func TestLayersCommand(t *testing.T) {
	out := mustRun(t, "layers", "--size", "128x64")
	for _, want := range []string{"inception_4c ", "240x8x16", "conv1/pre", "layers at 128x64"} {
		if !strings.Contains(out, want) {
			t.Errorf("the list lacks %q:\n%s", want, out)
		}
	}
}

func TestBenchCommand(t *testing.T) {
	out := mustRun(t, "bench", "--size", "48x32", "--layer", "inception_3a", "--engine", "cpu", "--threads", "1", "--seconds", "0.2", "--json")
	var m struct {
		Engine, Net, Layer string
		Threads, Width     int
		StepsPerS          float64 `json:"steps_per_s"`
		Share              float64
		Peak               float64 `json:"peak_gflops"`
		Layers             []struct{ Ms float64 }
	}
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		t.Fatal(err)
	}
	if m.Engine != "cpu" || m.Net != "menagerie" || m.Layer != "inception_3a" || m.Threads != 1 || m.Width != 48 ||
		m.StepsPerS <= 0 || m.Share <= 0 || m.Peak <= 0 || len(m.Layers) < 10 {
		t.Errorf("got %+v", m)
	}
}

// Probing a preprocessed .npy and comparing is what users do to check engines.
func TestProbeCommand(t *testing.T) {
	dir := t.TempDir()
	ref := filepath.Join(repository, "nn", "enginetest", "testdata", "menagerie")
	for _, c := range []struct{ layer, file, grad string }{
		{"inception_3b", "inception_3b.npy", "--grad=false"},
		{"inception_4c", "inception_4c.grad.npy", "--grad"},
	} {
		out := filepath.Join(dir, c.file)
		mustRun(t, "probe", filepath.Join(ref, "input.npy"), "--layer", c.layer, c.grad, "-o", out)
		got, err := readAnyNPY(out)
		if err != nil {
			t.Fatal(err)
		}
		want, err := readAnyNPY(filepath.Join(ref, c.file))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Shape().Eq(want.Shape()) {
			t.Fatalf("%s: shape %v, want %v", c.file, got.Shape(), want.Shape())
		}
		if e := enginetest.Error(got, want); e > enginetest.Tolerance {
			t.Errorf("%s: relative error %g", c.file, e)
		}
	}
	// A picture is preprocessed: the same input as the reference's.
	out := filepath.Join(dir, "picture.npy")
	mustRun(t, "probe", filepath.Join(repository, "nn", "enginetest", "testdata", "picture_91x77.png"), "--layer", "inception_3b", "-o", out)
	got, err := readAnyNPY(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := readAnyNPY(filepath.Join(ref, "inception_3b.npy"))
	if err != nil {
		t.Fatal(err)
	}
	if e := enginetest.Error(got, want); e > enginetest.Tolerance {
		t.Errorf("the picture: relative error %g", e)
	}
}

// An interrupt ends a long dream at once, and every frame that is there is whole.
func TestInterruptLeavesWholeFrames(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "dream", "static", "--size", "64x48", "--frames", "100000", "--steps", "1", "--octaves", "1",
		"--layer", "conv2", "-o", filepath.Join(dir, "%05d.png"))
	cmd.Env = append(os.Environ(), "ZALGOSCOPE_TEST_MAIN=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if found, _ := filepath.Glob(filepath.Join(dir, "*.png")); len(found) >= 3 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no three frames come")
		}
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	err = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(stderr.String(), "stopped") {
		t.Errorf("exit code %d (%v), stderr %q", code, err, stderr.String())
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if m := open(t, filepath.Join(dir, e.Name())); m.Rect.Dx() != 64 {
			t.Errorf("%s: %v", e.Name(), m.Rect)
		}
	}
}
