package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
)

// saying is a HEIC or an AVIF that says that it has another size.
func saying(t *testing.T, name string, w, h uint32) []byte {
	data := bytes.Clone(testdata(t, name))
	for rest, found := bytes.Clone(data), true; found; {
		_, rest, found = bytes.Cut(rest, []byte("ispe"))
		if found {
			size := data[len(data)-len(rest)+4:]
			binary.BigEndian.PutUint32(size, w)
			binary.BigEndian.PutUint32(size[4:], h)
		}
	}
	return data
}

// inCodecs are pictures that codecs in WebAssembly decode, large ones where they can be.
func inCodecs(t *testing.T) map[string][]byte {
	return map[string][]byte{
		"HEIC":      saying(t, "large/large.heic", 6000, 4000),
		"AVIF":      saying(t, "large/large.avif", 6000, 4000),
		"deep AVIF": testdata(t, "ten.avif"),
		"rare JPEG": testdata(t, "sampling_3x1_1x1_1x1.jpg"),
	}
}

// A decoding ends when it is told to, before a row is there.
func TestDecodingEnds(t *testing.T) {
	told := errors.New("told to")
	for name, data := range inCodecs(t) {
		s, err := open(data)
		if err != nil {
			t.Fatal(err)
		}
		read, asked := name == "rare JPEG", 0 // it is read by image/jpeg first
		err = s.rows(func([]byte) error {
			t.Errorf("%s: there is a row", name)
			return told
		}, func(share float64) error {
			if read && share > 0 {
				return nil
			}
			asked++
			return told
		})
		if err != told || asked != 1 {
			t.Errorf("%s: %v after it was asked %d times, want %v after one", name, err, asked, told)
		}
	}
}

// While a codec is at work the collector gets its turns: it stops the whole program for each, a window too.
func TestCollectedWhileDecoding(t *testing.T) {
	for _, name := range []string{"HEIC", "AVIF"} {
		s, err := open(inCodecs(t)[name])
		if err != nil {
			t.Fatal(err)
		}
		var turns atomic.Int32
		done := make(chan bool)
		go func() {
			for {
				select {
				case <-done:
					return
				default:
					runtime.GC()
					turns.Add(1)
				}
			}
		}()
		during := int32(-1)
		err = s.rows(func([]byte) error {
			during = turns.Load()
			return errEnough
		}, func(float64) error { return nil })
		close(done)
		if err != errEnough || during < 3 {
			t.Errorf("%s: %d collections while it was decoded, %v", name, during, err)
		}
	}
}

// A picture has the same colours whether its rows come in one strip or in many.
func TestStripsOfAVIF(t *testing.T) {
	for _, name := range []string{"plain.avif", "ten.avif", "alpha.avif"} {
		s, err := open(testdata(t, name))
		if err != nil {
			t.Fatal(err)
		}
		rows := func(strip int) (all []byte) {
			avifStrip = strip
			err := s.rows(func(row []byte) error {
				all = append(all, row...)
				return nil
			}, func(float64) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		defer func(strip int) { avifStrip = strip }(avifStrip)
		if !bytes.Equal(rows(2), rows(1<<10)) {
			t.Errorf("%s differs by its strips", name)
		}
	}
}
