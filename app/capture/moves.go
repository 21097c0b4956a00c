package capture

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"zalgoscope/app/ffmpeg"
	"zalgoscope/app/picture"
	"zalgoscope/nn/disk"
)

// Moves tells whether a file is a film. Pictures that move, GIF and APNG, are such ones unless they are to be taken for
// still.
func Moves(path string, still bool) bool {
	data := make([]byte, 256)
	file, err := disk.Open(path)
	if err != nil {
		return false
	}
	defer file.Close()
	n, err := io.ReadFull(file, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false
	}
	switch kind := picture.Kind(data[:n]); {
	case kind == picture.Video, !still && animatedWebP(data[:n]):
		return true
	case picture.Known(data[:n]) && (still || kind != "a GIF" && kind != "PNG"):
		return false
	case kind == "PNG":
		return apngPictures(io.MultiReader(bytes.NewReader(data[:n]), file)) > 1 && ffmpeg.Check() == nil
	}
	s, err := Find(path)
	if err != nil || ffmpeg.Check() != nil {
		return false
	}
	info, err := Probe(s)
	return err == nil && info.Frames() > 1
}

// apngPictures is how many pictures a PNG says that it has, 0 where it is no APNG: before its pixels (W3C PNG, third
// edition, 11.3.5.1).
func apngPictures(file io.Reader) uint32 {
	const magic = 8
	r := bufio.NewReader(file)
	if _, err := r.Discard(magic); err != nil {
		return 0
	}
	for {
		head, err := r.Peek(12) // length, kind, and what acTL begins with
		if err != nil {
			return 0
		}
		switch string(head[4:8]) {
		case "acTL":
			return binary.BigEndian.Uint32(head[8:])
		case "IDAT", "IEND":
			return 0
		}
		if _, err := r.Discard(12 + int(binary.BigEndian.Uint32(head))); err != nil { // with its check sum
			return 0
		}
	}
}

// animatedWebP tells whether a WebP's first bytes are of one that moves: an extended header with that flag.
func animatedWebP(data []byte) bool {
	return len(data) > 20 && string(data[:4]) == "RIFF" && string(data[8:16]) == "WEBPVP8X" && data[20]&2 != 0
}
