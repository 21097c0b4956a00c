#!/usr/bin/env bash
# Baseline JPEGs of rare samplings come back in wrong colours, unless they hold a segment that has nothing to do with it.
#
# Package:   github.com/gen2brain/jpegli v0.3.4 (jpegli as WebAssembly); the files are by cjpeg of Debian's libjpeg-turbo-progs.
# Expected:  a picture of one flat colour has that colour whatever the sampling, as djpeg reads it and as the standard allows
#            (ITU-T T.81 has factors of 1 to 4 for every component).
# Seen:      with luma 3x1 of chroma 1x1, and with luma 1x1 of chroma 2x2, other colours are given, without an error. The planes
#            are handed out as one of the six ratios of image.YCbCr, and neither is one of them. When an APP13 segment is
#            put in (two bytes of any content) the same file comes back as RGB and right.
# It matters to a program that opens any JPEG: such files are what image/jpeg of Go refuses, so that they come to a second reader.
set -euo pipefail

for tool in go cjpeg djpeg; do
	command -v "$tool" >/dev/null || { echo "cannot check: $tool is missing (Debian: golang, libjpeg-turbo-progs)"; exit 2; }
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
	"log"
	"os"
	"os/exec"

	"github.com/gen2brain/jpegli"
)

const w, h = 48, 32

var orange = [3]int{200, 120, 60}

// run gives what a program writes when it is fed in.
func run(in []byte, name string, args ...string) []byte {
	c := exec.Command(name, args...)
	c.Stdin, c.Stderr = bytes.NewReader(in), os.Stderr
	out, err := c.Output()
	if err != nil {
		log.Fatalf("%s: %v", name, err)
	}
	return out
}

// worst is the largest difference of a pixel's red, green or blue from orange.
func worst(at func(x, y int) [3]int) (most int) {
	for i := range w * h {
		for k, v := range at(i%w, i/w) {
			most = max(most, v-orange[k], orange[k]-v)
		}
	}
	return most
}

// byLibrary is the worst difference in what the library makes of a file.
func byLibrary(file []byte) int {
	m, err := jpegli.Decode(bytes.NewReader(file))
	if err != nil {
		log.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, w, h) {
		log.Fatalf("the picture has the bounds %v", m.Bounds())
	}
	return worst(func(x, y int) [3]int {
		c := color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA)
		return [3]int{int(c.R), int(c.G), int(c.B)}
	})
}

func main() {
	log.SetFlags(0)
	ppm := fmt.Appendf(nil, "P6 %d %d 255\n", w, h)
	head := len(ppm)
	for range w * h {
		ppm = append(ppm, byte(orange[0]), byte(orange[1]), byte(orange[2]))
	}
	fmt.Printf("worst difference of a colour (0..255) from the flat %v; at most 4 is what a lossy file costs\n", orange)
	fmt.Println("  sampling             jpegli  jpegli with APP13  djpeg")
	asSeen := true
	for _, c := range []struct {
		sampling string
		wrong    bool
	}{{"2x2,1x1,1x1", false}, {"3x1,1x1,1x1", true}, {"1x1,2x2,2x2", true}} {
		file := run(ppm, "cjpeg", "-baseline", "-quality", "95", "-sample", c.sampling)
		marked := append(append(append([]byte{}, file[:2]...), "\xff\xed\x00\x04\x01\x01"...), file[2:]...)
		back := run(file, "djpeg", "-ppm")
		back = back[len(back)-(len(ppm)-head):]
		debian := worst(func(x, y int) [3]int {
			p := back[3*(y*w+x):]
			return [3]int{int(p[0]), int(p[1]), int(p[2])}
		})
		plain, with := byLibrary(file), byLibrary(marked)
		fmt.Printf("  %-19s  %6d  %17d  %5d\n", c.sampling, plain, with, debian)
		if (plain > 20) != c.wrong || with > 4 || debian > 4 {
			asSeen = false
		}
	}
	if !asSeen {
		fmt.Println("CHANGED: this is not what was seen with v0.3.4")
		os.Exit(1)
	}
	fmt.Println("SEEN: both rare samplings have wrong colours, and right ones with the segment")
}
GO

{ go mod init finding && go get github.com/gen2brain/jpegli@v0.3.4; } >log 2>&1 || { cat log; exit 2; }
echo "github.com/gen2brain/jpegli v0.3.4 reads JPEG files by cjpeg -sample:"
go run .
