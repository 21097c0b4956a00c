//go:build unix

package app

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/app/visible"
)

// TestDropsHostileDreams drops pictures whose recipes name pipes, devices, other machines and things of thousands
// of letters. Each is answered by a short note, the dream goes on, and so does the next start.
func TestDropsHostileDreams(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"pipe.png", "beside.png"} {
		if err := syscall.Mkfifo(at(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := dream.Live()
	s.Layer = "conv2"
	m := dream.Clouds(48, 32, 3)
	long := strings.Repeat("w", 4000)
	desktop := w.desktop()
	for i, c := range []struct {
		name, want string // part of the note
		change     func(*record.Recipe)
	}{
		{"a start that is a pipe", "start picture", func(r *record.Recipe) { r.Frames, r.Start.Name = 2, at("pipe.png") }},
		{"a start beside it that is a pipe", "start picture", func(r *record.Recipe) { r.Frames, r.Start.Name = 2, "beside.png" }},
		{"a start on another machine", "start picture", func(r *record.Recipe) { r.Frames, r.Start.Name = 2, `\\host\share\a.png` }},
		{"a start without an end", "start picture", func(r *record.Recipe) { r.Frames, r.Start.Name = 2, "/dev/zero" }},
		{"a vast start", "pixels", func(r *record.Recipe) {
			r.Frames, r.Start = 2, record.Start{Identity: dream.Identity{Name: "clouds", Width: 16000, Height: 8000}}
		}},
		{"a long name", "start picture", func(r *record.Recipe) { r.Frames, r.Start.Name = 2, long }},
		{"a net of a long name", "no net", func(r *record.Recipe) { r.Net = record.Net{Name: long} }},
		{"a net that steers", `\x1b[2J\u202e`, func(r *record.Recipe) { r.Net = record.Net{Name: "x\x1b[2J\u202e"} }},
		{"a guide that is a pipe", "goes on without it", func(r *record.Recipe) { r.Changes[0].Settings.Guide = at("pipe.png") }},
		{"a guide without an end", "goes on without it", func(r *record.Recipe) { r.Changes[0].Settings.Guide = "/dev/zero" }},
		{"a guide on another machine", "goes on without it", func(r *record.Recipe) { r.Changes[0].Settings.Guide = "//host/share/a.png" }},
		{"a canvas beyond all memory", "no memory", func(r *record.Recipe) {
			r.Changes[0].Settings.Width, r.Changes[0].Settings.Height = 8192, 8192
		}},
		{"a layer of a long name", "no layer", func(r *record.Recipe) { r.Changes[0].Settings.Layer = long[:3000] }},
	} {
		r := record.Recipe{
			Program: "test", Net: record.Net{Name: "small", SHA256: "1234567812345678"}, Seed: 5, Start: record.StartOf(dream.StillOf("static", m)),
			Changes: []record.Change{{Settings: s}}, Frames: 1, FPS: 20,
		}
		c.change(&r)
		path := at(strings.Repeat("d", i+1) + ".png")
		if err := record.Save(path, m, r, 0); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		told := len(w.state().Told)
		desktop.drop(path)
		after := w.until("of "+c.name+" a note tells", func(s state) bool {
			return len(s.Told) > told && strings.Contains(strings.Join(s.Told[told:], "\n"), c.want)
		})
		for _, note := range after.Told[told:] {
			if utf8.RuneCountInString(note) > visible.Most || strings.ContainsAny(note, "\n\x1b") {
				t.Errorf("%s: the note is %q", c.name, note)
			}
		}
		n := after.Frame
		if s := w.until("the dream goes on", func(s state) bool { return s.Frame != n && settled(s) }); s.Want.Guide != "" {
			t.Errorf("%s: the guide is %q", c.name, s.Want.Guide)
		}
	}
	w.close()
	w.start()
	w.dreaming()
	w.close()
}
