package cpu

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGenerate wants the generator to give the very files that are committed.
func TestGenerate(t *testing.T) {
	dir := t.TempDir()
	cmd := exec.Command("go", "run", "-C", "asm", ".", "-pkg", "cpu",
		"-out", filepath.Join(dir, "kernels_amd64.s"), "-declarations", filepath.Join(dir, "kernels_amd64.go"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	for _, name := range []string{"kernels_amd64.s", "kernels_amd64.go"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		// The first line of the assembly is the command that made it.
		if filepath.Ext(name) == ".s" {
			got, want = body(got), body(want)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator makes; run go generate ./nn/cpu", name)
		}
	}
}

func body(file []byte) []byte {
	_, rest, _ := bytes.Cut(file, []byte("\n"))
	return rest
}
