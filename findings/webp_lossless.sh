#!/usr/bin/env bash
# A lossless WebP does not come back as it was.
#
# Package:   github.com/gen2brain/webp v0.5.5 (libwebp as WebAssembly, tag nodynamic), beside golang.org/x/image v0.47.0;
#            the file is by cwebp -lossless of Debian's package webp.
# Expected:  every pixel of an opaque picture is what was encoded: that is what lossless says, and golang.org/x/image/webp does it.
# Seen:      nearly every pixel is another one, the worst by more than half the range: a still picture is always
#            handed out as YUV 4:2:0, in which 2x2 pixels share their colour, even when the file holds RGB without loss.
# It matters to a program that keeps pictures or data in pixels without loss, and to one that shows screenshots and pixel art.
set -euo pipefail

for tool in go cwebp; do
	command -v "$tool" >/dev/null || { echo "cannot check: $tool is missing (Debian: golang, webp)"; exit 2; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'GO'
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"os"
	"os/exec"

	gen2brain "github.com/gen2brain/webp"
	ximage "golang.org/x/image/webp"
)

// stripes are one pixel wide, in colours that change from row to row.
func stripes(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{255, uint8(4 * y), 0, 255}
			if x%2 == 1 {
				c = color.NRGBA{0, uint8(4 * x), 255, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// compare counts the pixels that differ, and says by how much the worst does.
func compare(want *image.NRGBA, got image.Image) (differ, worst int) {
	for y := range want.Rect.Dy() {
		for x := range want.Rect.Dx() {
			a, b := want.NRGBAAt(x, y), color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA)
			if a != b {
				differ++
			}
			for _, d := range [3]int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
				worst = max(worst, d, -d)
			}
		}
	}
	return differ, worst
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	want := stripes(64, 64)
	var file bytes.Buffer
	check(png.Encode(&file, want))
	check(os.WriteFile("in.png", file.Bytes(), 0o600))
	check(exec.Command("cwebp", "-quiet", "-lossless", "in.png", "-o", "in.webp").Run())
	data, err := os.ReadFile("in.webp")
	check(err)

	got, err := gen2brain.Decode(bytes.NewReader(data))
	check(err)
	right, err := ximage.Decode(bytes.NewReader(data))
	check(err)
	differ, worst := compare(want, got)
	differX, worstX := compare(want, right)
	fmt.Println("of 4096 pixels of a lossless file, how many differ from what was encoded, and the worst by how much (0..255)")
	fmt.Printf("  gen2brain/webp:     %4d, %3d, as %T\n", differ, worst, got)
	fmt.Printf("  x/image/webp:       %4d, %3d, as %T\n", differX, worstX, right)
	if differ < 2048 || worst < 64 || differX != 0 {
		fmt.Println("CHANGED: this is not what was seen with v0.5.5")
		os.Exit(1)
	}
	fmt.Println("SEEN: the lossless picture has lost its colours")
}
GO

{ go mod init finding && go get github.com/gen2brain/webp@v0.5.5 golang.org/x/image@v0.47.0; } >log 2>&1 || { cat log; exit 2; }
echo "github.com/gen2brain/webp v0.5.5 reads a lossless WebP file:"
go run -tags nodynamic .
