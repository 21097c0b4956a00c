package widget

import (
	"image"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/visible"
)

// Toasts are short notes over the picture that go away by themselves.
type Toasts struct {
	notes []note
}

type note struct {
	text  string
	alarm bool
	until time.Time
}

// Tell shows a note. The same note again only stays longer.
func (t *Toasts) Tell(text string, at time.Time) {
	t.add(note{text: text, until: at.Add(3 * time.Second)})
}

// Warn shows an error, in another colour and for longer.
func (t *Toasts) Warn(err error, at time.Time) {
	t.add(note{text: err.Error(), alarm: true, until: at.Add(8 * time.Second)})
}

// add makes one line of a note's text, whatever it quotes.
func (t *Toasts) add(n note) {
	n.text = visible.Line(n.text)
	for i := range t.notes {
		if t.notes[i].text == n.text {
			t.notes[i].until = n.until
			return
		}
	}
	const most = 4
	if len(t.notes) == most {
		t.notes = append(t.notes[:0], t.notes[1:]...)
	}
	t.notes = append(t.notes, n)
}

// Texts are what the notes say, the oldest first.
func (t *Toasts) Texts() []string {
	list := make([]string, len(t.notes))
	for i, n := range t.notes {
		list[i] = n.text
	}
	return list
}

// Expire forgets old notes and tells whether there were any.
func (t *Toasts) Expire(at time.Time) bool {
	kept := t.notes[:0]
	for _, n := range t.notes {
		if n.until.After(at) {
			kept = append(kept, n)
		}
	}
	gone := len(kept) < len(t.notes)
	t.notes = kept
	return gone
}

// Draw writes the notes at the bottom of an area and gives the part that they take.
func (t *Toasts) Draw(dst *ebiten.Image, look *Theme, area image.Rectangle) image.Rectangle {
	var used image.Rectangle
	y := area.Max.Y - look.Px(12)
	for i := len(t.notes) - 1; i >= 0; i-- {
		n := t.notes[i]
		lines := Wrap(n.text, look.Face, area.Dx()-look.Px(56), 5)
		h := len(lines)*look.Px(18) + look.Px(12)
		w := 0
		for _, l := range lines {
			w = max(w, int(Width(l, look.Face)))
		}
		r := image.Rect(area.Min.X+look.Px(12), y-h, area.Min.X+look.Px(36)+w, y)
		look.Fill(dst, r, ColourShade)
		c := ColourAccent
		if n.alarm {
			c = ColourAlarm
		}
		look.Fill(dst, image.Rect(r.Min.X, r.Min.Y, r.Min.X+look.Px(3), r.Max.Y), c)
		for j, l := range lines {
			look.Write(dst, l, look.Face, r.Min.X+look.Px(14), r.Min.Y+look.Px(6)+look.Px(18)*j+look.Px(9), ColourText, AlignLeft)
		}
		used = used.Union(r)
		y -= h + look.Px(6)
	}
	return used
}
