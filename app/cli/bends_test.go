package cli

import (
	"image"
	"path/filepath"
	"strings"
	"testing"

	"zalgoscope/nn/bend"
)

// The list has one line for every kind.
func TestBendsCommand(t *testing.T) {
	lines := strings.Split(mustRun(t, "bends"), "\n")
	for _, k := range bend.Kinds {
		n := 0
		for _, line := range lines {
			if strings.HasPrefix(line, "  "+k.Name+" ") && strings.HasSuffix(line, k.Help) {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d lines tell of %s, want 1", n, k.Name)
		}
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"bends", "clouds"}, "--sheet"},
		{[]string{"bends", "--sheet", "x.txt"}, "must end in .png"},
		{[]string{"dream", "clouds", "-o", "x.png", "--bend", "conv2:gian=2"}, `did you mean "gain"`},
		{[]string{"dream", "clouds", "-o", "x.png", "--bend", "conv2:gain=2", "--bend", "conv2:blurr"}, `did you mean "blur"`},
		{[]string{"dream", "clouds", "-o", "x.png", "--bend", "inception_4z:gain=2"}, `no layer "inception_4z"`},
	} {
		if _, err := run(c.args...); err == nil || !strings.Contains(oneLine(err), c.want) {
			t.Errorf("zalgoscope %s: got %v, want an error with %s", strings.Join(c.args, " "), err, c.want)
		}
	}
}

// Bends given one by one are those given in one text.
func TestBendFlags(t *testing.T) {
	dir := t.TempDir()
	one, two := filepath.Join(dir, "one.png"), filepath.Join(dir, "two.png")
	args := []string{"dream", "clouds", "--size", "48x32", "--steps", "1", "--octaves", "1", "-o"}
	mustRun(t, append(args, one, "--bend", "conv2:gain=-2 inception_3a:invert=1,channels=1;5,seed=7")...)
	mustRun(t, append(args, two, "--bend", "conv2:gain=-2", "--bend", "inception_3a:invert=1,channels=1;5,seed=7")...)
	if d := difference(open(t, one), open(t, two)); d != 0 {
		t.Errorf("the dreams differ by %g of 255", d)
	}
}

// A replay's bends take the place of the recorded ones, and travel in what it writes.
func TestReplayBends(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	args := []string{"dream", "clouds", "--size", "48x32", "--steps", "1", "--octaves", "1", "--bend"}
	const other = "inception_3a:invert=1"
	mustRun(t, append(args, "conv2:gain=-2", "-o", at("recorded.png"))...)
	mustRun(t, append(args, other, "-o", at("want.png"))...)
	mustRun(t, "replay", at("recorded.png"), "--bend", other, "-o", at("bent.png"))
	mustRun(t, "replay", at("bent.png"), "-o", at("again.png"))
	mustRun(t, "replay", at("recorded.png"), "--zalgo", "6", "-o", at("zalgo.png"))
	want := open(t, at("want.png"))
	for _, name := range []string{"bent.png", "again.png"} {
		if d := difference(open(t, at(name)), want); d != 0 {
			t.Errorf("%s differs by %g from the dream of these bends", name, d)
		}
	}
	recorded := open(t, at("recorded.png"))
	if difference(recorded, want) < 1 || difference(open(t, at("zalgo.png")), recorded) < 1 {
		t.Error("the bends do not show")
	}
	for _, bad := range []string{"conv2:gian=2", "nowhere:gain=2"} {
		if _, err := run("replay", at("recorded.png"), "--bend", bad, "-o", at("bad.png")); err == nil {
			t.Errorf("a replay with %s began", bad)
		}
	}
}

// Every kind of bend at its usual amount shows at both layers of the sheet.
func TestBendsShow(t *testing.T) {
	if testing.Short() {
		t.Skip("-short leaves out long dreams")
	}
	const w, h, floor = 96, 72, 6.0
	path := filepath.Join(t.TempDir(), "sheet.png")
	mustRun(t, "bends", "--sheet", path, "--size", "96x72")
	sheet := open(t, path)
	cell := func(i, layer int) *image.RGBA {
		x, y := 8+i%4*(2*w+8)+layer*w, 8+i/4*(h+18)
		m := image.NewRGBA(image.Rect(0, 0, w, h))
		for line := range h {
			copy(m.Pix[line*m.Stride:][:4*w], sheet.Pix[sheet.PixOffset(x, y+line):])
		}
		return m
	}
	clean := cell(0, 0)
	if d := difference(clean, cell(0, 1)); d != 0 {
		t.Fatalf("the two dreams without bends differ by %g", d)
	}
	for i, k := range bend.Kinds {
		a, b := difference(cell(i+1, 0), clean), difference(cell(i+1, 1), clean)
		t.Logf("%-20s %5.1f %5.1f", k.Name, a, b)
		if min(a, b) < floor {
			t.Errorf("%s differs by %.1f and %.1f of 255 from the dream without bends, want at least %g", k.Name, a, b, floor)
		}
	}
}
