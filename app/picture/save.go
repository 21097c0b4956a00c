package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"path/filepath"
	"strings"

	"zalgoscope/app/beside"
)

// Quality is that of JPEGs for which none is asked.
const Quality = 93

// Save writes a picture as the PNG or JPEG that its name says. The file appears whole
// or not at all; one that stood there before is kept until then.
func Save(path string, m *image.RGBA) error { return SaveAt(path, m, Quality) }

// SaveAt is Save with a quality for JPEG, 1 to 100.
func SaveAt(path string, m *image.RGBA, quality int) error {
	data, err := Encode(path, m, quality)
	if err != nil {
		return err
	}
	return beside.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Encode gives the bytes of the PNG or JPEG that path is to be; quality, 1 to 100, is of JPEG.
func Encode(path string, m *image.RGBA, quality int) ([]byte, error) {
	if err := CanSave(path); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	var err error
	if isPNG(path) {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, m)
	} else {
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: quality})
	}
	if err != nil {
		return nil, fmt.Errorf("picture: cannot encode %q: %w", path, err)
	}
	return b.Bytes(), nil
}

// CanSave reports why no picture can be saved under that name.
func CanSave(path string) error {
	if ext := strings.ToLower(filepath.Ext(path)); isPNG(path) || ext == ".jpg" || ext == ".jpeg" {
		return nil
	}
	return fmt.Errorf("picture: cannot save %q: the name must end in .png, .jpg or .jpeg", path)
}

func isPNG(path string) bool { return strings.ToLower(filepath.Ext(path)) == ".png" }
