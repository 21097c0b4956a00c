package gpu

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/nn"
)

// cached are options that keep programs and tuning in a folder.
func cached(folder string) Options {
	o := llvmpipe()
	o.Cache, o.Fixed = folder, false
	return o
}

// tuned makes steps until the tuner is done.
func tuned(t *testing.T, e *Engine) string {
	t.Helper()
	for range 200 {
		c := painted(t, e, 33, 31)
		if _, err := e.Ascend(c, toOutput, nn.Step{Size: 1}); err != nil {
			t.Fatal(err)
		}
		c.Release()
		if err := e.do(e.tuner.builder.wait); err != nil {
			t.Fatal(err)
		}
		if !e.tuner.busy() {
			return string(climbed(t, e, 33, 31, 2).Pix)
		}
	}
	t.Fatal("the tuner never ends")
	return ""
}

func TestStore(t *testing.T) {
	dir := t.TempDir()
	want := string(climbed(t, open(t, inception(), llvmpipe()), 33, 31, 2).Pix)
	e := open(t, inception(), cached(dir))
	if tuned(t, e) != want {
		t.Error("tuned steps differ from the usual kernels'")
	}
	best := len(e.tuner.best)
	bins, tunings := files(t, dir, ".bin"), files(t, dir, ".json")
	if len(bins) == 0 || len(tunings) != 1 || best == 0 {
		t.Fatalf("got %d programs, %d tunings of %d shapes; want some, 1, some", len(bins), len(tunings), best)
	}

	e = open(t, inception(), cached(dir))
	if len(e.tuner.best) != best {
		t.Errorf("got %d shapes from the store, want %d", len(e.tuner.best), best)
	}
	sources := 0
	e.patch = func(source string) string {
		if e.store.load(source) == 0 {
			sources++
		}
		return source
	}
	if string(climbed(t, e, 33, 31, 2).Pix) != want || sources > 0 {
		t.Errorf("from the store: other bits, or %d programs that it did not have", sources)
	}

	for i, path := range append(bins, tunings...) {
		damage(t, path, i)
	}
	e = open(t, inception(), cached(dir))
	if tuned(t, e) != want {
		t.Error("from a damaged store: other bits")
	}
	if len(e.tuner.best) != best {
		t.Errorf("from a damaged store: got %d shapes, want %d", len(e.tuner.best), best)
	}
}

// A tuning file that names kernels which the device does not have is passed over.
func TestStoreOfNonsense(t *testing.T) {
	dir := t.TempDir()
	e := open(t, inception(), cached(dir))
	tuned(t, e)
	path := files(t, dir, ".json")[0]
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), `"PX": `, `"PX": 9`)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	tuned(t, open(t, inception(), cached(dir)))
}

// Where the driver shares no programs between contexts the tuner's are built between steps.
func TestTuningWithoutSibling(t *testing.T) {
	want := string(climbed(t, open(t, inception(), llvmpipe()), 33, 31, 2).Pix)
	e := open(t, inception(), cached("-"))
	if b := e.tuner.builder; b.context != nil {
		b.context.close()
		b.context = nil
	} else if !strings.Contains(e.device.Renderer, "zink") {
		t.Error("llvmpipe's programs are not shared")
	}
	if tuned(t, e) != want || len(e.tuner.best) == 0 {
		t.Errorf("other bits, or none of the shapes is decided")
	}
}

// On hardware, timer queries that later steps read decide for each shape.
func TestTuningAsHardware(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out what measures for long")
	}
	e := open(t, inception(), cached("-"))
	e.device.Software = false
	want := string(climbed(t, e, 33, 31, 2).Pix)
	if err := e.do(func() { e.tuner.finish(e.plans[len(e.plans)-1]) }); err != nil {
		t.Fatal(err)
	}
	if string(climbed(t, e, 33, 31, 2).Pix) != want {
		t.Error("tuned steps differ from the usual kernels'")
	}
	for _, q := range e.plans[0].passes {
		if q.conv == nil {
			continue
		}
		if best, ok := e.tuner.best[q.conv.shape()]; !ok || q.kernel != best.String() {
			t.Errorf("layer %q runs by %s, the best is %v", q.layer, q.kernel, best)
		}
	}
}

// A candidate that the driver rejects is passed over; the dream goes on by the usual kernels.
func TestTuningOfRejected(t *testing.T) {
	e := open(t, inception(), cached("-"))
	want := string(climbed(t, e, 33, 31, 2).Pix)
	if err := e.do(e.tuner.builder.wait); err != nil {
		t.Fatal(err)
	}
	made := len(e.programs)
	e.patch = func(source string) string { return source + "no shader" }
	if tuned(t, e) != want {
		t.Error("other bits")
	}
	if len(e.programs) != made || len(e.tuner.builder.refused) == 0 || len(e.tuner.best) == 0 {
		t.Errorf("got %d programs after %d, %d refused, %d shapes", len(e.programs), made, len(e.tuner.builder.refused), len(e.tuner.best))
	}
}

// A store that cannot be written is no store.
func TestStoreNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	climbed(t, open(t, inception(), cached(filepath.Join(file, "folder"))), 16, 16, 1)
}

func files(t *testing.T, dir, suffix string) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*"+suffix))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// damage spoils a file in one of several ways.
func damage(t *testing.T, path string, way int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	switch way % 3 {
	case 0:
		data = data[:len(data)/2]
	case 1:
		data[len(data)-1] ^= 1
	case 2:
		data = nil
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
