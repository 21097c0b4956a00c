package record

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// trimMP4 cuts a fragmented MP4 (ISO 14496-12, 8.8) that was cut off within a fragment behind the last whole
// one, so that players show it without complaint.
func trimMP4(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	whole := int64(0)
	for at := int64(0); ; {
		var head [16]byte
		if n, err := f.ReadAt(head[:], at); n < 8 || err != nil && err != io.EOF {
			break
		}
		size := int64(binary.BigEndian.Uint32(head[:]))
		if size == 1 { // a size of 64 bits follows
			size = int64(binary.BigEndian.Uint64(head[8:]))
		}
		if size < 8 || size > info.Size()-at {
			break
		}
		at += size
		// A fragment is a moof and the mdat that it describes.
		if string(head[4:8]) != "moof" {
			whole = at
		}
	}
	if whole == info.Size() {
		return nil
	}
	if err := f.Truncate(whole); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return nil
}
