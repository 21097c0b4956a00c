package capture

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"io"
	"os"

	"zalgoscope/app/dream"
)

// Identity is what a recipe knows of the film.
func (f *Film) Identity() dream.Identity {
	return dream.Identity{
		Name: f.source.Spec, Width: f.size.X, Height: f.size.Y, SHA256: f.sum, Rate: f.o.Rate, From: f.o.From, To: f.o.To, Kept: f.kept, Pictures: f.pictures, Mark: f.keptMark(),
		Deinterlaced: f.interlaced, Toned: len(f.tone) > 0, DefaultStream: f.later,
	}
}

// keptMark is the mark of what was kept; other films' comments tell nothing.
func (f *Film) keptMark() string {
	if !f.kept {
		return ""
	}
	return f.mark
}

// Reopen opens a film's file as what a recipe knows, which it has to be.
func Reopen(path string, id dream.Identity) (*Film, error) {
	o := FilmOptions{Rate: id.Rate, From: id.From, To: id.To, Size: image.Pt(id.Width, id.Height), Woven: !id.Deinterlaced, Untoned: !id.Toned, First: !id.DefaultStream}
	s, err := Find(path)
	if err != nil {
		return nil, err
	}
	s.first = o.First
	info, err := Probe(s)
	if err != nil {
		return nil, err
	}
	if shrunk := (FilmOptions{Most: max(id.Width, id.Height)}); sizeOf(info.Size, shrunk) == o.Size {
		o.Most, o.Size = shrunk.Most, image.Point{}
	}
	f, err := OpenFilm(path, o)
	if err != nil {
		return nil, err
	}
	if id.Toned && len(f.tone) == 0 {
		f.Close()
		return nil, fmt.Errorf("capture: %q was of a high dynamic range or of wide colours, for which this ffmpeg lacks the filters zscale and tonemap", path)
	}
	// Of what was kept for a recording that was cut off nobody knows the sum, but its mark.
	same := f.sum == id.SHA256
	if id.Kept && id.SHA256 == "" {
		same = id.Mark == "" || f.mark == id.Mark
	}
	if !same {
		f.Close()
		return nil, fmt.Errorf("capture: %q is not the film that was recorded; it has changed since", path)
	}
	f.kept, f.pictures, f.mark = id.Kept, id.Pictures, id.Mark
	return f, nil
}

// Sum identifies a film by the length of its file and the first and the last of it, which a long one is known by at once.
func Sum(path string) (string, error) {
	const part = 1 << 22
	h := sha256.New()
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("capture: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err == nil {
		fmt.Fprintln(h, info.Size())
		_, err = io.Copy(h, io.LimitReader(file, part))
	}
	if err == nil && info.Size() > 2*part {
		_, err = file.Seek(-part, io.SeekEnd)
	}
	if err == nil {
		_, err = io.Copy(h, file)
	}
	if err != nil {
		return "", fmt.Errorf("capture: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
