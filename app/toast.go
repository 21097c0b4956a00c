package app

import (
	"image"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/visible"
)

// toasts are short notes over the picture that go away by themselves.
type toasts struct {
	notes []note
}

type note struct {
	text  string
	alarm bool
	until time.Time
}

// tell shows a note, warn an error. The same note again only stays longer.
func (t *toasts) tell(text string, at time.Time) {
	t.add(note{text: text, until: at.Add(3 * time.Second)})
}
func (t *toasts) warn(err error, at time.Time) {
	t.add(note{text: err.Error(), alarm: true, until: at.Add(8 * time.Second)})
}

// add makes one line of a note's text, whatever it quotes.
func (t *toasts) add(n note) {
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

// texts are what the notes say, the oldest first.
func (t *toasts) texts() []string {
	list := make([]string, len(t.notes))
	for i, n := range t.notes {
		list[i] = n.text
	}
	return list
}

// expire forgets old notes and tells whether there were any.
func (t *toasts) expire(at time.Time) bool {
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

// draw writes the notes at the bottom of an area and gives the part that they take.
func (t *toasts) draw(dst *ebiten.Image, look *theme, area image.Rectangle) image.Rectangle {
	var used image.Rectangle
	y := area.Max.Y - look.px(12)
	for i := len(t.notes) - 1; i >= 0; i-- {
		n := t.notes[i]
		lines := wrap(n.text, look.face, area.Dx()-look.px(56), 5)
		h := len(lines)*look.px(18) + look.px(12)
		w := 0
		for _, l := range lines {
			w = max(w, int(advance(l, look.face)))
		}
		r := image.Rect(area.Min.X+look.px(12), y-h, area.Min.X+look.px(36)+w, y)
		look.fill(dst, r, colourShade)
		c := colourAccent
		if n.alarm {
			c = colourAlarm
		}
		look.fill(dst, image.Rect(r.Min.X, r.Min.Y, r.Min.X+look.px(3), r.Max.Y), c)
		for j, l := range lines {
			look.write(dst, l, look.face, r.Min.X+look.px(14), r.Min.Y+look.px(6)+look.px(18)*j+look.px(9), colourText, alignLeft)
		}
		used = used.Union(r)
		y -= h + look.px(6)
	}
	return used
}
