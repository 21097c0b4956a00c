package record

import (
	"errors"
	"fmt"
	"image"

	"zalgoscope/app/capture"
	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// Start is what a dream began with.
type Start struct {
	dream.Identity // whose name has no folder
	Memory         dream.Memory
	DeviceFlow     bool // a film's motion was found on the engine's device if that can, as it was not always
}

// StartOf describes a dream's input. A picture without a name goes into the recipe whole.
func StartOf(in dream.Input) Start {
	s := Start{Identity: in.Identity()}
	s.DeviceFlow = s.Rate > 0
	s.Name = NameOf(s.Name)
	return s
}

// Input is Open for moving pictures as well, which the caller closes where they can be.
func (s Start) Input(seed uint64, find Finder) (dream.Input, error) {
	if s.Rate == 0 {
		return s.Open(seed, find)
	}
	if s.SHA256 == "" && !s.Kept {
		return nil, fmt.Errorf("record: it was dreamed on %s as that came, so that it cannot be made again; the studio keeps an input with a recording when told to", s.Name)
	}
	var err error
	for _, path := range find(s.Name) {
		var f *capture.Film
		if f, err = capture.Reopen(path, s.Identity); err == nil {
			return f, nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("record: the recipe's film: %w", err)
	}
	return nil, missing("film", s.Name, "start")
}

// Open makes the input again, or finds its picture by name and checksum; its name is then the path.
func (s Start) Open(seed uint64, find Finder) (*dream.Still, error) {
	if s.Rate > 0 {
		return nil, fmt.Errorf("record: it was dreamed on moving pictures, %q; 'zalgoscope replay' takes it", s.Name)
	}
	if s.Picture != nil {
		if !s.is(s.Picture) {
			return nil, errors.New("record: the recipe's start picture is damaged")
		}
		return dream.StillOf(s.Name, s.Picture), nil
	}
	made := dream.Make(s.Name, s.Width, s.Height, seed)
	if made != nil && s.is(made.Image()) {
		if !s.EachSize {
			made = made.Scaled()
		}
		return made, nil
	}
	var err error
	for _, path := range find(s.Name) {
		var m *image.RGBA
		if m, err = s.from(path); m != nil {
			return dream.StillOf(path, m), nil
		}
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("record: the recipe's start picture: %w", err)
	case made != nil:
		return nil, fmt.Errorf("record: the start picture %q of this seed and size is not the one that was recorded", s.Name)
	}
	return nil, missing("start picture", s.Name, "start")
}

// from opens a file as the recorded picture, which may have been shrunk or cut before it was dreamed.
func (s Start) from(path string) (*image.RGBA, error) {
	for _, unpointed := range []bool{false, true} {
		for _, o := range []picture.Options{{Most: max(s.Width, s.Height)}, {Width: s.Width, Height: s.Height}} {
			o.Unpointed = unpointed
			if m, err := o.Open(path); err != nil || s.is(m) {
				return m, err
			}
		}
		// Once a picture was opened at its own size first, which may give other last bits.
		m, err := picture.Options{Unpointed: unpointed}.Open(path)
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
	}
	return nil, fmt.Errorf("record: the start picture %q is not the one that was recorded; it has changed since", s.Name)
}

// is tells whether a picture is the recorded one.
func (s Start) is(m *image.RGBA) bool {
	return m.Rect.Size() == image.Pt(s.Width, s.Height) && (s.SHA256 == "" || dream.Hash(m) == s.SHA256)
}
