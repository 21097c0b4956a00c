package flowtest

import (
	"hash/crc32"
	"testing"
)

// TestSequences has the frames be those that OpenCV was measured on.
func TestSequences(t *testing.T) {
	for _, c := range []struct {
		of, frame int
		want      uint32
	}{{0, 0, 0x291e317b}, {0, 9, 0xd94414ab}, {1, 0, 0xd309375d}, {1, 9, 0xcafa17ff}, {2, 9, 0xd08ef70d}} {
		if got := crc32.ChecksumIEEE(Sequences[c.of].Frame(c.frame).Pix); got != c.want {
			t.Errorf("%s frame %d has the sum %08x, want %08x", Sequences[c.of].Name, c.frame, got, c.want)
		}
	}
}
