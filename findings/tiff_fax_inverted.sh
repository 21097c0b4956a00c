#!/usr/bin/env bash
# A fax saved as TIFF comes back inverted: what was black is white.
#
# Package:   golang.org/x/image/tiff v0.47.0; the file is by Pillow (python3-pil), which writes it by libtiff.
# Expected:  a white page with a black corner, as Pillow, ImageMagick and libtiff's tools read the file.
# Seen:      a black page with a white corner. The file says that 0 is black (PhotometricInterpretation 1) and is packed by CCITT Group 4.
#            There white is the value 0 whatever the colours are called (TIFF 6.0, section 11, says that WhiteIsZero is only the usual choice),
#            but the reader takes white for 1 unless the file says that 0 is white.
# It matters to a program that opens what people scan: such files are what fax machines and scanners write, and nothing warns of it.
set -euo pipefail

for tool in go python3; do
	command -v "$tool" >/dev/null || { echo "cannot check: $tool is missing"; exit 2; }
done
python=/usr/bin/python3
"$python" -c 'import PIL' 2>/dev/null || { echo "cannot check: Pillow is missing (Debian: python3-pil)"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$python" -c '
from PIL import Image
m = Image.new("1", (48, 32), 1)
m.paste(0, (0, 0, 24, 16))
m.save("fax.tif", compression="group4")
print("Pillow: corner", Image.open("fax.tif").convert("L").getpixel((2, 2)), "page", Image.open("fax.tif").convert("L").getpixel((40, 28)))'
cat >main.go <<'GO'
package main

import (
	"fmt"
	"image/color"
	"log"
	"os"

	"golang.org/x/image/tiff"
)

func main() {
	f, err := os.Open("fax.tif")
	if err != nil {
		log.Fatal(err)
	}
	m, err := tiff.Decode(f)
	if err != nil {
		log.Fatal(err)
	}
	grey := func(x, y int) uint8 { return color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y }
	fmt.Println("x/image: corner", grey(2, 2), "page", grey(40, 28))
	if grey(2, 2) == 0 && grey(40, 28) == 255 {
		fmt.Println("CHANGED: this is not what was seen with v0.47.0")
		os.Exit(1)
	}
	fmt.Println("SEEN: it is inverted")
}
GO
{ go mod init finding && go get golang.org/x/image@v0.47.0; } >log 2>&1 || { cat log; exit 2; }
go run .
