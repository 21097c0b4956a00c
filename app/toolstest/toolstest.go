// Package toolstest is for tests that run other programs.
package toolstest

import (
	"os"
	"os/exec"
	"testing"
)

// Need skips a test where one of the programs is not installed. Under ZALGOSCOPE_ALL, as make test has it, which
// installs them all, the test fails there.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			Skip(t, "needs "+p+":", err)
		}
	}
}

// Skip skips a test that this machine cannot run. Under ZALGOSCOPE_ALL, as make test has it, the test fails.
func Skip(t testing.TB, why ...any) {
	t.Helper()
	if os.Getenv("ZALGOSCOPE_ALL") != "" {
		t.Fatal(append([]any{"make test runs this, but it"}, why...)...)
	}
	t.Skip(why...)
}
