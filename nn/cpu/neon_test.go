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
// 16 input channels, a pixel and 16 output channels, all that sees to the loop and to where things lie included. One instruction loads
// at most four registers of weights, for four multiply-adds of a pixel: these alone make 1.25 of one pixel and 1.125 of two, so that with
// a load for each pixel's values, two instructions for the tap's place and two for the loop neither can come below 1.15, nor by doing two taps in
// a round (1.31 and 1.16). Rows of three and more are cut into none such.
func TestNEONSlots(t *testing.T) {
	for n, most := range []float64{1: 1.33, 2: 1.18, 3: 1.15, 4: 1.15, 5: 1.15} {
		if n > 0 {
			countSlots(t, fmt.Sprintf("convNEONn%d", n), "fmla", 64*n, most)
		}
	}
	for w := 3; w < 2000; w++ {
		if least := slices.Min(split(w, 5, 1)); least < 3 {
			t.Fatalf("a row of %d pixels is cut into tiles of which one has %d", w, least)
		}
	}
}

// TestNEONHalfSlots counts the same of bfloat16 for each product of matrices, 16 multiply-adds: of two pixels, or of one as if it were
// two, 32 products. What was loaded of two pixels is joined by one instruction for four channels.
func TestNEONHalfSlots(t *testing.T) {
	for n, most := range []float64{1: 1.57, 2: 1.57, 3: 1.38, 4: 1.38} {
		if n > 0 {
			countSlots(t, fmt.Sprintf("convBF16NEONn%d", n), "bfmmla", 32*((n+1)/2), most)
		}
	}
	for w := 1; w < 2000; w++ {
		for i, n := range split(w, 4, 2) {
			if n%2 == 1 && (i+1)*4 < w {
				t.Fatalf("a row of %d pixels is cut into %v", w, split(w, 4, 2))
			}
		}
	}
}

// countSlots wants a kernel's loop over taps to have so many of an instruction, and at most so many of all for each.
func countSlots(t *testing.T, kernel, instruction string, want int, most float64) {
	t.Helper()
	_, text, _ := strings.Cut(neonListing(t), fmt.Sprintf("TEXT ·%s(SB)", kernel))
	_, body, _ := strings.Cut(text, "\nwhole:\n")
	body, _, found := strings.Cut(body, "BNE whole\n")
	useful := strings.Count(body, "// "+instruction+" ")
	all := strings.Count(body, "\n") + 1
	if !found || useful != want {
		t.Fatalf("the loop of %s has %d times %s, want %d", kernel, useful, instruction, want)
	}
	slots := float64(all) / float64(useful)
	t.Logf("%s: %d instructions for %d times %s, %.3f for each", kernel, all, useful, instruction, slots)
	if slots > most {
		t.Errorf("%s: %.3f instructions for each %s, want at most %.2f", kernel, slots, instruction, most)
	}
}
