package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The README's keys are the studio's.
func TestReadmeListsTheKeys(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(repository, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if want := mustRun(t, "keys"); !strings.Contains(string(text), want) {
		t.Errorf("README.md lacks the table that 'zalgoscope keys' prints:\n%s", want)
	}
}
