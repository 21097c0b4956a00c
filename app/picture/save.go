package picture

import (
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Save writes a picture as the PNG or JPEG that its name says. The file appears whole
// or not at all; one that stood there before is kept until then.
func Save(path string, m *image.RGBA) error {
	encode, err := encoder(path)
	if err != nil {
		return err
	}
	return Atomic(path, func(w io.Writer) error { return encode(w, m) })
}

// CanSave reports why no picture can be saved under that name.
func CanSave(path string) error {
	_, err := encoder(path)
	return err
}

func encoder(path string) (func(io.Writer, image.Image) error, error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".png":
		return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode, nil
	case ".jpg", ".jpeg":
		return func(w io.Writer, m image.Image) error {
			return jpeg.Encode(w, m, &jpeg.Options{Quality: 93})
		}, nil
	default:
		return nil, fmt.Errorf("picture: cannot save %q: the name must end in .png, .jpg or .jpeg", path)
	}
}

// Atomic writes a file under a temporary name beside path and renames it when write
// has succeeded and the bytes are on disk.
func Atomic(path string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".zalgoscope-*")
	if err != nil {
		return fmt.Errorf("picture: cannot write beside %q: %w", path, err)
	}
	defer os.Remove(f.Name()) // after the rename there is nothing left to remove
	if err = write(f); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("picture: cannot write %q: %w", path, err)
	}
	return nil
}
