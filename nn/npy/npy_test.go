package npy

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"zalgoscope/nn"
)

// raw is a version 1.0 file with any header text.
func raw(text, data string) []byte {
	return []byte(fmt.Sprintf("%s\x01\x00%c%c%s%s", magic, rune(len(text)), 0, text, data))
}

func TestRoundTrip(t *testing.T) {
	for _, shape := range [][]int{{5}, {2, 3}, {3, 4, 5}, {1, 2, 1, 3}} {
		want := nn.NewTensor(shape)
		for i := range nn.Floats(want) {
			nn.Floats(want)[i] = float32(i) - 2.5
		}
		var b bytes.Buffer
		if err := Write(&b, want); err != nil {
			t.Fatal(err)
		}
		if (b.Len()-4*len(nn.Floats(want)))%64 != 0 {
			t.Errorf("shape %v: the data does not begin at a multiple of 64", shape)
		}
		got, err := Read(&b, int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Shape().Eq(want.Shape()) || fmt.Sprint(nn.Floats(got)) != fmt.Sprint(nn.Floats(want)) {
			t.Errorf("got %v %v, want %v", got.Shape(), nn.Floats(got), shape)
		}
	}
}

func TestFloat64(t *testing.T) {
	data := raw("{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n", "\x00\x00\x00\x00\x00\x00\xf8\x3f\x00\x00\x00\x00\x00\x00\x00\xc0")
	got, err := Read(bytes.NewReader(data), int64(len(data)))
	if err != nil || fmt.Sprint(nn.Floats(got)) != "[1.5 -2]" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestBadFiles(t *testing.T) {
	for _, c := range []struct {
		name, want string
		data       []byte
	}{
		{"empty", "not an .npy file", nil},
		{"other", "not an .npy file", []byte("hello, this is text")},
		{"no header", "cut off", []byte(magic + "\x01\x00\x40\x00{'desc")},
		{"no line feed", "not that of a float array", raw("{'descr': ", "")},
		{"huge header", "not that of a float array", []byte(magic + "\x02\x00\xff\xff\xff\xff")},
		{"integers", `holds "<i4"`, raw("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }", "\x00\x00\x00\x00")},
		{"fortran", "Fortran order", raw("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", "\x00\x00\x00\x00")},
		{"scalar", "single number", raw("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "\x00\x00\x00\x00")},
		{"huge shape", "does not fit", raw("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999, 99999999, 99999999), }", "\x00\x00\x00\x00")},
		{"overflow", "no number that fits", raw("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", "")},
		{"zero", "does not fit", raw("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 3), }", "\x00\x00\x00\x00")},
		{"cut data", "does not fit", raw("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", "\x00\x00\x00\x00")},
	} {
		if _, err := Read(bytes.NewReader(c.data), int64(len(c.data))); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.name, err, c.want)
		}
	}
}
