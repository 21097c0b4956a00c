package dream

import (
	"bytes"
	"errors"
	"image"
	"io"
	"slices"
	"strings"
	"testing"
)

// TestOpenInput opens inputs by their names: what is made is asked for no file, and anything else is a file.
func TestOpenInput(t *testing.T) {
	photo, lost := Clouds(7, 5, 9), errors.New("lost")
	file := func(path string) (*image.RGBA, error) {
		if path == "lost.png" {
			return nil, lost
		}
		return photo, nil
	}
	for _, name := range append(MadeNames(), "photo.png", "dir/static", "Static") {
		in, err := Open(name, 20, 10, 3, file)
		if err != nil {
			t.Fatal(err)
		}
		isMade := slices.Contains(MadeNames(), name)
		want := image.Pt(7, 5)
		if isMade {
			want = image.Pt(20, 10)
		}
		id := in.Identity()
		if in.Made() != isMade || in.Name() != name || in.Image().Rect.Size() != want {
			t.Errorf("%s: made %t, called %q, of %v", name, in.Made(), in.Name(), in.Image().Rect.Size())
		}
		if id.Name != name || image.Pt(id.Width, id.Height) != want || id.SHA256 != Hash(in.Image()) || id.EachSize != (name == "static") || id.Picture != nil {
			t.Errorf("%s is known by %+v", name, id)
		}
		sized := in.Sized(6, 4)
		if (sized != nil) != id.EachSize || sized != nil && !bytes.Equal(sized.Pix, Static(6, 4, 3).Pix) {
			t.Errorf("%s: made anew at another size: %t", name, sized != nil)
		}
		if first, err := in.Picture(0); err != nil || first != in.Image() {
			t.Errorf("%s: the first picture: %v", name, err)
		}
		if _, err := in.Picture(1); err != io.EOF {
			t.Errorf("%s: after the first picture: %v", name, err)
		}
	}
	if _, err := Open("lost.png", 20, 10, 3, file); err != lost {
		t.Errorf("a lost file: %v", err)
	}
	if id := StillOf("", photo).Identity(); id.Picture != photo {
		t.Error("a picture without a name is not in its identity")
	}
}

// TestFitInput shrinks inputs: what is made is made anew, so that a recipe can make it again.
func TestFitInput(t *testing.T) {
	halve := func(m *image.RGBA) *image.RGBA { return scaled(m, m.Rect.Dx()/2, m.Rect.Dy()/2) }
	for name, want := range map[string]*image.RGBA{"static": Static(20, 15, 3), "clouds": Clouds(20, 15, 3), "photo.png": halve(Clouds(40, 30, 9))} {
		in, err := Open(name, 40, 30, 3, func(string) (*image.RGBA, error) { return Clouds(40, 30, 9), nil })
		if err != nil {
			t.Fatal(err)
		}
		if same := in.Fit(func(m *image.RGBA) *image.RGBA { return m }); same != in {
			t.Errorf("%s: one that fits is another", name)
		}
		fitted := in.Fit(halve)
		if !bytes.Equal(fitted.Image().Pix, want.Pix) || fitted.Name() != name || fitted.Identity().EachSize != in.Identity().EachSize {
			t.Errorf("%s: not as it is at half the size", name)
		}
	}
}

// reel is an input of several pictures.
type reel struct {
	Input
	pictures []*image.RGBA
	asked    []int
	err      error // in place of the second picture
}

func (r *reel) Picture(n int) (*image.RGBA, error) {
	r.asked = append(r.asked, n)
	switch {
	case n == 1 && r.err != nil:
		return nil, r.err
	case n >= len(r.pictures):
		return nil, io.EOF
	}
	return r.pictures[n], nil
}

func (r *reel) Sized(w, h int) *image.RGBA { return nil }

// TestInputOfPictures dreams an input of three pictures, with nothing of the last frame left: each frame shows
// the input's, at any size of the canvas, and after the end the last one stays.
func TestInputOfPictures(t *testing.T) {
	in := &reel{pictures: []*image.RGBA{Clouds(24, 20, 1), Clouds(24, 20, 2), Clouds(24, 20, 3)}}
	net, e := engine(t)
	d, err := New(net, e, in, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	s := quick()
	s.Step, s.Octaves, s.Zoom, s.Blend, s.Hold = 0, 1, 0, 1, 0
	for n := range 5 {
		want := in.pictures[min(n, 2)]
		if n == 4 {
			s.Width, s.Height = 36, 30
			want = scaled(want, 36, 30)
		}
		f, err := d.Frame(Fixed(s))
		if err != nil {
			t.Fatal(err)
		}
		if far := farthest(f.Image, want); far > 1 {
			t.Errorf("frame %d is up to %d from the input's picture", n, far)
		}
	}
	if !slices.Equal(in.asked, []int{0, 1, 2, 3, 4}) {
		t.Errorf("the input was asked for %v", in.asked)
	}
}

// farthest is the largest difference of two pictures of one size.
func farthest(a, b *image.RGBA) (far int) {
	for i := range a.Pix {
		far = max(far, int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return far
}

// TestInputThatFails has a frame fail because the input does, and dreams on when it no longer does: the frame is the
// one that it would have been.
func TestInputThatFails(t *testing.T) {
	pictures := []*image.RGBA{Clouds(24, 20, 1), Clouds(24, 20, 2)}
	frames := func(in *reel) *image.RGBA {
		net, e := engine(t)
		d, err := New(net, e, in, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Release()
		s := quick()
		s.Blend = 0.3
		if _, err := d.Frame(Fixed(s)); err != nil {
			t.Fatal(err)
		}
		f, err := d.Frame(Fixed(s))
		if in.err != nil {
			if err == nil || !strings.Contains(err.Error(), in.err.Error()) {
				t.Errorf("the input's error is told as %v", err)
			}
			in.err = nil
			f, err = d.Frame(Fixed(s))
		}
		if err != nil {
			t.Fatal(err)
		}
		return f.Image
	}
	want := frames(&reel{pictures: pictures})
	if got := frames(&reel{pictures: pictures, err: errors.New("unplugged")}); !bytes.Equal(got.Pix, want.Pix) {
		t.Error("after the failure the dream is another one")
	}
	odd := &reel{pictures: []*image.RGBA{pictures[0], Clouds(30, 20, 2)}}
	net, e := engine(t)
	d, err := New(net, e, odd, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Release()
	_, _ = d.Frame(Fixed(quick()))
	if _, err := d.Frame(Fixed(quick())); err == nil || !strings.Contains(err.Error(), "one size") {
		t.Errorf("a picture of another size: %v", err)
	}
	if _, err := New(net, e, &reel{}, Options{}); err == nil || !strings.Contains(err.Error(), "start picture") {
		t.Errorf("an input without pictures: %v", err)
	}
}
