package record

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// Start is the picture that a dream began with.
type Start struct {
	Name          string // static, clouds, or the name of a picture's file; "" for one that has no name
	Width, Height int
	SHA256        string      // of the pixels, as Hash gives it
	Picture       *image.RGBA // the picture itself where it cannot be found by its name, else nil
	EachSize      bool        // static is made anew at the size of the canvas and of each octave, as it was not always
	Memory        dream.Memory
}

// Hash is the SHA-256 of a picture's size and pixels.
func Hash(m *image.RGBA) string {
	h := sha256.New()
	w := m.Rect.Dx()
	_ = binary.Write(h, binary.LittleEndian, [2]uint32{uint32(w), uint32(m.Rect.Dy())}) // hashes do not fail
	for y := range m.Rect.Dy() {
		h.Write(m.Pix[y*m.Stride:][:4*w])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// StartOf describes a dream's start picture, of which path is the file, or static or clouds. One without a
// name goes into the recipe whole.
func StartOf(path string, m *image.RGBA) Start {
	s := Start{Name: NameOf(path), Width: m.Rect.Dx(), Height: m.Rect.Dy(), SHA256: Hash(m), EachSize: path == "static"}
	if path == "" {
		s.Picture = m
	}
	return s
}

// Open makes the start picture, or finds it by its name and checksum. The path is that of its file; for a
// picture that has none it is the name.
func (s Start) Open(seed uint64, find Finder) (m *image.RGBA, path string, err error) {
	if s.Picture != nil {
		if !s.is(s.Picture) {
			return nil, "", errors.New("record: the recipe's start picture is damaged")
		}
		return s.Picture, s.Name, nil
	}
	made := dream.StartPicture(s.Name, s.Width, s.Height, seed)
	if made != nil && s.is(made) {
		return made, s.Name, nil
	}
	for _, path := range find(s.Name) {
		var m *image.RGBA
		if m, err = s.from(path); m != nil {
			return m, path, nil
		}
	}
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("record: the recipe's start picture: %w", err)
	case made != nil:
		return nil, "", fmt.Errorf("record: the start picture %q of this seed and size is not the one that was recorded", s.Name)
	}
	return nil, "", missing("start picture", s.Name, "start")
}

// from opens a file as the recorded picture, which may have been shrunk or cut before it was dreamed.
func (s Start) from(path string) (*image.RGBA, error) {
	for _, o := range []picture.Options{{Most: max(s.Width, s.Height)}, {Width: s.Width, Height: s.Height}} {
		if m, err := o.Open(path); err != nil || s.is(m) {
			return m, err
		}
	}
	// Once a picture was opened at its own size first, which may give other last bits.
	m, err := picture.Open(path)
	if err != nil {
		return nil, err
	}
	for _, change := range []func() *image.RGBA{
		func() *image.RGBA { return picture.Cover(m, s.Width, s.Height) },
		func() *image.RGBA { return picture.Fit(m, max(s.Width, s.Height)) },
	} {
		if m := change(); s.is(m) {
			return m, nil
		}
	}
	return nil, fmt.Errorf("record: the start picture %q is not the one that was recorded; it has changed since", s.Name)
}

// is tells whether a picture is the recorded one.
func (s Start) is(m *image.RGBA) bool {
	return m.Rect.Size() == image.Pt(s.Width, s.Height) && (s.SHA256 == "" || Hash(m) == s.SHA256)
}
