package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestGenerate wants the generator to give the very files that are committed.
func TestGenerate(t *testing.T) {
	files, err := texts("../../nn")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("shaders/%s is not what nn's Go makes; run go generate ./shaders", name)
		}
	}
}
