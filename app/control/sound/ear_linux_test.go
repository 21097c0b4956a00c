package sound

import (
	"bytes"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/toolstest"
)

// server starts PulseAudio with nothing but a sink that plays into nowhere.
func server(t *testing.T) (stop func()) {
	t.Helper()
	toolstest.Need(t, "pulseaudio", "pacat")
	socket := filepath.Join(t.TempDir(), "native")
	t.Setenv("PULSE_SERVER", "unix:"+socket)
	start := func() *exec.Cmd {
		cmd := exec.Command("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit",
			"-L", "module-native-protocol-unix auth-anonymous=1 socket="+socket, "-L", "module-null-sink sink_name=nowhere rate=44100")
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_RUNTIME_DIR="+t.TempDir())
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			if _, err := os.Stat(socket); err == nil {
				return cmd
			}
			if time.Now().After(end) {
				t.Fatal("PulseAudio does not come up")
			}
		}
	}
	cmd := start()
	kill := func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); os.Remove(socket) }
	t.Cleanup(func() { kill() })
	return func() { kill(); cmd = start() }
}

// play plays samples on the sink.
func play(t *testing.T, s []float32) {
	t.Helper()
	cmd := exec.Command("pacat", "--raw", "--rate=44100", "--channels=1", "--format=s16le", "--latency-msec=20")
	cmd.Stdin = bytes.NewReader(wav(s)[44:])
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
}

// An ear hears what the computer plays: levels and tempo. When the server dies it says so, and hears the next one.
func TestEar(t *testing.T) {
	if testing.Short() {
		t.Skip("-short does not wait for sound")
	}
	restart := server(t)
	reports := make(chan error, 16)
	ear := Listen(Computer, func(err error) { reports <- err })
	t.Cleanup(ear.Close)
	wait := func(what string, ok func(Heard) bool) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); !ok(ear.Heard()); time.Sleep(10 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("not heard: %s; at last %+v", what, ear.Heard())
			}
		}
	}
	if err := <-reports; err != nil {
		t.Fatal(err)
	}
	play(t, song(31, kit(120, 0.5))) // as long as is waited
	wait("bass", func(h Heard) bool { return h.Levels[0] > 0.5 })
	wait("a beat at 120", func(h Heard) bool { return math.Abs(h.Tempo/120-1) < 0.01 })
	restart()
	if err := <-reports; err == nil {
		t.Error("the server's death is no news")
	}
	if err := <-reports; err != nil {
		t.Errorf("the next server: %v", err)
	}
	play(t, song(5, func(t float64) float64 { return 0.3 * math.Sin(2*math.Pi*6000*t) }))
	wait("the tone on the next server", func(h Heard) bool { return h.Levels[2] > 0.9 })
}

// Where there is no sound server, that is one line, and closing does not wait.
func TestNoServer(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:"+filepath.Join(t.TempDir(), "none"))
	usual := again
	again = time.Hour
	defer func() { again = usual }()
	reports := make(chan error, 16)
	ear := Listen(Computer, func(err error) { reports <- err })
	if err := <-reports; err == nil {
		t.Error("it hears without a server")
	}
	toolstest.Ends(t, "closing, which is not to wait for the next try,", ear.Close)
	if h := ear.Heard(); h != (Heard{}) {
		t.Errorf("heard %+v", h)
	}
}

// What is built for Windows hears too, as far as Wine shows that: it records, and knows devices by name.
func TestWine(t *testing.T) {
	if os.Getenv("ZALGOSCOPE_WINE") == "" {
		t.Skip("make wine runs it")
	}
	exe := filepath.Join(t.TempDir(), "sound.exe")
	build := exec.Command("go", "test", "-c", "-o", exe, ".")
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	server(t)
	play(t, song(100, kit(120, 0.5)))
	run := exec.Command("wine", exe, "-test.v", "-test.run", "Windows|NoDevice")
	run.Env = append(os.Environ(), "WINEDEBUG=-all", "ZALGOSCOPE_SOURCES="+strings.Join([]string{Computer, Microphone, "monitor of"}, ","))
	said, err := run.CombinedOutput()
	t.Logf("%s", said)
	if err != nil {
		t.Error(err)
	}
}
