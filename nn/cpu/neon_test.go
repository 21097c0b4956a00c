package cpu

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// neonListing is the assembly of the kernels for arm64, which any machine can read.
func neonListing(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("kernels_arm64.s")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestNEONEncodings wants the words of the listing to be the instructions whose names stand behind them.
func TestNEONEncodings(t *testing.T) {
	const tool = "aarch64-linux-gnu-objdump"
	objdump, err := exec.LookPath(tool)
	if err != nil {
		if os.Getenv("ZALGOSCOPE_ALL") != "" {
			t.Fatal("needs " + tool)
		}
		t.Skip("needs " + tool)
	}
	text := neonListing(t)
	var code []byte
	var want []string
	seen := map[string]bool{}
	for _, m := range regexp.MustCompile(`\tWORD \$0x([0-9a-f]{8}) // (.+)\n`).FindAllStringSubmatch(text, -1) {
		if seen[m[0]] {
			continue
		}
		seen[m[0]] = true
		var word uint32
		fmt.Sscanf(m[1], "%x", &word)
		code = append(code, byte(word), byte(word>>8), byte(word>>16), byte(word>>24))
		want = append(want, m[2])
	}
	if len(want) < 400 {
		t.Fatalf("only %d different instructions are words", len(want))
	}
	file := filepath.Join(t.TempDir(), "code")
	if err := os.WriteFile(file, code, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(objdump, "-D", "-b", "binary", "-m", "aarch64", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(`(?m)^ +[0-9a-f]+:\t[0-9a-f]{8} \t(\S+)\t(.+)$`).FindAllStringSubmatch(string(out), -1)
	if len(got) != len(want) {
		t.Fatalf("%d instructions, want %d", len(got), len(want))
	}
	for i, m := range got {
		if got := m[1] + " " + m[2]; got != want[i] {
			t.Errorf("instruction %d is %q, want %q", i, got, want[i])
		}
	}
}

// TestNEONSlots counts what the loop over a convolution's taps issues for each useful multiply-add of four lanes: 64 of these for
// 16 input channels, a pixel and 16 output channels, all that sees to the loop and to where things lie included. The weights alone are
// a load for four multiply-adds of a pixel, so that one pixel, or two, cannot come as near; rows of three and more are cut into none such.
func TestNEONSlots(t *testing.T) {
	text := neonListing(t)
	for n, most := range []float64{1: 1.33, 2: 1.18, 3: 1.15, 4: 1.15, 5: 1.15} {
		if n == 0 {
			continue
		}
		_, kernel, _ := strings.Cut(text, fmt.Sprintf("TEXT ·convNEONn%d(SB)", n))
		_, body, _ := strings.Cut(kernel, "\nwhole:\n")
		body, _, found := strings.Cut(body, "BNE whole\n")
		useful := strings.Count(body, "// fmla")
		all := strings.Count(body, "\n") + 1
		if !found || useful != 64*n {
			t.Fatalf("the loop of %d pixels has %d multiply-adds, want %d", n, useful, 64*n)
		}
		slots := float64(all) / float64(useful)
		t.Logf("%d pixels: %d instructions for %d multiply-adds, %.3f for each", n, all, useful, slots)
		if slots > most {
			t.Errorf("%d pixels: %.3f instructions for each multiply-add, want at most %.2f", n, slots, most)
		}
	}
	for w := 3; w < 2000; w++ {
		if least := slices.Min(split(w, 5)); least < 3 {
			t.Fatalf("a row of %d pixels is cut into tiles of which one has %d", w, least)
		}
	}
}
