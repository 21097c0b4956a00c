#!/usr/bin/env bash
# A small HEIC comes back scrambled.
#
# Package:   github.com/gen2brain/heic v0.4.5 (libheif as WebAssembly, tag nodynamic); the file is by heif-enc of Debian's libheif-examples.
# Expected:  a smooth picture of 48x32 pixels has its own luma in every row, but for a lossy codec's small error.
# Seen:      it is wrong throughout. The planes lie in rows of 64 bytes, as libheif stores them, and are handed out as an
#            image.YCbCr with rows of 48, the width rounded up to 16: each row begins in the middle of another one.
#            Read again in rows of 64 the same bytes are right, and so is a picture that is 128 pixels wide, as it comes.
# It matters to a program that opens what people drop on it: thumbnails and icons are shown as rubbish without an error.
set -euo pipefail

for tool in go heif-enc heif-convert; do
	command -v "$tool" >/dev/null || { echo "cannot check: $tool is missing (Debian: golang, libheif-examples)"; exit 2; }
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
	"math"
	"os"
	"os/exec"

	"github.com/gen2brain/heic"
)

// gradient gets lighter to the right and downwards, and redder on the way.
func gradient(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := 40 + 100*x/w + 80*y/h
			m.SetNRGBA(x, y, color.NRGBA{uint8(v + 20), uint8(v), uint8(v - 20), 255})
		}
	}
	return m
}

// luma is the mean difference of the lumas from what was encoded, the plane having rows of stride bytes; it
// covers the rows that lie in the plane whole, without the first, which heic_first_pixels.sh is about.
func luma(want *image.NRGBA, plane []byte, stride int) float64 {
	sum, n := 0.0, 0
	w, h := want.Rect.Dx(), want.Rect.Dy()
	for y := 1; y < h && y*stride+w <= len(plane); y++ {
		for x := range w {
			c := want.NRGBAAt(x, y)
			lum, _, _ := color.RGBToYCbCr(c.R, c.G, c.B)
			sum += math.Abs(float64(lum) - float64(plane[y*stride+x]))
			n++
		}
	}
	return sum / float64(n)
}

// decoded has heif-enc and then the library go over a picture.
func decoded(want *image.NRGBA) *image.YCbCr {
	var file bytes.Buffer
	check(png.Encode(&file, want))
	check(os.WriteFile("in.png", file.Bytes(), 0o600))
	check(exec.Command("heif-enc", "-q", "95", "-o", "out.heic", "in.png").Run())
	data, err := os.ReadFile("out.heic")
	check(err)
	m, err := heic.Decode(bytes.NewReader(data))
	check(err)
	return m.(*image.YCbCr)
}

// byHeifConvert is the luma's mean difference in what Debian's own reader makes of the last file.
func byHeifConvert(want *image.NRGBA) float64 {
	check(exec.Command("heif-convert", "out.heic", "back.png").Run())
	file, err := os.Open("back.png")
	check(err)
	m, err := png.Decode(file)
	check(err)
	var plane []byte
	for i := range want.Rect.Dx() * want.Rect.Dy() {
		plane = append(plane, color.GrayModel.Convert(m.At(i%want.Rect.Dx(), i/want.Rect.Dx())).(color.Gray).Y)
	}
	return luma(want, plane, want.Rect.Dx())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	small, large := gradient(48, 32), gradient(128, 32)
	s := decoded(small)
	debian := byHeifConvert(small)
	l := decoded(large)
	asIs, as64, wide := luma(small, s.Y, s.YStride), luma(small, s.Y, 64), luma(large, l.Y, l.YStride)
	fmt.Println("mean difference of the luma (0..255) from the picture that was encoded; at most 2 is what a lossy file costs")
	fmt.Printf("  48x32, as decoded (rows of %d bytes):  %5.1f  expected at most 2\n", s.YStride, asIs)
	fmt.Printf("  48x32, the same bytes in rows of 64:  %5.1f\n", as64)
	fmt.Printf("  48x32, the same file by heif-convert: %5.1f\n", debian)
	fmt.Printf("  128x32, as decoded (rows of %d bytes): %4.1f\n", l.YStride, wide)
	if asIs < 8 || as64 > 2 || debian > 2 || wide > 2 {
		fmt.Println("CHANGED: this is not what was seen with v0.4.5")
		os.Exit(1)
	}
	fmt.Println("SEEN: the small picture is scrambled")
}
GO

{ go mod init finding && go get github.com/gen2brain/heic@v0.4.5; } >log 2>&1 || { cat log; exit 2; }
echo "github.com/gen2brain/heic v0.4.5 reads HEIC files of a smooth gradient:"
go run -tags nodynamic .
