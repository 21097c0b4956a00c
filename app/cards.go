package app

import (
	"image"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/widget"
)

// card is one entry of the library.
type card struct {
	name    string
	about   string // a second line, of a wide card
	help    string
	thumb   thumb
	none    bool    // there is no picture of it
	chosen  bool    // it is what is dreamed
	heart   bool    // it is a favourite
	share   float64 // how far it is downloaded, 0 for nothing to show
	run     func()
	actions []action
}

// action is a word on a card that does something with it.
type action struct {
	word, help string
	run        func()
}

// shape is how the cards of a page are laid out, in the design's pixels.
type shape struct {
	width float64 // that a card wants
	ratio float64 // of a picture's height to its width
	wide  bool    // text beside the picture instead of on it, one card in a row
}

var shapes = [...]shape{scenePage: {108, 0.625, false}, classPage: {76, 1, false}, netPage: {64, 1, true}}

// cards is the table of the library's cards.
type cards struct {
	library *library
	block   *widget.Block
	widths  map[string]int // of the words on cards
}

func newCards(l *library) *cards {
	c := &cards{library: l, widths: map[string]int{}}
	c.block = widget.NewBlock(c.height, c.draw)
	c.block.Spots = c.spots
	return c
}

// table is the width of a table of cards, how many are in a row, and the size of each with its gap.
func (c *cards) table() (columns int, cell image.Point, gap int) {
	t, sh := c.library.studio.look, shapes[c.library.page]
	gap = t.Px(4)
	width := c.library.rect().Dx() - t.Px(26)
	if sh.wide {
		return 1, image.Pt(width, t.Px(sh.width)+gap), gap
	}
	columns = max(int(float64(width)/float64(t.Px(sh.width))+0.3), 2)
	w := (width + gap) / columns
	return columns, image.Pt(w, int(float64(w-gap)*sh.ratio)+gap), gap
}

func (c *cards) height() int {
	if !c.library.open {
		return 0
	}
	columns, cell, _ := c.table()
	return max((len(c.library.list())+columns-1)/columns*cell.Y, cell.Y)
}

// places gives each card that lies in a part of the block its place, relative to the block.
func (c *cards) places(part image.Rectangle, each func(i int, r image.Rectangle, k card)) {
	columns, cell, gap := c.table()
	for i, k := range c.library.list() {
		at := image.Pt(i%columns*cell.X, i/columns*cell.Y)
		if r := (image.Rectangle{Min: at, Max: at.Add(cell).Sub(image.Pt(gap, gap))}); r.Overlaps(part) {
			each(i, r, k)
		}
	}
}

// everywhere is a part that holds all cards.
var everywhere = image.Rect(0, 0, 1<<30, 1<<30)

func (c *cards) draw(dst *ebiten.Image, r image.Rectangle) {
	if !c.library.open {
		return
	}
	part := dst.Bounds().Intersect(c.library.scroller.View()).Sub(r.Min)
	at, over := c.block.Hovered()
	over = over && at.Add(r.Min).In(c.library.scroller.View())
	none := true
	c.places(part, func(_ int, place image.Rectangle, k card) {
		none = false
		c.drawCard(dst, place.Add(r.Min), k, over && at.In(place), at.Add(r.Min))
	})
	if none {
		t := c.library.studio.look
		t.Write(dst, "nothing of that name", t.Small, r.Min.X, r.Min.Y+t.Px(16), widget.ColourDim, widget.AlignLeft)
	}
}

// drawCard draws a card at r; pointed tells that the pointer, at at, is on it.
func (c *cards) drawCard(dst *ebiten.Image, r image.Rectangle, k card, pointed bool, at image.Point) {
	t, s := c.library.studio.look, c.library.studio
	t.Fill(dst, r, widget.ColourRaised)
	picture := r
	wide := shapes[c.library.page].wide
	if wide {
		picture.Max.X = r.Min.X + r.Dy()
	}
	if !k.none {
		s.gallery.paint(dst, picture, k.thumb)
	}
	if wide {
		c.writeWide(dst, r, k)
	} else {
		label := image.Rect(r.Min.X, r.Max.Y-t.Px(14), r.Max.X, r.Max.Y)
		t.Fill(dst, label, widget.ColourShade)
		colour := widget.ColourText
		if k.chosen {
			colour = widget.ColourAccent
		}
		t.Write(dst, widget.Clip(k.name, t.Tiny, label.Dx()-t.Px(4)), t.Tiny, (label.Min.X+label.Max.X)/2, (label.Min.Y+label.Max.Y)/2, colour, widget.AlignCentre)
	}
	if k.share > 0 {
		t.Fill(dst, image.Rect(r.Min.X, r.Max.Y-t.Px(3), r.Min.X+int(k.share*float64(r.Dx())), r.Max.Y), widget.ColourAccent)
	}
	switch {
	case k.chosen:
		t.Frame(dst, r, widget.ColourAccent)
	case pointed:
		t.Frame(dst, r, widget.ColourHover)
	}
	for i, place := range c.actionPlaces(r, k) {
		a := k.actions[i]
		if !pointed && !(a.word == "♥" && k.heart) {
			continue
		}
		colour := widget.ColourDim
		if a.word == "♥" && k.heart || at.In(place) {
			colour = widget.ColourAccent
		}
		t.Fill(dst, place, widget.ColourShade)
		t.Write(dst, a.word, t.Tiny, (place.Min.X+place.Max.X)/2, (place.Min.Y+place.Max.Y)/2, colour, widget.AlignCentre)
	}
}

// writeWide writes a wide card's texts beside its picture.
func (c *cards) writeWide(dst *ebiten.Image, r image.Rectangle, k card) {
	t := c.library.studio.look
	colour := widget.ColourText
	if k.chosen {
		colour = widget.ColourAccent
	}
	x, width := r.Min.X+r.Dy()+t.Px(10), r.Dx()-r.Dy()-t.Px(16)
	t.Write(dst, widget.Clip(k.name, t.Strong, width), t.Strong, x, r.Min.Y+t.Px(12), colour, widget.AlignLeft)
	for i, line := range widget.Wrap(k.about, t.Small, width, 2) {
		t.Write(dst, line, t.Small, x, r.Min.Y+t.Px(30+15*float64(i)), widget.ColourDim, widget.AlignLeft)
	}
}

// actionPlaces are where a card's words stand, from its top right corner to the left and down.
func (c *cards) actionPlaces(r image.Rectangle, k card) []image.Rectangle {
	t := c.library.studio.look
	places := make([]image.Rectangle, len(k.actions))
	x, y := r.Max.X, r.Min.Y
	for i, a := range k.actions {
		w, known := c.widths[a.word]
		if !known {
			w = int(widget.Width(a.word, t.Tiny)) + t.Px(8)
			c.widths[a.word] = w
		}
		if x-w < r.Min.X {
			x, y = r.Max.X, y+t.Px(16)
		}
		places[i] = image.Rect(x-w, y, x, y+t.Px(15))
		x -= w + t.Px(1)
	}
	return places
}

// spots are the cards, and before them the words on them.
func (c *cards) spots() []widget.Spot {
	if !c.library.open {
		return nil
	}
	var list []widget.Spot
	c.places(everywhere, func(_ int, r image.Rectangle, k card) {
		for i, place := range c.actionPlaces(r, k) {
			a := k.actions[i]
			list = append(list, widget.Spot{Name: strings.TrimSuffix(a.word, "?") + " " + k.name, Rect: place, Help: a.help, Run: a.run})
		}
		list = append(list, widget.Spot{Name: "card " + k.name, Rect: r, Help: k.help, Run: k.run})
	})
	return list
}
