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
