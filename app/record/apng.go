package record

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"

	"zalgoscope/app/beside"
)

// apngRecorder writes an animated PNG (W3C PNG, third edition, 11.3.5) frame by
// frame. Only the rectangle that changes is stored.
type apngRecorder struct {
	o        Options
	f        *beside.File
	notes    notes
	out      *appender // nil before the first frame
	frames   int
	sequence uint32 // of the animation's chunks
	before   *image.RGBA
	closed   bool
	err      error
}

func newAPNG(path string, o Options) (Recorder, error) {
	f, err := beside.Film(path)
	if err != nil {
		return nil, err
	}
	return &apngRecorder{o: o, f: f, notes: notes{recipe: o.Recipe}}, nil
}

func (a *apngRecorder) Add(m *image.RGBA) error {
	if a.err == nil {
		a.err = a.add(m)
	}
	return a.err
}

func (a *apngRecorder) add(m *image.RGBA) error {
	r := m.Rect
	if a.before != nil {
		r = difference(a.before, m)
	}
	data, err := plainPNG(m.SubImage(r).(*image.RGBA))
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	a.before = m
	if a.out == nil {
		// The text comes after the pixels: some readers look only so far for the animation.
		head := append([]byte(nil), data[:pngHead]...)
		head = append(append(head, a.animation(1)...), a.frame(r, data)...)
		a.out, err = newAppender(a.f, append(head, pngText(a.notes.first())...), pngChunk("IEND", nil))
		if err == nil {
			a.frames = 1
		}
		return err
	}
	if err := a.out.append(append(a.frame(r, data), pngText(a.notes.next())...)); err != nil {
		return soFar(err, a.frames)
	}
	// Viewers go by the number of frames at the head, which is raised when the frame is there.
	if _, err := a.f.WriteAt(a.animation(a.frames+1), int64(pngHead)); err != nil {
		return fmt.Errorf("record: cannot write on: %w", err)
	}
	a.frames++
	return nil
}

// animation is the chunk that tells how many frames there are and how often they are played.
func (a *apngRecorder) animation(frames int) []byte {
	plays := uint32(0) // for ever
	if a.o.Loop == Once {
		plays = 1
	}
	return pngChunk("acTL", binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(frames)), plays))
}

// frame gives a frame's chunks: its control, and the pixels of a PNG of rectangle r.
func (a *apngRecorder) frame(r image.Rectangle, data []byte) []byte {
	var c []byte
	for _, v := range []int{int(a.next()), r.Dx(), r.Dy(), r.Min.X, r.Min.Y} {
		c = binary.BigEndian.AppendUint32(c, uint32(v))
	}
	c = binary.BigEndian.AppendUint16(c, 100)
	c = binary.BigEndian.AppendUint16(c, uint16(math.Round(100*a.o.FPS)))
	out := pngChunk("fcTL", append(c, 0, 0)) // stays in place, replaces what it covers
	first := a.out == nil
	_ = pngChunks(data, func(kind string, body []byte) bool {
		switch {
		case kind != "IDAT":
		case first:
			out = append(out, pngChunk("IDAT", body)...)
		default:
			out = append(out, pngChunk("fdAT", append(binary.BigEndian.AppendUint32(nil, a.next()), body...))...)
		}
		return true
	})
	return out
}

func (a *apngRecorder) next() uint32 {
	a.sequence++
	return a.sequence - 1
}

func (a *apngRecorder) endRecipe() { a.notes.end() }

func (a *apngRecorder) Close() error {
	if a.closed {
		return a.err
	}
	a.closed = true
	switch {
	case a.err != nil:
	case a.out == nil:
		a.err = ErrEmpty
	default:
		a.err = a.end()
	}
	a.err = a.o.settle(a.f, a.frames, a.err)
	return a.err
}

// end writes the rest of the recipe, and all of it once more for programs that keep only the plainer kind of text.
func (a *apngRecorder) end() error {
	text := append(pngText(a.notes.last()), pngPlainText(a.notes.whole())...)
	if len(text) == 0 {
		return nil
	}
	return a.out.append(text)
}

// difference is the rectangle within which two pictures of one size differ, at least one pixel.
func difference(a, b *image.RGBA) image.Rectangle {
	w, h := b.Rect.Dx(), b.Rect.Dy()
	r := image.Rectangle{Min: image.Pt(w, h)}
	for y := range h {
		p, q := a.Pix[y*a.Stride:][:4*w], b.Pix[y*b.Stride:][:4*w]
		left, right := 0, w-1
		for left < w && [4]byte(p[4*left:]) == [4]byte(q[4*left:]) {
			left++
		}
		if left == w {
			continue
		}
		for [4]byte(p[4*right:]) == [4]byte(q[4*right:]) {
			right--
		}
		r.Min.X, r.Max.X = min(r.Min.X, left), max(r.Max.X, right+1)
		r.Min.Y, r.Max.Y = min(r.Min.Y, y), y+1
	}
	if r.Empty() {
		return image.Rect(0, 0, 1, 1)
	}
	return r
}
