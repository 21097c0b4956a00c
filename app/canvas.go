package app

import (
	_ "embed"
	"image"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/enlarge"
	"zalgoscope/app/glide"
	"zalgoscope/nn"
)

//go:embed crosszoom.kage
var crossZoomSource []byte

// canvas draws dreamed frames into a rectangle of the window.
type canvas struct {
	shader   *ebiten.Shader
	enlarger enlarger
	older    texture
	newer    texture
	start    texture
	cover    bool // fill the rectangle and cut off, instead of showing the whole picture

	shapeless bool // the start picture is made, and so of any shape

	area image.Rectangle // what the canvas may use, in device pixels
	rect image.Rectangle // where the picture stands; larger than area when covering
	size image.Point     // of the shown frame
}

func newCanvas() (c canvas, err error) {
	if c.shader, err = ebiten.NewShader(crossZoomSource); err != nil {
		return c, err
	}
	c.enlarger, err = newEnlarger()
	return c, err
}

// texture is a picture on the graphics card.
type texture struct {
	of    *image.RGBA
	small *ebiten.Image // as it is
	large *ebiten.Image // of about the size at which it is shown, nil where that is no larger
}

// load brings a picture to the graphics card where it is not there yet, to be shown at a size. What it gives may be larger;
// toLarge maps the picture's pixels to those.
func (t *texture) load(m *image.RGBA, size image.Point, e *enlarger) (shown *ebiten.Image, toLarge nn.Warp) {
	from := m.Rect.Size()
	fresh := t.of != m
	if fresh {
		t.small = sizedImage(t.small, from)
		t.small.WritePixels(m.Pix)
		t.of = m
	}
	if size = e.size(from, size); size == from {
		return t.small, glide.Identity
	}
	if fresh || t.large == nil || t.large.Bounds().Size() != size {
		t.large = sizedImage(t.large, size)
		e.draw(t.large, t.small)
	}
	return t.large, enlarge.Stretch(from, size)
}

// show draws what the glide sees, of a start picture of that shape.
func (c *canvas) show(screen ebiten.FinalScreen, g *glide.Glide, shape image.Point) {
	older, newer, fromOlder, fromNewer, share := g.View()
	if newer == nil {
		return
	}
	// When the glide moves on, the newer picture becomes the older one: swap rather than upload.
	if older != nil && c.newer.of == older.Image {
		c.older, c.newer = c.newer, c.older
	}
	c.place(newer.Image.Rect.Size(), shape)
	a, toLarge := c.newer.load(newer.Image, c.rect.Size(), &c.enlarger)
	b := a
	if older == nil {
		fromOlder = fromNewer
	} else {
		fromOlder = glide.After(glide.Resized(newer, older), fromOlder)
	}
	fromNewer = glide.After(toLarge, fromNewer)
	if older != nil {
		b, toLarge = c.older.load(older.Image, c.rect.Size(), &c.enlarger)
	}
	c.draw(screen, b, a, glide.After(toLarge, fromOlder), fromNewer, share)
}

// still draws the start picture where its frames stand, of which the newest has that size.
func (c *canvas) still(screen ebiten.FinalScreen, m *image.RGBA, size image.Point) {
	c.place(size, m.Rect.Size())
	t, toLarge := c.start.load(m, c.rect.Size(), &c.enlarger)
	fit := glide.After(toLarge, nn.Resize(size.X, size.Y, m.Rect.Dx(), m.Rect.Dy()))
	c.draw(screen, t, t, fit, fit, 1)
}

// covers tells whether the picture fills the area: as the user wants, or as one must that has no shape.
func (c *canvas) covers() bool { return c.cover || c.shapeless }

// place finds where a frame of that size stands in the area. It stands where its start picture would: the shape of a
// small frame is only nearly that, and the picture is not to jump when the size changes.
func (c *canvas) place(size, shape image.Point) {
	c.size = size
	aw, ah := float64(c.area.Dx()), float64(c.area.Dy())
	sx, sy := aw/float64(shape.X), ah/float64(shape.Y)
	s := min(sx, sy)
	if c.covers() {
		s = max(sx, sy)
	}
	w, h := int(s*float64(shape.X)+0.5), int(s*float64(shape.Y)+0.5)
	at := c.area.Min.Add(image.Pt((c.area.Dx()-w)/2, (c.area.Dy()-h)/2))
	c.rect = image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}
}

// draw mixes two pictures, each seen through its motion, in one pass.
func (c *canvas) draw(screen ebiten.FinalScreen, older, newer *ebiten.Image, fromOlder, fromNewer nn.Warp, share float64) {
	shown := c.rect.Intersect(c.area)
	if shown.Empty() {
		return
	}
	sx := float64(c.size.X) / float64(c.rect.Dx())
	sy := float64(c.size.Y) / float64(c.rect.Dy())
	v := quad(shown, func(x, y int) ebiten.Vertex {
		// The point in pixels of the newer frame, centres at whole numbers.
		px := (float64(x)-float64(c.rect.Min.X))*sx - 0.5
		py := (float64(y)-float64(c.rect.Min.Y))*sy - 0.5
		nx, ny := apply(fromNewer, px, py)
		ox, oy := apply(fromOlder, px, py)
		return ebiten.Vertex{
			DstX: float32(x), DstY: float32(y),
			ColorR: float32(nx), ColorG: float32(ny), ColorB: float32(ox), ColorA: float32(oy),
		}
	})
	screen.DrawTrianglesShader(v, quadTriangles, c.shader, &ebiten.DrawTrianglesShaderOptions{
		Blend:    ebiten.BlendCopy,
		Images:   [4]*ebiten.Image{newer, older},
		Uniforms: map[string]any{"Share": float32(share)},
	})
}

// quad is the corners of a rectangle, of which quadTriangles are the halves.
func quad(r image.Rectangle, vertex func(x, y int) ebiten.Vertex) []ebiten.Vertex {
	return []ebiten.Vertex{vertex(r.Min.X, r.Min.Y), vertex(r.Max.X, r.Min.Y), vertex(r.Min.X, r.Max.Y), vertex(r.Max.X, r.Max.Y)}
}

var quadTriangles = []uint16{0, 1, 2, 1, 2, 3}

func apply(m nn.Warp, x, y float64) (float64, float64) {
	return m.A*x + m.B*y + m.C, m.D*x + m.E*y + m.F
}

// point gives the place in the picture, as shares of its width and height, under a
// point of the window, and whether it lies on the picture.
func (c *canvas) point(p image.Point) (x, y float64, ok bool) {
	if c.rect.Empty() {
		return 0, 0, false
	}
	x = float64(p.X-c.rect.Min.X) / float64(c.rect.Dx())
	y = float64(p.Y-c.rect.Min.Y) / float64(c.rect.Dy())
	return x, y, p.In(c.rect.Intersect(c.area))
}
