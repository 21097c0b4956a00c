package record

import (
	"encoding/binary"
	"image"
	"math"
	"sync"

	"zalgoscope/app/beside"
)

// unchanged is the palette index of pixels that stay as the frame before left them.
const unchanged = colours

// still is how far a pixel's channels may move from where they were last drawn and
// count as unchanged.
const still = 2

// gifRecorder writes an animated GIF (GIF89a, CompuServe 1990) frame by frame.
// Palettes are made on the caller's goroutine while the frame before is dithered,
// compressed and written on another.
type gifRecorder struct {
	o     Options
	place *beside.File
	f     file // place, but for tests
	notes notes

	size     image.Point
	frames   int
	colours  quantizer
	palette  []rgb   // never changes
	finder   finder  // of palette, where it is shared
	fitted   int     // the frame that the palette was made at
	fit      float64 // and how far its colours were missed
	shown    []byte  // pixels as they were last drawn
	writing  sync.WaitGroup
	jobs     chan gifFrame
	spare    chan []bool // for gifFrame.keep
	mu       sync.Mutex
	err      error  // the first error of the writer; guarded by mu
	texts    []span // the recipe's parts in the file; owned by the writer while there is one
	written  int    // frames; likewise
	finished bool
}

// gifMostFPS is the rate beyond which viewers slow GIFs down to ten frames a second.
const gifMostFPS = 50

func newGIF(path string, o Options) (Recorder, error) {
	f, err := beside.Film(path)
	if err != nil {
		return nil, err
	}
	return &gifRecorder{o: o, place: f, f: f, notes: notes{recipe: o.Recipe}}, nil
}

// Add makes the palette of a frame and hands it to the writer. It may return the
// error of a frame before.
func (g *gifRecorder) Add(m *image.RGBA) error {
	if err := g.failed(); err != nil {
		return err
	}
	if g.frames == 0 {
		if err := g.open(m); err != nil {
			g.fail(err)
			return err
		}
	}
	g.fitPalette(m)
	keep := <-g.spare
	r, clear := g.changed(m, keep)
	g.frames++
	g.jobs <- gifFrame{
		comment: gifComment(g.notes.next()), picture: m, keep: keep, rect: r, clear: clear,
		delay: g.delay(g.frames), palette: g.palette,
	}
	return nil
}

// open writes the head, once the size is known, and starts the writer.
func (g *gifRecorder) open(m *image.RGBA) error {
	g.size = m.Rect.Size()
	if err := checkSizeOfGIF(g.size); err != nil {
		return err
	}
	g.fitPalette(m)
	head := []byte("GIF89a")
	head = binary.LittleEndian.AppendUint16(head, uint16(g.size.X))
	head = binary.LittleEndian.AppendUint16(head, uint16(g.size.Y))
	head = append(head, 0xf7, 0, 0) // a global table of 256 colours
	head = append(head, gifPalette(g.palette)...)
	if g.o.Loop != Once {
		head = append(head, "\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"...)
	}
	comment := gifComment(g.notes.first())
	g.texts = append(g.texts, span{int64(len(head)), int64(len(comment))})
	a, err := newAppender(g.f, append(head, comment...), []byte{0x3b})
	if err != nil {
		return err
	}
	pixels := g.size.X * g.size.Y
	g.jobs = make(chan gifFrame, 1)
	g.spare = make(chan []bool, 3)
	for range cap(g.spare) {
		g.spare <- make([]bool, pixels)
	}
	g.writing.Add(1)
	go g.write(a, gifBlocks{global: gifPalette(g.palette), dither: g.o.Dither})
	return nil
}

// write makes frames and appends them until there are no more.
func (g *gifRecorder) write(a *appender, b gifBlocks) {
	defer g.writing.Done()
	for f := range g.jobs {
		if g.failed() == nil {
			if len(f.comment) > 0 {
				g.texts = append(g.texts, span{a.end, int64(len(f.comment))})
			}
			if err := a.append(b.frame(f)); err != nil {
				g.fail(soFar(err, g.written))
			} else if f.picture != nil {
				g.written++
			}
		}
		if f.keep != nil {
			g.spare <- f.keep
		}
	}
}

