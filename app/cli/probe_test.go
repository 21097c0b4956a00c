package cli

import (
	"path/filepath"
	"testing"

	"zalgoscope/nn/enginetest"
)

// Probing a preprocessed .npy and comparing is what users do to check engines.
func TestProbeCommand(t *testing.T) {
	dir := t.TempDir()
	ref := filepath.Join(repository, "nn", "enginetest", "testdata", "menagerie")
	for _, c := range []struct{ layer, file, grad string }{
		{"inception_3b", "inception_3b.npy", "--grad=false"},
		{"inception_4c", "inception_4c.grad.npy", "--grad"},
	} {
		out := filepath.Join(dir, c.file)
		mustRun(t, "probe", filepath.Join(ref, "input.npy"), "--layer", c.layer, c.grad, "-o", out)
		got, err := readAnyNPY(out)
		if err != nil {
			t.Fatal(err)
		}
		want, err := readAnyNPY(filepath.Join(ref, c.file))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Shape().Eq(want.Shape()) {
			t.Fatalf("%s: shape %v, want %v", c.file, got.Shape(), want.Shape())
		}
		if e := enginetest.Error(got, want); e > enginetest.Exact.Error {
			t.Errorf("%s: relative error %g", c.file, e)
		}
	}
	// A picture is preprocessed: the same input as the reference's.
	out := filepath.Join(dir, "picture.npy")
	mustRun(t, "probe", filepath.Join(repository, "nn", "enginetest", "testdata", "picture_91x77.png"), "--layer", "inception_3b", "-o", out)
	got, err := readAnyNPY(out)
	if err != nil {
		t.Fatal(err)
	}
	want, err := readAnyNPY(filepath.Join(ref, "inception_3b.npy"))
	if err != nil {
		t.Fatal(err)
	}
	if e := enginetest.Error(got, want); e > enginetest.Exact.Error {
		t.Errorf("the picture: relative error %g", e)
	}
}
