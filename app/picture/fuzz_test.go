package picture

import (
	"bytes"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// FuzzOpen looks for files that do harm, and for PNGs that image/png reads and this package does not.
// go test ./app/picture -run - -fuzz FuzzOpen -fuzztime 5m -parallel 1
func FuzzOpen(f *testing.F) {
	names, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range names {
		if data, err := os.ReadFile(filepath.Join("testdata", e.Name())); err == nil {
			f.Add(data)
			_, _ = Decode(data) // the first file of a sort gets its decoder ready, for which a try has no time
		}
	}
	for _, interlaced := range []bool{false, true} {
		for colour := range channels {
			f.Add(pngOf(9, 7, 8, colour, interlaced))
		}
		f.Add(pngOf(9, 7, 16, 2, interlaced))
		f.Add(pngOf(9, 7, 1, 3, interlaced))
	}
	grey, rgb := pngOf(5, 3, 8, 0, false), pngOf(5, 3, 8, 2, false)
	for _, p := range [][]byte{displayP3, adobeRGB, tableRGB} {
		f.Add(withProfile(rgb, packed(p)))
	}
	f.Add(withProfile(grey, packed(greyPower)))
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, quarters(24, 16), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(segmented(photo.Bytes(), displayP3, 100))
	f.Fuzz(func(t *testing.T, data []byte) {
		warn := Warn
		Warn = func(string) {}
		defer func() { Warn = warn }()
		if s, err := (Options{Most: 64}).plan(data); err == nil && s.w*s.h > 1<<24 {
			t.Skip("it takes seconds, which the fuzzer takes for a hang")
		}
		m, err := Options{Most: 64}.decode(data, "")
		if err == nil && (m.Rect.Empty() || max(m.Rect.Dx(), m.Rect.Dy()) > 64) {
			t.Errorf("%v pixels", m.Rect)
		}
		if c, perr := png.DecodeConfig(bytes.NewReader(data)); perr == nil && c.Width*c.Height < 1<<16 {
			if _, perr = png.Decode(bytes.NewReader(data)); perr == nil && err != nil {
				t.Errorf("image/png reads it, but: %v", err)
			}
		}
	})
}
