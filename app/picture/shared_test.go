package picture

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// heard collects the warnings while a test runs.
func heard(t *testing.T) *[]string {
	t.Helper()
	var all []string
	before := Warn
	Warn = func(text string) { all = append(all, text) }
	t.Cleanup(func() { Warn = before })
	return &all
}

// mean is the mean of a picture's red, green and blue.
func mean(m *image.RGBA) (c [3]float64) {
	for i, v := range m.Pix {
		if i%4 < 3 {
			c[i%4] += float64(v) / float64(len(m.Pix)/4)
		}
	}
	return c
}

// near tells whether colours are alike within so much in each of red, green and blue.
func near(a, b [3]float64, within float64) bool {
	return math.Abs(a[0]-b[0]) <= within && math.Abs(a[1]-b[1]) <= within && math.Abs(a[2]-b[2]) <= within
}

// at is a pixel's colour.
func at(m *image.RGBA, x, y int) [3]float64 {
	c := m.RGBAAt(x, y)
	return [3]float64{float64(c.R), float64(c.G), float64(c.B)}
}

// The files that once opened wrongly, with the values of Pillow and Little CMS. They are not part of the
// repository; smaller ones of each sort are made in the other tests.
func TestSharedCases(t *testing.T) {
	folder := filepath.Join("..", "..", "..", "shared", "cases", "pictures")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the folder shared/cases is not beside this repository")
	}
	none := [3]float64{-1}
	for _, c := range []struct {
		name         string
		w, h         int
		mean, centre [3]float64
		warns        bool
	}{
		{"min_p3_white.png", 0, 0, [3]float64{255, 255, 255}, [3]float64{255, 255, 255}, false},
		{"shot_p3.png", 480, 300, [3]float64{219.5, 229.3, 239.6}, [3]float64{255, 255, 255}, false},
		{"min_interlaced_rgb8.png", 0, 0, [3]float64{105, 160, 220}, [3]float64{10, 120, 240}, false},
		{"s_2x2_1x1_1x2.jpg", 320, 192, [3]float64{127.1, 127.1, 118.4}, none, false},
		{"s_1x1_2x2_2x2.jpg", 320, 192, [3]float64{127.1, 127.1, 118.4}, none, false},
		{"s_3x1.jpg", 320, 192, [3]float64{127.1, 127.1, 118.4}, none, false},
		{"grey_o6_icc.jpg", 24, 40, [3]float64{126, 126, 126}, none, false},
		{"rgb_o6_profile.jpg", 24, 40, [3]float64{127.1, 127.1, 118.5}, none, true},
		{"gicc.png", 0, 0, [3]float64{181.8, 181.8, 181.8}, [3]float64{190, 190, 190}, false},
		{"badcrc.png", 0, 0, none, none, false},
	} {
		warned := heard(t)
		m, err := Open(filepath.Join(folder, c.name))
		if err != nil {
			t.Error(err)
			continue
		}
		w, h := m.Rect.Dx(), m.Rect.Dy()
		if c.w > 0 && (w != c.w || h != c.h) {
			t.Errorf("%s: %dx%d, want %dx%d", c.name, w, h, c.w, c.h)
		}
		if got := mean(m); c.mean != none && !near(got, c.mean, 2) {
			t.Errorf("%s: mean %.1f, want %.1f", c.name, got, c.mean)
		}
		if got := at(m, w/2, h/2); c.centre != none && !near(got, c.centre, 2) {
			t.Errorf("%s: centre %v, want %v", c.name, got, c.centre)
		}
		if len(*warned) > 0 != c.warns {
			t.Errorf("%s: warnings %q, want some: %v", c.name, *warned, c.warns)
		}
	}
}
