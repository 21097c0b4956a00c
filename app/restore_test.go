//go:build unix

package app

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/adrg/xdg"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/nn/enginetest"
)

// TestRestore starts with sessions in which something is wrong: what is good is taken up, and what is not is
// named in one note.
func TestRestore(t *testing.T) {
	was := xdg.StateHome
	xdg.StateHome = t.TempDir()
	t.Cleanup(func() { xdg.StateHome = was })
	if err := os.MkdirAll(filepath.Dir(sessionFile()), 0o700); err != nil {
		t.Fatal(err)
	}
	pipe, guide := filepath.Join(xdg.StateHome, "pipe.png"), filepath.Join(xdg.StateHome, "guide.png")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := picture.Save(guide, dream.Static(8, 8, 1)); err != nil {
		t.Fatal(err)
	}
	const good = "\n[Knobs]\nzoom = 0.125\nlayer = 'conv1'\n"
	for _, c := range []struct {
		name, text string
		told       []string // parts of the note; none for no note
		canvas     float64
		governed   bool
		zoom       float64
	}{
		{"as it was written", "Net='small'\nCanvas=800.0\nGoverned=false\n" + good + "guide = '" + guide + "'\n", nil, 800, false, 0.125},
		{"what plays it", "Net='small'\nBeats=8\nMeet=true\n" + good + "range-low=100\n", nil, 0, true, 0.125},
		{"beats that nobody counts", "Net='small'\nBeats=7\nMeet='yes'\n" + good + "range-low=1\n", []string{"beats 7", `meet "yes"`, `range-low "1"`}, 0, true, 0.125},
		{"a canvas as wide as a street", "Net='small'\nCanvas=1e9\nGoverned=true\n" + good, []string{"canvas 1e+09"}, 0, true, 0.125},
		{"no number of a canvas", "Net='small'\nCanvas=nan\nGoverned=true\n" + good, []string{"canvas NaN"}, 0, true, 0.125},
		{"a canvas of words", "Net='small'\nCanvas='wide'\nGoverned=true\n" + good, []string{`canvas "wide"`}, 0, true, 0.125},
		{"a canvas that takes all memory at once", "Net='small'\nCanvas=8192\nGoverned=false\n" + good, []string{"without the governor"}, 8192, true, 0.125},
		{"a knob out of its range", "Net='small'\nGoverned=true\n" + good + "step = 99\n", []string{`step "99"`}, 0, true, 0.125},
		{"a knob of words", "Net='small'\n" + good + "step = 'much'\n", []string{`step "much"`}, 0, true, 0.125},
		{"a knob that is none", "Net='small'\n" + good + "steep = 1\n", []string{"steep"}, 0, true, 0.125},
		{"a layer that is none", "Net='small'\n[Knobs]\nzoom=0.125\nlayer='" + strings.Repeat("x", 4000) + "'\n", []string{`layer "xxx`}, 0, true, 0.125},
		{"a long layer", "Net='small'\n[Knobs]\nzoom=0.125\nlayer='" + strings.Repeat("conv1,", 9000) + "'\n", []string{"layer"}, 0, true, 0.125},
		{"another net's layer", "Net='big'\n[Knobs]\nzoom=0.125\nlayer='none'\n", nil, 0, true, 0.125},
		{"bends that are none", "Net='small'\n" + good + "bend = 'conv1:none=1'\nmod='zoom=none:1:1'\n", []string{"bend", "mod"}, 0, true, 0.125},
		{"a guide that is a pipe", "Net='small'\n" + good + "guide = '" + pipe + "'\n", []string{"guide"}, 0, true, 0.125},
		{"a guide that is a device", "Net='small'\n" + good + "guide = '/dev/zero'\n", []string{"guide"}, 0, true, 0.125},
		{"a guide elsewhere", "Net='small'\n" + good + "guide = '//host/share/g.png'\n", []string{"guide"}, 0, true, 0.125},
		{"all at once", "Net=7\nCanvas=-1\nGoverned='yes'\nCover=1\nPreset=[1]\nKnobs=3\n",
			[]string{"net", "canvas", "governed", "cover", "preset", "knobs"}, 0, true, 0},
		{"a window where it was", "Net='small'\n[Window]\nMonitor='screen'\nX=-20\nY=30\nWidth=700\nHeight=500\n" + good, nil, 0, true, 0.125},
		{"a window larger than any", "Net='small'\n[Window]\nX=1\nY=1\nWidth=700000\nHeight=500\n" + good, []string{"window's place"}, 0, true, 0.125},
		{"a window of words", "Net='small'\n[Window]\nX='left'\nY=1\nWidth=700\nHeight=500\n" + good, []string{"window's place"}, 0, true, 0.125},
		{"control characters", "Net='small'\nPreset=[\"\\u001b[2J\\n\"]\n" + good, []string{"preset"}, 0, true, 0.125},
		{"no TOML", "Net = = 'small'", []string{"cannot be read"}, 0, true, 0},
		{"nothing", "", nil, 0, true, 0},
		{"too long", strings.Repeat("#", 1<<20), []string{"cannot be read"}, 0, true, 0},
	} {
		if err := os.WriteFile(sessionFile(), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		s := &studio{cfg: Config{Net: enginetest.Small(), NetID: record.Net{Name: "small"}}, want: dream.Live()}
		s.size.governed = true
		s.presets.at = -1
		s.restore()
		s.runPosted()
		zoom := c.zoom
		if zoom == 0 {
			zoom = dream.Live().Zoom
		}
		if s.want.Zoom != zoom || s.size.wanted != c.canvas || s.size.governed != c.governed {
			t.Errorf("%s: zoom %g, canvas %g, governed %v", c.name, s.want.Zoom, s.size.wanted, s.size.governed)
		}
		if c.name == "as it was written" && (s.want.Guide != guide || s.want.Layer != "conv1") {
			t.Errorf("%s: guide %q, layer %q", c.name, s.want.Guide, s.want.Layer)
		}
		if c.name == "what plays it" && (s.beats.every != 8 || !s.surfaces.meet || s.want.RangeLow != 100 || s.want.RangeHigh != 3000) {
			t.Errorf("%s: %d beats, meet %t, range %g to %g", c.name, s.beats.every, s.surfaces.meet, s.want.RangeLow, s.want.RangeHigh)
		}
		if (len(s.toasts.Texts()) > 0) != (len(c.told) > 0) || len(s.toasts.Texts()) > 1 {
			t.Errorf("%s: the notes are %+v", c.name, s.toasts.Texts())
			continue
		}
		for _, part := range c.told {
			if got := s.toasts.Texts()[0]; !strings.Contains(got, part) {
				t.Errorf("%s: got %q, want it with %s", c.name, got, part)
			}
		}
		if err := s.want.Check(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
