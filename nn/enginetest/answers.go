package enginetest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/load"
)

// Answers runs the small nets of the shared folder's cases/onnx and compares with ONNX Runtime's answers. It logs a
// table of all; a net fails the test that is refused or wrong and not listed in notYet.
func Answers(t *testing.T, open Open) {
	files, err := filepath.Glob(filepath.Join(Shared(t), "cases", "onnx", "*.onnx"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	var passed, failed, refused int
	var table strings.Builder
	for _, path := range files {
		name := strings.TrimSuffix(filepath.Base(path), ".onnx")
		net, why := loadAnswer(path)
		word := "refused"
		if why == "" {
			word, why = "passed", tryAnswer(t, open, net, strings.TrimSuffix(path, ".onnx"))
			if why != "" {
				word = "failed"
			}
		}
		switch word {
		case "passed":
			passed++
		case "failed":
			failed++
		default:
			refused++
		}
		fmt.Fprintf(&table, "%-8s %-50s %s\n", word, name, why)
		listed := slices.ContainsFunc(notYet, func(pattern string) bool { ok, _ := filepath.Match(pattern, name); return ok })
		switch {
		case why != "" && !listed:
			t.Errorf("%s: %s: %s", name, word, why)
		case why == "" && listed:
			t.Errorf("%s passes; notYet need not name it any more", name)
		}
	}
	t.Logf("%d passed, %d failed, %d refused\n%s", passed, failed, refused, &table)
}

// loadAnswer reads a case's net, or tells why its output y cannot be had.
func loadAnswer(path string) (net *nn.Net, refused string) {
	var heard []string
	net, err := load.File(path, load.Options{Warn: func(s string) { heard = append(heard, s) }})
	if err == nil {
		_, err = net.Find("y")
	}
	switch {
	case err == nil:
		return net, ""
	case len(heard) > 0:
		return nil, heard[0]
	}
	return nil, err.Error()
}

// tryAnswer runs a case, whose files begin with base, and tells what is wrong with the output; "" if nothing is.
func tryAnswer(t *testing.T, open Open, net *nn.Net, base string) (wrong string) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			wrong = fmt.Sprint("panics: ", r)
		}
	}()
	dir, name := filepath.Split(base)
	x, want := readNPY(t, os.DirFS(dir), name+".in.npy"), readNPY(t, os.DirFS(dir), name+".out.npy")
	engine, err := open(net)
	if err != nil {
		return err.Error()
	}
	defer engine.Close()
	got, err := engine.Activation(x, "y")
	if err != nil {
		return err.Error()
	}
	if !got.Shape().Eq(want.Shape()) && got.Shape().TotalSize() != want.Shape().TotalSize() {
		return fmt.Sprintf("its shape is %v, not %v", got.Shape(), want.Shape())
	}
	most := tolerances(engine).Answer
	if name == "f8_e5m2" {
		most *= 2 // sums of products of up to 1e3 that cancel, of which ONNX Runtime's own are off by 2e-5
	}
	if off := furthest(got, want); !(off <= most) {
		return fmt.Sprintf("it is off by %.2g, %g is allowed", off, most)
	}
	return ""
}

// furthest is the largest difference, each divided by one more than the value that is wanted.
func furthest(got, want *tensor.Dense) (worst float64) {
	w := nn.Floats(want)
	for i, v := range nn.Floats(got) {
		d := math.Abs(float64(v)-float64(w[i])) / (1 + math.Abs(float64(w[i])))
		if !(d <= worst) {
			worst = d
		}
	}
	return worst
}