// changed finds the pixels that a frame changes, marks the others in keep, and gives the
// rectangle around them, at least one pixel, and whether others lie within it.
func (g *gifRecorder) changed(m *image.RGBA, keep []bool) (r image.Rectangle, others bool) {
	w, h := g.size.X, g.size.Y
	if g.shown == nil {
		g.shown = make([]byte, 4*w*h)
		for y := range h {
			copy(g.shown[4*w*y:][:4*w], m.Pix[y*m.Stride:])
		}
		clear(keep)
		return image.Rect(0, 0, w, h), false
	}
	count := 0
	r = image.Rectangle{Min: g.size}
	for y := range h {
		row, shown, keep := m.Pix[y*m.Stride:][:4*w], g.shown[4*w*y:][:4*w], keep[w*y:][:w]
		left, right := w, -1
		for x := range keep {
			p, s := row[4*x:4*x+3:4*x+3], shown[4*x:4*x+3:4*x+3]
			keep[x] = within(p[0], s[0]) && within(p[1], s[1]) && within(p[2], s[2])
			if !keep[x] {
				s[0], s[1], s[2] = p[0], p[1], p[2]
				left, right = min(left, x), x
				count++
			}
		}
		if right >= 0 {
			r.Min.X, r.Max.X = min(r.Min.X, left), max(r.Max.X, right+1)
			r.Min.Y, r.Max.Y = min(r.Min.Y, y), y+1
		}
	}
	if count == 0 {
		return image.Rect(0, 0, 1, 1), true
	}
	return r, count < r.Dx()*r.Dy()
}

func within(a, b uint8) bool { return uint(int(a)-int(b)+still) <= 2*still }

// fitPalette makes the palette for a frame: for each one afresh, or for as many as a
// second has, from those since the last, and sooner where the scene changes.
func (g *gifRecorder) fitPalette(m *image.RGBA) {
	if g.frames == 0 && g.palette != nil {
		return
	}
	g.colours.add(m)
	shared := g.o.Palette == Shared
	if shared && g.frames > 0 && g.frames-g.fitted < max(int(g.o.FPS), 1) && g.finder.miss(m) <= otherScene*g.fit+1 {
		return
	}
	g.palette = g.colours.make()
	g.colours.clear()
	g.fitted = g.frames
	if shared {
		g.finder.use(g.palette)
		g.fit = g.finder.miss(m)
	}
}

// delay is how long the n-th frame, from 1, is shown, in hundredths of a second. What rounding
// takes from one frame the next one gets, so that the whole lasts as long as it should.
func (g *gifRecorder) delay(n int) int {
	until := func(n int) int { return int(math.Round(float64(n) * 100 / g.o.FPS)) }
	return min(until(n)-until(n-1), math.MaxUint16)
}

func (g *gifRecorder) endRecipe() { g.notes.end() }

// Close waits for the writer, writes the whole recipe at the end and at the beginning, and ends the file.
func (g *gifRecorder) Close() error {
	if g.finished {
		return g.failed()
	}
	g.finished = true
	if g.jobs != nil {
		whole := gifComment(g.notes.whole())
		if whole != nil {
			g.jobs <- gifFrame{comment: whole}
		}
		close(g.jobs)
		g.writing.Wait()
		if whole != nil && g.failed() == nil {
			_ = g.gather(whole) // where there is no room for that, the end has it all the same
		}
	} else {
		g.fail(ErrEmpty)
	}
	err := g.o.settle(g.place, g.written, g.failed())
	g.mu.Lock()
	defer g.mu.Unlock()
	g.err = err
	return err
}

func (g *gifRecorder) failed() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.err
}

func (g *gifRecorder) fail(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err == nil {
		g.err = err
	}
}
