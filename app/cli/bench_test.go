package cli

import (
	"encoding/json"
	"testing"
)

func TestBenchCommand(t *testing.T) {
	out := mustRun(t, "bench", "--size", "48x32", "--layer", "inception_3a", "--engine", "cpu", "--threads", "1", "--seconds", "0.2", "--json")
	var m struct {
		Engine, Net, Layer string
		Threads, Width     int
		StepsPerS          float64 `json:"steps_per_s"`
		Share              float64
		Peak               float64 `json:"peak_gflops"`
		Layers             []struct{ Ms float64 }
	}
	if err := json.Unmarshal([]byte(out), &m); err != nil {
		t.Fatal(err)
	}
	if m.Engine != "cpu" || m.Net != "menagerie" || m.Layer != "inception_3a" || m.Threads != 1 || m.Width != 48 ||
		m.StepsPerS <= 0 || m.Share <= 0 || m.Peak <= 0 || len(m.Layers) < 10 {
		t.Errorf("got %+v", m)
	}
}
