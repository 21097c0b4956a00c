package cpu

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestGenerate wants the generators to give the very files that are committed.
func TestGenerate(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what builds a program")
	}
	for arch, generator := range map[string][]string{"amd64": {".", "-pkg", "cpu"}, "arm64": {"./neon"}} {
		t.Run(arch, func(t *testing.T) { generates(t, arch, generator) })
	}
}

func generates(t *testing.T, arch string, generator []string) {
	dir, assembly, declarations := t.TempDir(), "kernels_"+arch+".s", "kernels_"+arch+".go"
	cmd := exec.Command("go", append([]string{"run", "-C", "asm"}, generator...)...)
	cmd.Args = append(cmd.Args, "-out", filepath.Join(dir, assembly), "-declarations", filepath.Join(dir, declarations))
	cmd.Env = append(os.Environ(), "GOOS=", "GOARCH=") // it runs here, whatever is tested
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	for _, name := range []string{assembly, declarations} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		// The first line of assembly may be the command that made it.
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
