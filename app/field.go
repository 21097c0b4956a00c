package app

import (
	"image"
	"image/color"
	"time"

	"github.com/ebitenui/ebitenui/input"
	"github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// field is a line to type a word into. (The toolkit's own cannot be drawn cut off, as
// it is in a scroller.)
type field struct {
	*block
	look    *theme
	hint    string // shown while it is empty
	text    string
	typing  bool
	ground  color.NRGBA
	changed func()
	submit  func()
	now     func() string // the text while nobody types; nil leaves it as it was typed
}

func newField(t *theme, hint string) *field {
	f := &field{look: t, hint: hint, ground: colourRaised}
	f.block = newBlock(func() int { return t.px(28) }, f.render)
	f.block.click = func(image.Point) { f.typing = true }
	return f
}

// Update takes what is typed while the field has the keyboard.
func (f *field) Update(o *widget.UpdateObject) {
	if _, over := f.hovered(); input.MouseButtonJustPressed(ebiten.MouseButtonLeft) && !over {
		f.typing = false
	}
	f.block.Update(o)
	if !f.typing {
		if f.now != nil {
			f.text = f.now()
		}
		return
	}
	before := f.text
	for _, r := range input.InputChars() {
		if r >= ' ' && len(f.text) < 60 {
			f.text += string(r)
		}
	}
	switch {
	case hit(ebiten.KeyBackspace, true) && f.text != "":
		r := []rune(f.text)
		f.text = string(r[:len(r)-1])
	case hit(ebiten.KeyEnter, false), hit(ebiten.KeyNumpadEnter, false):
		f.typing = false
		f.submit()
	case hit(ebiten.KeyEscape, false), hit(ebiten.KeyTab, false):
		f.typing = false
	}
	if f.text != before {
		f.changed()
	}
}

func (f *field) render(dst *ebiten.Image, r image.Rectangle) {
	t := f.look
	t.fill(dst, r, f.ground)
	mid, x := (r.Min.Y+r.Max.Y)/2, r.Min.X+t.px(8)
	if f.text == "" && !f.typing {
		t.write(dst, f.hint, t.face, x, mid, colourDim, alignLeft)
		return
	}
	text := end(f.text, t.face, r.Dx()-t.px(18))
	t.write(dst, text, t.face, x, mid, colourText, alignLeft)
	if f.typing {
		t.fill(dst, image.Rect(r.Min.X, r.Max.Y-t.px(2), r.Max.X, r.Max.Y), colourAccent)
		if time.Now().UnixMilli()/500%2 == 0 {
			x += int(advance(text, t.face)) + t.px(1)
			t.fill(dst, image.Rect(x, mid-t.px(7), x+max(t.px(1), 1), mid+t.px(7)), colourAccent)
		}
	}
}
