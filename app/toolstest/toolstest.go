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
			if os.Getenv("ZALGOSCOPE_ALL") != "" {
				t.Fatalf("make test installs %s, but: %v", p, err)
			}
			t.Skipf("this test needs %s: %v", p, err)
		}
	}
}
