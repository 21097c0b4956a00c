package widget

import (
	"hash/fnv"
	"image"
	"image/color"
	"math"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/text/v2"

	"zalgoscope/app/visible"
)

// Spacing marks that the built-in fonts have; stacked above and below a letter they
// are what combining marks are in fonts that have those.
var (
	marksAbove = []rune("´`^~¨˙˚˘ˇ¯˝'\"°")
	marksBelow = []rune("¸˛.,_˙¨~")
)

// Zalgo is how the program speaks: letters gather marks, the labels' the higher the level is,
// the title's also the wilder the picture is. Which marks stand where wanders.
type Zalgo struct {
	Level float64 // 0 to 1, eased
	wild  float64 // 0 to 1, eased
	time  float64 // in seconds, faster the wilder it is
}

// The most marks that a letter carries.
const (
	titleMarks = 14
	labelMarks = 6
)

// Advance eases towards a level and the picture's wildness, both from 0 to 1.
func (z *Zalgo) Advance(level, wild, dt float64) {
	ease := min(dt*1.5, 1)
	z.Level += (level - z.Level) * ease
	if level == 0 && z.Level < 0.01 {
		z.Level = 0
	}
	z.wild += (max(wild, level) - z.wild) * ease
	z.time += dt * (0.1 + z.wild)
}

// mark is one accent over (up) or under a letter.
type mark struct {
	r      rune
	up     bool
	dx     float64 // of the letter's size
	turn   float64
	height float64 // in steps away from the letter
}

// mark gives the j-th mark of a text's i-th letter at this moment.
func (z *Zalgo) mark(s string, i, j int) mark {
	phase := float64(hash(s, i, j, 0)&0xff) / 256
	h := hash(s, i, j, 1+int(z.time/4+phase))
	share := func(shift int) float64 { return float64(h>>shift&0xff) / 255 }
	m := mark{up: h%5 < 3, height: float64(j) / 3, dx: (share(8) - 0.5) * 0.35, turn: (share(16) - 0.5) * 0.8}
	set := marksBelow
	if m.up {
		set = marksAbove
	}
	m.r = set[int(h>>24)%len(set)]
	return m
}

// count is how many marks a letter carries when most is the most. Each letter has its own share, so
// that they do not rise as one.
func (z *Zalgo) count(s string, i int, level float64, most int) int {
	share := 0.25 + 0.75*float64(hash(s, i, -1, 0)&0xff)/255
	return min(int(math.Round(level*share*float64(most))), most)
}

func hash(s string, numbers ...int) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	for _, n := range numbers {
		h.Write([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
	}
	// The last bytes reach the upper bits only by another round.
	x := h.Sum32()
	x ^= x >> 16
	x *= 0x7feb352d
	return x ^ x>>15
}

// Label writes a label: a line of text with the marks that it has gathered.
func (t *Theme) Label(dst *ebiten.Image, s string, face *text.GoTextFace, x, y int, c color.Color, a Align) {
	t.Write(dst, s, face, x, y, c, a)
	t.marks(dst, s, face, x, y, a)
}

// marks stacks a label's marks on it, where it has been written.
func (t *Theme) marks(dst *ebiten.Image, s string, face *text.GoTextFace, x, y int, a Align) {
	if t.zalgo.Level == 0 {
		return
	}
	s = visible.Label(s)
	left := float64(x)
	switch a {
	case AlignCentre:
		left -= Width(s, face) / 2
	case AlignRight:
		left -= Width(s, face)
	}
	letter := 0
	for at, r := range s {
		if r != ' ' {
			from, to := text.AdvanceAt(s, at, face), text.AdvanceAt(s, at+len(string(r)), face)
			for j := range t.zalgo.count(s, letter, t.zalgo.Level, labelMarks) {
				t.drawMark(dst, t.zalgo.mark(s, letter, j), left+(from+to)/2, float64(y), face.Size, 0.75)
			}
		}
		letter++
	}
}

// Title writes a name in large letters into r.
func (t *Theme) Title(dst *ebiten.Image, name string, r image.Rectangle) {
	face := &text.GoTextFace{Source: medium, Size: 21 * t.Scale}
	x, mid := float64(r.Min.X), float64(r.Min.Y+r.Max.Y)/2
	for i, l := range name {
		width := Width(string(l), face)
		for j := range t.zalgo.count(name, i, t.zalgo.wild, titleMarks) {
			t.drawMark(dst, t.zalgo.mark(name, i, j), x+width/2, mid, face.Size, 1)
		}
		t.Write(dst, string(l), face, int(x+width/2), int(mid), ColourText, AlignCentre)
		x += width + 3*t.Scale
	}
}

// drawMark stacks a mark on a letter of a size whose middle is at a point.
func (t *Theme) drawMark(dst *ebiten.Image, m mark, x, mid, size, alpha float64) {
	face := &text.GoTextFace{Source: medium, Size: size * 1.05}
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
	op.ColorScale.ScaleWithColor(ColourAccent)
	op.ColorScale.ScaleAlpha(float32(alpha * (1 - 0.1*m.height)))
	text.Draw(dst, string(m.r), face, op)
}
