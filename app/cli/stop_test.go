//go:build !windows

package cli

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"zalgoscope/app/teach/teachtest"
	"zalgoscope/app/toolstest"
	"zalgoscope/nn/load"
)

// startMain runs the program in a folder, by way of a shell's words before it where there are some.
func startMain(t *testing.T, dir string, before string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	if before != "" {
		cmd = exec.Command("sh", append([]string{"-c", before + ` exec "$@"`, "sh", self}, args...)...)
	}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ZALGOSCOPE_TEST_MAIN=1")
	stderr := &bytes.Buffer{}
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, stderr
}

// waitFor waits until a file in a folder has that many bytes at least.
func waitFor(t *testing.T, pattern string, bytes int64) {
	t.Helper()
	for deadline := time.Now().Add(toolstest.Patience); ; time.Sleep(10 * time.Millisecond) {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range found {
			if info, err := os.Stat(name); err == nil && info.Size() >= bytes {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not come", pattern)
		}
	}
}

// names are those of the files in a folder.
func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

// longStep is a frame whose every step takes many seconds on any machine: one thread of the slow engine.
var longStep = []string{"dream", "static", "--size", "1600x1200", "--steps", "50", "--octaves", "1", "--layer", "inception_5b", "--engine", "reference"}

// A stop signal ends a long step within the time that it has, a second one at once, and nothing half written stays; what
// stood at the output stands there still.
func TestStopSignals(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what runs the program many times")
	}
	for _, c := range []struct {
		name, before, out string
		signals           []syscall.Signal
		left              string
	}{
		{"interrupt", "", "new.gif", []syscall.Signal{syscall.SIGINT}, "old.gif"},
		{"terminal gone", "", "old.gif", []syscall.Signal{syscall.SIGHUP}, "old.gif"},
		{"picture", "", "new.png", []syscall.Signal{syscall.SIGTERM}, "old.gif"},
		{"video", "", "new.mp4", []syscall.Signal{syscall.SIGTERM}, "old.gif"},
		{"two signals", "", "new.gif", []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}, "old.gif"},
		{"nohup", "trap '' HUP;", "new.gif", []syscall.Signal{syscall.SIGHUP, syscall.SIGHUP, syscall.SIGTERM}, "old.gif"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "old.gif"), []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd, stderr := startMain(t, dir, c.before, append(longStep, "-o", c.out)...)
			if c.out == "old.gif" || c.out == "new.png" {
				waitFor(t, filepath.Join(dir, ".zalgoscope-*"), 0)
			} else {
				waitFor(t, filepath.Join(dir, c.out), 0)
			}
			time.Sleep(500 * time.Millisecond) // by then it is within the step
			for _, s := range c.signals {
				if err := cmd.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
				time.Sleep(100 * time.Millisecond)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			select {
			case <-ended:
			case <-time.After(toolstest.Patience):
				t.Fatal("it goes on")
			}
			if code := cmd.ProcessState.ExitCode(); code != stopped || !strings.HasSuffix(stderr.String(), "zalgoscope: stopped\n") {
				t.Errorf("exit status %d and %q, want %d and that it stopped", code, stderr, stopped)
			}
			if got := names(t, dir); got != c.left {
				t.Errorf("there are %q, want %q", got, c.left)
			}
			if text, err := os.ReadFile(filepath.Join(dir, "old.gif")); err != nil || string(text) != "old" {
				t.Errorf("the old file holds %q, %v", text, err)
			}
		})
	}
}

// A stop signal ends a command while a picture is decoded in WebAssembly, which Go does not stop by itself.
func TestStopWhileDecoding(t *testing.T) {
	for _, name := range []string{"large.heic", "large.avif"} {
		data, err := os.ReadFile(filepath.Join("..", "picture", "testdata", "large", name))
		if err != nil {
			t.Fatal(err)
		}
		binary.BigEndian.PutUint64(data[bytes.Index(data, []byte("ispe"))+8:], 6000<<32|4000)
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(self, "dream", name, "-o", "out.png")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "ZALGOSCOPE_TEST_MAIN=1")
		out, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		stderr := bufio.NewReader(out)
		if line, err := stderr.ReadString('\n'); !strings.Contains(line, "is dreamed at 1680x1120") { // is said before it is decoded
			t.Fatalf("%s: %q, %v", name, line, err)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		asked := time.Now()
		said, _ := io.ReadAll(stderr)
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != stopped || string(said) != "zalgoscope: stopped\n" {
			t.Errorf("%s: exit status %d and %q, want %d and that it stopped", name, code, said, stopped)
		}
		t.Logf("%s: ended %v after the signal", name, time.Since(asked))
		if got := names(t, dir); got != name {
			t.Errorf("there are %q, want %q", got, name)
		}
	}
}

// The end of the program waits for no drive that does not answer.
func TestLeavingThatHangs(t *testing.T) {
	for _, c := range []struct {
		name   string
		signal time.Duration // when the next one comes, 0 for never
		act    time.Duration // how long it lasts
		want   time.Duration
	}{
		{"as long as it lasts", 0, leaveTime / 4, leaveTime / 4},
		{"too long", 0, time.Hour, leaveTime},
		{"signal", leaveTime / 2, time.Hour, leaveTime / 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				signals := make(chan os.Signal, 1)
				if c.signal > 0 {
					time.AfterFunc(c.signal, func() { signals <- os.Interrupt })
				}
				began := time.Now()
				hurry(signals, func() { time.Sleep(c.act) })
				if got := time.Since(began); got != c.want {
					t.Errorf("it ends after %v, want %v", got, c.want)
				}
				time.Sleep(c.act) // the act has to end with the test
			})
		})
	}
}

// What keeps something has more time, but not without end.
func TestKeepingTakesTime(t *testing.T) {
	for act, want := range map[time.Duration]time.Duration{0: stopTime, keepTime / 2: keepTime/2 + stopTime, time.Hour: keepTime + 2*stopTime} {
		synctest.Test(t, func(t *testing.T) {
			kept := keep()
			time.AfterFunc(act, kept)
			began := time.Now()
			<-overdue()
			if got := time.Since(began).Round(stopTime / 3); got != want.Round(stopTime/3) {
				t.Errorf("what takes %v has %v, want %v", act, got, want)
			}
			time.Sleep(act) // the act has to end with the test
		})
	}
}

// A lesson that is stopped writes its net also where that takes longer than the time that others have.
func TestTeachStopsLate(t *testing.T) {
	dir, out := teachtest.Classes(t, 2, 80, 70), t.TempDir()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv(reluctantVar, "1")
	cmd, _ := startMain(t, out, "exec 2>said;", "teach", dir, "-o", "mine.onnx", "--epochs", "2", "--threads", "1")
	said := func() string {
		data, _ := os.ReadFile(filepath.Join(out, "said"))
		return string(data)
	}
	for deadline := time.Now().Add(toolstest.Patience); !strings.Contains(said(), "second step"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not begin its second step: %q", said())
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != stopped || !strings.Contains(said(), "the net so far is in mine.onnx") {
		t.Errorf("exit status %d after %q", code, said())
	}
	if _, err := load.File(filepath.Join(out, "mine.onnx"), load.Options{}); err != nil {
		t.Error(err)
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
	for deadline := time.Now().Add(toolstest.Patience); ; time.Sleep(20 * time.Millisecond) {
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
