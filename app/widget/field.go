package widget

import (
	"image"
	"image/color"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/ebitenui/ebitenui/input"
	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
)

// Field is a line to type a word into. (The toolkit's own cannot be drawn cut off, as
// it is in a scroller.)
type Field struct {
	*Block
	look    *Theme
	hint    string // shown while it is empty
	Text    string
	Most    int // bytes of the text
	Typing  bool
	Ground  color.NRGBA
	Changed func()
	Submit  func()
	Now     func() string // the text while nobody types; nil leaves it as it was typed
}

// NewField makes an empty field; Changed and Submit are the caller's to set.
func NewField(t *Theme, hint, help string) *Field {
	f := &Field{look: t, hint: hint, Most: 60, Ground: ColourRaised}
	f.Block = NewBlock(func() int { return t.Px(28) }, f.render)
	f.Block.Click = func(image.Point) { f.Typing = true }
	f.Block.Help = help
	return f
}

// Update takes what is typed while the field has the keyboard.
func (f *Field) Update(o *ewidget.UpdateObject) {
	if _, over := f.Hovered(); input.MouseButtonJustPressed(ebiten.MouseButtonLeft) && !over {
		f.Typing = false
	}
	f.Block.Update(o)
	if !f.Typing {
		if f.Now != nil {
			f.Text = f.Now()
		}
		return
	}
	before := f.Text
	if f.Text = typeInto(f.Text, f.Most); f.Text != before {
		f.Changed()
	}
	f.look.paste(func(text string) {
		if f.Typing {
			f.Text = added(f.Text, text, f.Most)
			f.Changed()
		}
	})
	switch {
	case Hit(ebiten.KeyEnter, false), Hit(ebiten.KeyNumpadEnter, false):
		f.Typing = false
		f.Submit()
	case Hit(ebiten.KeyEscape, false), Hit(ebiten.KeyTab, false):
		f.Typing = false
	}
}

// typeInto is a text with what has been typed since the last tick, of at most so many bytes.
func typeInto(text string, most int) string {
	text = added(text, string(input.InputChars()), most)
	if r := []rune(text); Hit(ebiten.KeyBackspace, true) && len(r) > 0 {
		text = string(r[:len(r)-1])
	}
	return text
}

// added is a text with another one behind it, without line ends and what cannot be seen, of at most so many bytes.
func added(text, more string, most int) string {
	for _, r := range more {
		if unicode.IsSpace(r) {
			r = ' '
		}
		if unicode.IsGraphic(r) && len(text)+utf8.RuneLen(r) <= most {
			text += string(r)
		}
	}
	return text
}

// paste has put called with what is in the clipboard when the keys for that are pressed.
func (t *Theme) paste(put func(text string)) {
	v := Hit(ebiten.KeyV, false) && (ebiten.IsKeyPressed(ebiten.KeyControl) || ebiten.IsKeyPressed(ebiten.KeyMeta))
	if t.Paste != nil && (v || Hit(ebiten.KeyInsert, false) && ebiten.IsKeyPressed(ebiten.KeyShift)) {
		t.Paste(func(text string) { put(strings.TrimSpace(text)) })
	}
}

func (f *Field) render(dst *ebiten.Image, r image.Rectangle) {
	t := f.look
	t.Fill(dst, r, f.Ground)
	mid, x := (r.Min.Y+r.Max.Y)/2, r.Min.X+t.Px(8)
	if f.Text == "" && !f.Typing {
		t.Write(dst, f.hint, t.Face, x, mid, ColourDim, AlignLeft)
		return
	}
	text := end(f.Text, t.Face, r.Dx()-t.Px(18))
	t.Write(dst, text, t.Face, x, mid, ColourText, AlignLeft)
	if f.Typing {
		t.Fill(dst, image.Rect(r.Min.X, r.Max.Y-t.Px(2), r.Max.X, r.Max.Y), ColourAccent)
		if time.Now().UnixMilli()/500%2 == 0 {
			x += int(Width(text, t.Face)) + t.Px(1)
			t.Fill(dst, image.Rect(x, mid-t.Px(7), x+max(t.Px(1), 1), mid+t.Px(7)), ColourAccent)
		}
	}
}
