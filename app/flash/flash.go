// Package flash keeps a moving picture below the flicker that can cause seizures: no more
// than three flashes in any second, of light or of saturated red, anywhere on the screen
// (WCAG 2.2, success criterion 2.3.1). The criterion allows more in small areas; the
// limiter does not, so that nothing has to be known of the screen and its distance.
package flash

import (
	"image"
	"math"
)

// A flash is a pair of opposing changes of relative luminance by a tenth or more. Turning
// round costs a pixel a turn of its budget, which holds most turns and is refilled
// at refill turns a second: at most five turns in any second, where six are three flashes.
const (
	swing  = 5898 // of 65535: nine hundredths, so that rounding does not make a tenth of it
	turn   = 4096
	most   = 3 * turn
	refill = 2 * turn
)

// Limiter filters one sequence of pictures. The zero value is ready.
type Limiter struct {
	size   image.Point
	before []uint8 // the picture that was let through last
	pixels []pixel
	strain strain
}

// pixel is what is remembered of one.
type pixel struct {
	extreme uint16 // the largest luminance since it last turned upwards, or the smallest since it turned down
	budget  uint16
	down    bool
}

// Filter changes the picture so that it may follow the one before after so many seconds.
// A picture of another size begins a new sequence.
func (l *Limiter) Filter(m *image.RGBA, seconds float64) {
	size := m.Rect.Size()
	fresh := size != l.size
	if fresh {
		l.size = size
		l.before = make([]uint8, 4*size.X*size.Y)
		l.pixels = make([]pixel, size.X*size.Y)
		l.strain = newStrain(size)
	}
	gain := uint16(min(max(seconds, 0)*refill, most))
	for y := range size.Y {
		row := m.Pix[y*m.Stride:][:4*size.X]
		before := l.before[4*size.X*y:][:len(row)]
		pixels := l.pixels[size.X*y:][:size.X]
		if fresh {
			for x := range pixels {
				p := row[4*x:][:4:4]
				pale(p)
				pixels[x] = pixel{extreme: luminance(p), budget: most}
			}
		} else {
			l.strain.soften(row, before, y)
			filterRow(row, before, pixels, gain, l.strain.counts(y))
		}
		copy(before, row)
	}
	l.strain.settle(seconds)
}

// filterRow counts the pixels that it holds back, by cell.
func filterRow(row, before []uint8, pixels []pixel, gain uint16, held []int) {
	for x := range pixels {
		s := &pixels[x]
		s.budget = min(s.budget+gain, most)
		p := row[4*x:][:4:4]
		pale(p)
		light := luminance(p)
		if s.turns(light) {
			if s.budget < turn {
				light = s.restrain(p, before[4*x:][:4:4], light)
				held[x/cell]++
			} else {
				s.budget -= turn
				s.down = !s.down
				s.extreme = light
			}
		}
		if s.down {
			s.extreme = min(s.extreme, light)
		} else {
			s.extreme = max(s.extreme, light)
		}
	}
}

// turns tells whether that luminance would be a change in the other direction.
func (s *pixel) turns(light uint16) bool {
	if s.down {
		return light >= s.extreme && light-s.extreme >= swing
	}
	return s.extreme >= light && s.extreme-light >= swing
}

// restrain mixes p with the colour before, which does not turn, so far that it does not
// turn either, and gives its luminance.
func (s *pixel) restrain(p, before []uint8, light uint16) uint16 {
	last := luminance(before)
	limit := int(s.extreme) - swing + 1
	if s.down {
		limit = int(s.extreme) + swing - 1
	}
	share := 256 * (limit - int(last)) / (int(light) - int(last))
	for ; share > 0; share /= 2 {
		var mixed [4]uint8
		for c := range mixed {
			mixed[c] = uint8(int(before[c]) + (int(p[c])-int(before[c]))*share/256)
		}
		pale(mixed[:])
		if light := luminance(mixed[:]); !s.turns(light) {
			copy(p, mixed[:])
			return light
		}
	}
	copy(p, before)
	return last
}

// pale takes a saturated red, one that is four fifths or more of a colour's light, to a
// little less, by adding green and blue. Where there is no saturated red none can flash.
func pale(p []uint8) {
	// Sums of linear light; 0.78 leaves room for the rounding.
	r, g, b := linear[p[0]], linear[p[1]], linear[p[2]]
	if missing := r*22/78 - (g + b); missing > 0 {
		p[1] = encoded(g + missing/2)
		p[2] = encoded(b + missing/2)
	}
}

// linear is the light of an sRGB value, of 65535.
var linear [256]int

// weighted are the shares of red, green and blue in the relative luminance, of 65535.
var weighted [3][256]uint16

// nearest is the smallest sRGB value of at least that light, by 16ths of it; the lights of
// the darkest values are further apart than that.
var nearest [4097]uint8

func init() {
	for v := range linear {
		u := float64(v) / 255
		if u <= 0.04045 {
			u /= 12.92
		} else {
			u = math.Pow((u+0.055)/1.055, 2.4)
		}
		linear[v] = int(math.Round(65535 * u))
		for c, share := range [3]float64{0.2126, 0.7152, 0.0722} {
			weighted[c][v] = uint16(65535 * u * share)
		}
	}
	v := 0
	for i := range nearest {
		for v < 255 && linear[v] < 16*i {
			v++
		}
		nearest[i] = uint8(v)
	}
}

func encoded(light int) uint8 { return nearest[min((light+15)/16, 4096)] }

// luminance is the relative luminance of a colour, of 65535.
func luminance(p []uint8) uint16 {
	return weighted[0][p[0]] + weighted[1][p[1]] + weighted[2][p[2]]
}
