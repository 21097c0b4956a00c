package picture

import (
	"bytes"
	"strings"
	"testing"
)

// Valid JPEGs that image/jpeg does not know, made by cjpeg and Pillow, with Pillow's values.
func TestRareJPEG(t *testing.T) {
	adobe := bytes.Clone(testdata(t, "inks.jpg"))
	adobe = append(append(append([]byte{}, adobe[:2]...), "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"...), adobe[2:]...)
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"Y 3x1", testdata(t, "sampling_3x1_1x1_1x1.jpg")},
		{"Y 1x1, Cb and Cr 2x2", testdata(t, "sampling_1x1_2x2_2x2.jpg")},
		{"Y 2x2, Cb 1x1, Cr 1x2", testdata(t, "sampling_2x2_1x1_1x2.jpg")},
		{"progressive 3x1", testdata(t, "progressive_3x1.jpg")},
		{"CMYK", adobe},
		{"CMYK without Adobe's marker", testdata(t, "inks.jpg")},
	} {
		m, err := Decode(c.data)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if m.Rect.Dx() != 48 || m.Rect.Dy() != 32 {
			t.Errorf("%s: %v", c.name, m.Rect)
		}
		checkCorners(t, c.name, m, plainCorners, 5)
	}
	if _, err := Decode(testdata(t, "arithmetic.jpg")); err == nil || !strings.Contains(err.Error(), "is a JPEG of a rare sort") {
		t.Errorf("arithmetic coding: got %v", err)
	}
}
