#!/usr/bin/env bash
# The first 24 pixels of every HEIC are wrong.
#
# Package:   github.com/gen2brain/heic v0.4.5 (libheif as WebAssembly, tag nodynamic); the files are by heif-enc of Debian's libheif-examples.
# Expected:  a picture of one flat colour has that luma everywhere, as heif-convert of the same package reads it.
# Seen:      pixels 0 to 23 of the first row have other values, at any size, and nothing else does. Decode hands out
#            the planes where they lie in the module's memory, and gives that memory back before it returns; the
#            allocator then keeps its own notes (24 bytes) at the start of it.
# It matters to a program that shows or works on photos: a line of wrong pixels is in the corner of each, small enough to be
# missed by a test that allows for a lossy codec on average, and large enough to be dreamed at.
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
	"image/draw"
	"image/png"
	"log"
	"os"
	"os/exec"

	"github.com/gen2brain/heic"
)

var orange = color.NRGBA{200, 120, 60, 255}

// wrong counts the pixels whose luma is more than 8 of 255 off, and says where they are.
func wrong(m image.Image) (n int, where image.Rectangle) {
	want := color.GrayModel.Convert(orange).(color.Gray).Y
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			d := int(color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y) - int(want)
			if max(d, -d) > 8 {
				n++
				where = where.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return n, where
}

// run stops at a program that fails.
func run(name string, args ...string) {
	if said, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		log.Fatalf("%s: %v: %s", name, err, said)
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	asSeen := true
	for _, size := range []image.Point{{128, 32}, {256, 256}, {640, 480}} {
		flat := image.NewNRGBA(image.Rectangle{Max: size})
		draw.Draw(flat, flat.Rect, image.NewUniform(orange), image.Point{}, draw.Src)
		var file bytes.Buffer
		check(png.Encode(&file, flat))
		check(os.WriteFile("in.png", file.Bytes(), 0o600))
		run("heif-enc", "-q", "95", "-o", "out.heic", "in.png")
		run("heif-convert", "out.heic", "back.png")

		data, err := os.ReadFile("out.heic")
		check(err)
		m, err := heic.Decode(bytes.NewReader(data))
		check(err)
		back, err := os.ReadFile("back.png")
		check(err)
		debian, err := png.Decode(bytes.NewReader(back))
		check(err)

		n, where := wrong(m)
		nDebian, _ := wrong(debian)
		fmt.Printf("  %dx%d: %d wrong pixels within %v; by heif-convert %d\n", size.X, size.Y, n, where, nDebian)
		// A byte of the notes may be near the luma by chance.
		if n < 12 || n > 24 || !where.In(image.Rect(0, 0, 24, 1)) || nDebian != 0 {
			asSeen = false
		}
	}
	if !asSeen {
		fmt.Println("CHANGED: this is not what was seen with v0.4.5")
		os.Exit(1)
	}
	fmt.Println("SEEN: the first pixels of each picture are wrong, and no others")
}
GO

{ go mod init finding && go get github.com/gen2brain/heic@v0.4.5; } >log 2>&1 || { cat log; exit 2; }
echo "github.com/gen2brain/heic v0.4.5 reads HEIC files of one flat colour:"
go run -tags nodynamic .
