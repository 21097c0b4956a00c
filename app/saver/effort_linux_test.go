package saver

import (
	"os"
	"path/filepath"
	"testing"
)

func TestOnBattery(t *testing.T) {
	type supply map[string]string
	for _, c := range []struct {
		name     string
		supplies []supply
		want     bool
	}{
		{"a desktop", nil, false},
		{"plugged in", []supply{{"type": "Battery", "status": "Charging"}, {"type": "Mains", "online": "1"}}, false},
		{"unplugged", []supply{{"type": "Battery", "status": "Discharging"}, {"type": "Mains", "online": "0"}}, true},
		{"charged by USB", []supply{{"type": "Battery", "status": "Discharging"}, {"type": "USB", "online": "1"}}, false},
		{"a mouse's battery", []supply{{"type": "Battery", "status": "Discharging", "scope": "Device"}}, false},
	} {
		folder := t.TempDir()
		for i, s := range c.supplies {
			dir := filepath.Join(folder, string(rune('a'+i)))
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			for name, text := range s {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := onBattery(folder); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestCountWork(t *testing.T) {
	w, err := countWork()
	if err != nil {
		t.Fatal(err)
	}
	if w.all <= 0 || w.busy <= 0 || w.busy > w.all || w.own < 0 || w.own > w.busy {
		t.Errorf("got %+v", w)
	}
}

func TestSoleDisplay(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct{ socket, want string }{{"X7", ":7"}, {"X8", ""}} {
		if err := os.WriteFile(filepath.Join(folder, c.socket), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := soleDisplay(folder); got != c.want {
			t.Errorf("with %s: got %q, want %q", c.socket, got, c.want)
		}
	}
}
