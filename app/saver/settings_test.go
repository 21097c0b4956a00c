package saver

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A settings file gives back the options that it was made of, and a new one the defaults.
func TestSettingsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "below", "saver.toml")
	got := Options{Speed: 3, Seed: 1}
	if err := ReadSettings(path, &got); err != nil || got.Speed != 3 {
		t.Errorf("without a file: %v and %+v, want nothing changed", err, got)
	}
	if err := WriteSettings(path); err != nil {
		t.Fatal(err)
	}
	if err := ReadSettings(path, &got); err != nil || got != Defaults() {
		t.Errorf("a new file: %v and %+v, want %+v", err, got, Defaults())
	}
	want := Options{Scene: "reef", Speed: 0.5, Strength: 2, Words: "spider, coral", Images: `C:\Users\me\Pictures`, FPS: true, Seed: 1}
	if err := os.WriteFile(path, []byte(SettingsText(want)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteSettings(path); err != nil {
		t.Fatal(err)
	}
	if err := ReadSettings(path, &got); err != nil || got != want {
		t.Errorf("a changed file: %v and %+v, want %+v", err, got, want)
	}
}

func TestSettingsErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "saver.toml")
	for text, want := range map[string]string{
		"sped = 2":         `no setting "sped"`,
		"speed = 'fast'":   "speed is fast, but must be a number",
		"words = 3":        "words is 3, but must be a text in quotes",
		"fps = 1":          "fps is 1, but must be true or false",
		"images = \"C:\\U": "saver.toml",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		o := Defaults()
		if err := ReadSettings(path, &o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}
