package app

import (
	"image"
	"math"
	"math/rand/v2"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/text/v2"
)

// Spacing marks that the built-in fonts have; stacked above and below a letter they
// are what combining marks are in fonts that have those.
var (
	marksAbove = []rune("´`^~¨˙˚˘ˇ¯˝'\"°")
	marksBelow = []rune("¸˛.,_˙¨~")
)

// title is the program's name with marks stacked on it, more of them the wilder the
// picture is. Which marks stand where wanders slowly.
type title struct {
	letters []rune
	stacks  [][]mark
	wild    float64 // eased
	rng     *rand.Rand
}

// mark is one accent over (up) or under a letter.
type mark struct {
	r      rune
	up     bool
	dx     float64 // of the letter's size
	turn   float64
	height float64 // in steps away from the letter
}

func newTitle() *title {
	t := &title{letters: []rune("ZALGOSCOPE"), rng: rand.New(rand.NewPCG(1, 2))}
	for range t.letters {
		var stack []mark
		for i := range 14 {
			stack = append(stack, t.mark(i))
		}
		t.stacks = append(t.stacks, stack)
	}
	return t
}

func (t *title) mark(i int) mark {
	m := mark{up: t.rng.IntN(5) < 3, height: float64(i) / 3, dx: (t.rng.Float64() - 0.5) * 0.35, turn: (t.rng.Float64() - 0.5) * 0.8}
	set := marksBelow
	if m.up {
		set = marksAbove
	}
	m.r = set[t.rng.IntN(len(set))]
	return m
}

// advance eases towards the picture's wildness and changes a mark now and then.
func (t *title) advance(wild, dt float64) {
	t.wild += (wild - t.wild) * min(dt*1.5, 1)
	if t.rng.Float64() < dt*(2+20*t.wild) {
		i := t.rng.IntN(len(t.stacks))
		j := t.rng.IntN(len(t.stacks[i]))
		t.stacks[i][j] = t.mark(j)
	}
}

// draw writes the title into r.
func (t *title) draw(dst *ebiten.Image, look *theme, r image.Rectangle) {
	size := 21 * look.scale
	face := &text.GoTextFace{Source: medium, Size: size}
	small := &text.GoTextFace{Source: medium, Size: size * 1.05}
	x := float64(r.Min.X)
	mid := float64(r.Min.Y+r.Max.Y) / 2
	gap := 3 * look.scale
	for i, l := range t.letters {
		width := advance(string(l), face)
		// Each letter has its own share of the wildness, so that they do not rise as one.
		n := int(math.Round(t.wild * float64(len(t.stacks[i])) * (0.6 + 0.4*math.Sin(float64(i)*2.1+1))))
		for _, m := range t.stacks[i][:min(max(n, 0), len(t.stacks[i]))] {
			t.drawMark(dst, small, m, x+width/2, mid, size)
		}
		look.write(dst, string(l), face, int(x+width/2), int(mid), colourText, alignCentre)
		x += width + gap
	}
}

func (t *title) drawMark(dst *ebiten.Image, face *text.GoTextFace, m mark, x, mid, size float64) {
	y := mid - size*(0.5+0.2*m.height)
	if !m.up {
		y = mid + size*(0.5+0.2*m.height)
	}
	op := &text.DrawOptions{}
	op.PrimaryAlign, op.SecondaryAlign = text.AlignCenter, text.AlignCenter
	if m.up {
		// Accents stand high in their line: bring the ink to the point.
		op.GeoM.Translate(0, size*0.3)
	} else {
		op.GeoM.Translate(0, -size*0.25)
	}
	op.GeoM.Rotate(m.turn)
	op.GeoM.Translate(x+m.dx*size, y)
	op.ColorScale.ScaleWithColor(colourAccent)
	op.ColorScale.ScaleAlpha(float32(1 - 0.1*m.height))
	text.Draw(dst, string(m.r), face, op)
}
