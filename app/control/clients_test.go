package control

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// clients are programs of others that speak OSC: liblo where it is installed, and npm's osc where
// ZALGOSCOPE_OSC names the node_modules that have it.
func clients(t *testing.T) map[string]*exec.Cmd {
	t.Helper()
	list := map[string]*exec.Cmd{}
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import liblo").Run() == nil {
			list["liblo"] = exec.Command(python, filepath.Join("testdata", "client.py"))
			break
		}
	}
	if list["liblo"] == nil {
		if os.Getenv("ZALGOSCOPE_ALL") != "" {
			t.Fatal("make test installs python3-liblo, but it is not there")
		}
		t.Log("without python3-liblo it is not heard")
	}
	if modules := os.Getenv("ZALGOSCOPE_OSC"); modules != "" {
		c := exec.Command("node", filepath.Join("testdata", "client.js"))
		c.Env = append(os.Environ(), "NODE_PATH="+modules)
		list["npm osc"] = c
	}
	return list
}

// Every address, patterns, bundles early and late, and a question are understood as other people's programs send them.
func TestClients(t *testing.T) {
	for name, c := range clients(t) {
		t.Run(name, func(t *testing.T) {
			s, q, _ := listen(t)
			_, port, _ := strings.Cut(s.Addr().String(), ":")
			c.Args = append(c.Args, port)
			var lines strings.Builder
			want := map[string]int{}
			for _, a := range s.addresses {
				kind := map[Kind]string{Text: "text", Trigger: "trigger"}[a.Kind]
				if kind == "" {
					kind = "number"
				}
				fmt.Fprintln(&lines, a.Path, kind)
				want[a.Path]++
			}
			want["/knob/pan-x"], want["/knob/pan-y"] = 2, 2
			want["/scene/next"], want["/tap"], want["/scene/previous"] = 2, 2, 2
			c.Stdin, c.Stderr = strings.NewReader(lines.String()), os.Stderr
			ended := make(chan error, 1)
			var out strings.Builder
			c.Stdout = &out
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			go func() { ended <- c.Wait() }()
			got := map[string]int{}
			value := map[string]float64{}
			asked, done := false, false
			for end := time.Now().Add(30 * time.Second); !done || got["/tap"] < 2; time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("it does not come to an end; heard %v", got)
				}
				select {
				case err := <-ended:
					if done = true; err != nil {
						t.Fatal(err)
					}
				default:
				}
				events, lost := q.Take()
				if lost > 0 {
					t.Errorf("%d are lost", lost)
				}
				for _, e := range events {
					if e.Answer != nil {
						asked = true
						e.Answer(float32(0.25))
						continue
					}
					got[e.Path]++
					value[e.Path] = e.Value
					if a, _ := Find(e.Path); a.Kind == Text && e.Text != "word" {
						t.Errorf("%s says %q", e.Path, e.Text)
					}
				}
			}
			if v, err := strconv.ParseFloat(strings.TrimSpace(out.String()), 64); !asked || err != nil || v != 0.25 {
				t.Errorf("the question was heard: %t, and answered by %q", asked, out.String())
			}
			for path, n := range want { // settings that come together are one
				if a, _ := Find(path); got[path] < 1 || a.Kind == Trigger && got[path] != n {
					t.Errorf("%s was heard %d times, want %d", path, got[path], n)
				}
			}
			if value["/knob/pan-x"] != 0.25 || value["/bend/7/wet"] != 0.5 || value["/knob/steps/value"] != 1 {
				t.Errorf("pan is %g, wet %g, steps %g", value["/knob/pan-x"], value["/bend/7/wet"], value["/knob/steps/value"])
			}
			if _, rejected := s.Counts(); rejected != 0 {
				t.Errorf("%d were refused", rejected)
			}
		})
	}
}
