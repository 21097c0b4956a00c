package picture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
	"testing"
)

// parameters is a decoder's configuration for a size, of so many layers besides the first.
func parameters(w, h, layers int) []byte {
	golomb := func(v int) string { return strings.Repeat("0", bits.Len(uint(v+1))-1) + fmt.Sprintf("%b", v+1) }
	text := strings.Repeat("1", 20) + fmt.Sprintf("%03b", layers) + "1" + strings.Repeat("1", 96)
	if layers > 0 {
		text += strings.Repeat("11", layers) + strings.Repeat("00", 8-layers) + strings.Repeat("1", 96*layers)
	}
	text += golomb(0) + golomb(1) + golomb(w) + golomb(h)
	text += strings.Repeat("1", 8-len(text)%8)
	var unit []byte
	for ; len(text) > 0; text = text[8:] {
		v := 0
		fmt.Sscanf(text[:8], "%b", &v)
		unit = append(unit, byte(v))
	}
	config := append(make([]byte, 22), 2, 32, 0, 1, 0, 1, 7, 33, 0, 1) // a unit of another kind before
	return append(binary.BigEndian.AppendUint16(config, uint16(len(unit))), unit...)
}

// box is a box of HEIF.
func box(name string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), name...), body...)
}

func TestCodedPixels(t *testing.T) {
	plain := testdata(t, "plain.heic")
	at := bytes.Index(plain, []byte("hvcC"))
	for _, c := range []struct {
		name   string
		config []byte
		want   int64
	}{
		{"of a file", plain[at+4 : at+116], 192 * 128},
		{"large", parameters(12000, 9000, 0), 12000 * 9000},
		{"layers", parameters(640, 480, 3), 640 * 480},
		{"cut off", parameters(12000, 9000, 0)[:40], 0},
		{"empty", nil, 0},
	} {
		if got := codedPixels(c.config); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// A HEIC that is larger than it says is refused before it is decoded.
func TestLargerThanItSays(t *testing.T) {
	none := make([]byte, 4)
	data := append(box("ftyp", []byte("heic"), none), box("meta", none, box("pitm", none, []byte{0, 1}), box("iprp",
		box("ipco", box("hvcC", parameters(12000, 9000, 0)), box("ispe", none, []byte{0, 0, 0, 192, 0, 0, 0, 128})),
		box("ipma", none, []byte{0, 0, 0, 1, 0, 1, 2, 1, 2})))...)
	if _, err := Decode(data); err == nil || !strings.Contains(err.Error(), "would take 951 MB") {
		t.Errorf("got %v", err)
	}
}

// What no picture can be is refused by what its boxes say: a size of which the bytes are no number any more, though a part is shown of
// it, and a file that does not say which picture is shown.
func TestRefusedBoxes(t *testing.T) {
	number := func(v ...uint32) (all []byte) {
		for _, v := range v {
			all = binary.BigEndian.AppendUint32(all, v)
		}
		return all
	}
	none := number(0)
	file := func(side uint32, pitm []byte) []byte {
		clap := box("clap", number(64, 1, 64, 1, 0, 1, 0, 1))
		props := box("iprp", box("ipco", box("ispe", none, number(side, side)), clap), box("ipma", none, []byte{0, 0, 0, 2, 0, 0, 2, 1, 2, 0, 1, 2, 1, 2}))
		return append(box("ftyp", []byte("heic"), none), box("meta", none, pitm, props)...)
	}
	primary := box("pitm", none, []byte{0, 1})
	if _, err := (Options{}).plan(file(128, primary)); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		data []byte
		want string
	}{
		"a side":           {file(1.2e9, primary), "it has 1200000000x1200000000 pixels"},
		"an empty pitm":    {file(128, box("pitm")), "does not say which picture"},
		"a pitm cut off":   {file(128, box("pitm", []byte{1, 0, 0, 0, 0, 0})), "does not say which picture"},
		"no primary one's": {file(128, nil), "does not say which picture"},
	} {
		if _, err := (Options{}).plan(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
