package flash

import (
	"image"
	"math"
)

// strain is where pixels are being held back. Around there pictures pass into each other more
// slowly, so that flicker fades evenly instead of leaving single pixels behind. It makes the
// limiter's work look better and is no part of what it promises.
type strain struct {
	columns, rows int
	held          []int     // pixels held back in the present picture
	level         []float64 // 0 to 1, by cell
}

const (
	cell     = 8   // side of a cell, in pixels
	few      = 0.1 // share of a cell's pixels that makes the full strain
	calming  = 0.8 // seconds in which strain passes
	slowness = 0.9 // share of the picture before that stays under full strain
)

func newStrain(size image.Point) strain {
	s := strain{columns: (size.X + cell - 1) / cell, rows: (size.Y + cell - 1) / cell}
	s.held, s.level = make([]int, s.columns*s.rows), make([]float64, s.columns*s.rows)
	return s
}

// counts is where a line's held pixels are counted.
func (s *strain) counts(y int) []int { return s.held[y/cell*s.columns:][:s.columns] }

// settle takes over what was counted.
func (s *strain) settle(seconds float64) {
	keep := math.Exp(-max(seconds, 0) / calming)
	for i, n := range s.held {
		s.level[i] = max(s.level[i]*keep, min(float64(n)/(few*cell*cell), 1))
		if s.level[i] < 0.01 {
			s.level[i] = 0
		}
		s.held[i] = 0
	}
}

// soften mixes a line with the one before, as far as the strain between the cells' middles says.
func (s *strain) soften(row, before []uint8, y int) {
	v := min(max((float64(y)+0.5)/cell-0.5, 0), float64(s.rows-1))
	j := min(int(v), max(s.rows-2, 0))
	top := s.level[j*s.columns:][:s.columns]
	low := s.level[min(j+1, s.rows-1)*s.columns:][:s.columns]
	v -= float64(j)
	for i := range s.columns {
		k := min(i+1, s.columns-1)
		a, b := top[i]*(1-v)+low[i]*v, top[k]*(1-v)+low[k]*v
		if a == 0 && b == 0 {
			continue
		}
		from, to := i*cell+cell/2, (i+1)*cell+cell/2
		if i == 0 {
			from = 0
		}
		for x := from; x < min(to, len(row)/4); x++ {
			u := min(max((float64(x)+0.5)/cell-0.5-float64(i), 0), 1)
			stay := int(256 * slowness * (a + (b-a)*u))
			for c := 4 * x; c < 4*x+3; c++ {
				row[c] = uint8(int(row[c]) + (int(before[c])-int(row[c]))*stay/256)
			}
		}
	}
}
