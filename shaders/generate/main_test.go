package main

import (
	"os"
	"testing"
)

// TestGenerate wants the generator to give the very file that is committed.
func TestGenerate(t *testing.T) {
	got, err := os.ReadFile("../unary.glsl")
	if err != nil {
		t.Fatal(err)
	}
	want, err := unary("../../nn")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("shaders/unary.glsl is not what nn.Unaries makes; run go generate ./shaders")
	}
}
