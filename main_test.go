package main

import (
	"bytes"
	"context"
	"debug/elf"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"zalgoscope/app/cli"
)

// TestMain lets the test binary be the program itself.
func TestMain(m *testing.M) {
	if os.Getenv("ZALGOSCOPE_TEST_MAIN") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// run runs a command line with the given engines and returns what it printed.
func run(engines []cli.Engine, args ...string) (string, error) {
	var out bytes.Buffer
	p := cli.Program{Version: version, Engines: engines, Exit: os.Exit}
	cmd := p.Command()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.ExecuteContext(context.Background())
	return out.String(), err
}

// The program is the command line with its own version and engines, and ends with the status that says how it went.
func TestProgram(t *testing.T) {
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"--version", 0, "zalgoscope version " + version + "\n"},
		{"dream --help", 0, "auto (a hardware GL device, else the processor), cpu, gl or reference"},
		{"layers --net nothing", 1, "zalgoscope: there is no built-in or downloaded net"},
	} {
		cmd := exec.Command(os.Args[0], strings.Fields(c.args)...)
		cmd.Env = append(os.Environ(), "ZALGOSCOPE_TEST_MAIN=1")
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != c.status || !strings.Contains(string(out), c.want) {
			t.Errorf("%q: exit status %d and %q, want %d and %q", c.args, got, out, c.status, c.want)
		}
	}
}

// The program starts on a server or in a bare container: it is linked with the C library alone, and opens the
// toolkit of the file dialogs and OpenGL when they are asked for.
func TestLinked(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("reads ELF")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f, err := elf.Open(self)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	libraries, err := f.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"libc.so.6"}; !slices.Equal(libraries, want) {
		t.Errorf("linked with %q, want %q", libraries, want)
	}
}
