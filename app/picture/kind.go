package picture

import (
	"bytes"
	"fmt"
	"strings"
)

// format is a format that files have.
type format struct {
	name, magic string
	at          int // where the magic is
	open        func(data []byte) (*source, error)
	advice      string // where it is not opened; convert to PNG or JPEG if empty
}

// formats are told apart by the first magic that fits.
var formats []format

func init() { // not a literal, because openers name their formats
	const video = "save one frame of it as PNG"
	formats = []format{
		{"PNG", pngMagic, 0, openPNG, ""},
		{"JPEG", "\xff\xd8\xff", 0, openJPEG, ""},
		{"a GIF", "GIF8", 0, openGIF, ""},
		{"a WebP", "WEBP", 8, openWebP, ""},
		{"a BMP", "BM", 0, openBMP, ""},
		{"a Canon camera's raw picture", "CR", 8, nil, "develop it to JPEG first"},
		{"a TIFF", "II*\x00", 0, openTIFF, ""},
		{"a TIFF", "MM\x00*", 0, openTIFF, ""},
		{"a BigTIFF", "II+\x00", 0, nil, ""},
		{"a BigTIFF", "MM\x00+", 0, nil, ""},
		{"a Canon camera's raw picture", "ftypcrx ", 4, nil, "develop it to JPEG first"},
		{Video, "ftypqt", 4, nil, video},
		{Video, "ftypmp4", 4, nil, video},
		{Video, "ftypiso", 4, nil, video},
		{Video, "ftypM4V", 4, nil, video},
		{Video, "ftyp3g", 4, nil, video},
		{"a HEIC", "ftyp", 4, openHEIF, ""}, // or an AVIF
		{Video, "\x1a\x45\xdf\xa3", 0, nil, video},
		{Video, "AVI ", 8, nil, video},
		{"a JPEG XL", "\xff\x0a", 0, nil, ""},
		{"a JPEG XL", "JXL ", 4, nil, ""},
		{"a JPEG 2000", "jP  ", 4, nil, ""},
		{"a JPEG 2000", "\xff\x4f\xff\x51", 0, nil, ""},
		{"a Photoshop picture", "8BPS", 0, nil, "save it as PNG first"},
		{"a GIMP picture", "gimp xcf", 0, nil, "export it as PNG first"},
		{"a Fujifilm camera's raw picture", "FUJIFILMCCD-RAW", 0, nil, "develop it to JPEG first"},
		{"a Panasonic camera's raw picture", "IIU\x00", 0, nil, "develop it to JPEG first"},
		{"an Olympus camera's raw picture", "IIRO", 0, nil, "develop it to JPEG first"},
		{"an OpenEXR", "\x76\x2f\x31\x01", 0, nil, ""},
		{"a Radiance HDR", "#?RADIANCE", 0, nil, ""},
		{"a QOI", "qoif", 0, nil, ""},
		{"a DDS texture", "DDS ", 0, nil, ""},
		{"an icon", "\x00\x00\x01\x00", 0, nil, ""},
		{"a Netpbm", "P4\n", 0, nil, ""},
		{"a Netpbm", "P5\n", 0, nil, ""},
		{"a Netpbm", "P6\n", 0, nil, ""},
		{"a PDF", "%PDF", 0, nil, "export a page of it as PNG"},
		{"a PostScript", "%!PS", 0, nil, "export a page of it as PNG"},
		{"an SVG", "<svg", 0, nil, "export it as PNG first"},
		{"a web page", "<!doctype html", 0, nil, "save the picture on it"},
		{"a web page", "<html", 0, nil, "save the picture on it"},
		{"a ZIP archive", "PK\x03\x04", 0, nil, "unpack it first"},
	}
}

// Video is the kind of films that are known by their first bytes.
const Video = "a video"

// Known tells whether a file's first bytes show what it is.
func Known(data []byte) bool { return formatOf(data) != nil }

// readable is what is opened, for messages.
const readable = "PNG, JPEG, WebP, GIF, BMP, TIFF, HEIC and AVIF"

// Endings are those of the names of picture files. For lists to choose from: what opens says the content.
var Endings = []string{"png", "apng", "jpg", "jpeg", "jfif", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif"}

// formatOf finds a file's format by its first bytes, nil where none is known.
func formatOf(data []byte) *format {
	data = data[:min(len(data), 256)]
	if text := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n"); bytes.HasPrefix(text, []byte("<")) {
		data = bytes.ToLower(text)
		if i := bytes.Index(data, []byte("<svg")); bytes.HasPrefix(data, []byte("<?xml")) && i >= 0 {
			data = data[i:]
		}
	}
	for i := range formats {
		if f := &formats[i]; len(data) >= f.at && bytes.HasPrefix(data[f.at:], []byte(f.magic)) {
			return f
		}
	}
	return nil
}

// Kind names the format that a file's first bytes show.
func Kind(data []byte) string {
	if f := formatOf(data); f != nil {
		return f.name
	}
	if len(data) == 0 {
		return "empty"
	}
	return "of an unknown format"
}

// open reads a picture's header, or says why it cannot be opened and what helps.
func open(data []byte) (*source, error) {
	f := formatOf(data)
	if f == nil {
		return nil, fmt.Errorf("is %s; pictures are %s", Kind(data), readable)
	}
	if f.open == nil {
		advice := f.advice
		if advice == "" {
			advice = "convert it to PNG or JPEG first"
		}
		return nil, fmt.Errorf("is %s, which is not opened: %s", f.name, advice)
	}
	s, err := f.open(data)
	if err != nil {
		return nil, err
	}
	if s.kind == "" {
		s.kind = f.name
	}
	return s, nil
}

// damaged tells what a decoder says of a file.
func damaged(err error) error { return fmt.Errorf("is damaged: %w", err) }

// rare refuses a valid file that a decoder does not know.
func rare(kind string, err error) error {
	what := strings.TrimPrefix(err.Error(), "unsupported JPEG feature: ")
	return fmt.Errorf("is %s of a rare sort (%s): save it anew as PNG or JPEG", kind, what)
}
