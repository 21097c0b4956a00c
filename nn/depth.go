package nn

import "math"

// Depth evens out the levels of detail of a gradient (the Laplacian gradient normalisation of the deepdream
// notebook's TensorFlow version): the gradient with respect to the 0..255 pixels is taken apart into a Laplacian pyramid
// (Burt and Adelson 1983), each level is divided by its mean absolute value to the power Amount, and all are put together again.
type Depth struct {
	Amount float32 // 0 to 1; 0 leaves the gradient as it is
	Levels int     // of the pyramid; those below 2 pixels are left out. Less than 2 leaves the gradient as it is.
}

// Sizes are the widths and heights of the pyramid's levels, the finest first.
func (d Depth) Sizes(w, h int) [][2]int {
	sizes := [][2]int{{w, h}}
	for len(sizes) < d.Levels && min(w, h) >= 4 {
		w, h = (w+1)/2, (h+1)/2
		sizes = append(sizes, [2]int{w, h})
	}
	return sizes
}

// Idle tells whether a gradient of w x h stays as it is.
func (d Depth) Idle(w, h int) bool { return d.Amount == 0 || len(d.Sizes(w, h)) < 2 }

// even evens out a gradient of three planes of w x h.
func (d Depth) even(g []float32, w, h int) {
	if d.Idle(w, h) {
		return
	}
	sizes := d.Sizes(w, h)
	levels := [][]float32{g}
	for i, s := range sizes[1:] {
		fine := sizes[i]
		small := make([]float32, 3*s[0]*s[1])
		for c := range 3 {
			shrinkPlane(plateOf(small, c, s), plateOf(levels[i], c, fine))
			large := plate{make([]float32, fine[0]*fine[1]), fine[0], fine[1]}
			growPlane(large, plateOf(small, c, s))
			for j, v := range large.pix {
				levels[i][c*fine[0]*fine[1]+j] -= v
			}
		}
		levels = append(levels, small)
	}
	for i := len(levels) - 1; i >= 0; i-- {
		sum := 0.0
		for _, v := range levels[i] {
			sum += math.Abs(float64(v))
		}
		scale := d.Scale(sum / float64(len(levels[i])))
		for j := range levels[i] {
			levels[i][j] *= scale
		}
		if i+1 == len(levels) {
			continue
		}
		for c := range 3 {
			fine := plateOf(levels[i], c, sizes[i])
			large := plate{make([]float32, len(fine.pix)), fine.w, fine.h}
			growPlane(large, plateOf(levels[i+1], c, sizes[i+1]))
			for j, v := range large.pix {
				fine.pix[j] += v
			}
		}
	}
}

// Scale is what a level of that mean absolute value is multiplied by; a level of zeros stays.
func (d Depth) Scale(mean float64) float32 {
	s := float32(math.Pow(mean, -float64(d.Amount)))
	if !finite(s) {
		return 1
	}
	return s
}

// plate is one colour of a level.
type plate struct {
	pix  []float32
	w, h int
}

func plateOf(level []float32, c int, size [2]int) plate {
	n := size[0] * size[1]
	return plate{level[c*n:][:n], size[0], size[1]}
}

// at is the value at x, y; beyond the border that of the border.
func (p plate) at(x, y int) float32 {
	return p.pix[min(max(y, 0), p.h-1)*p.w+min(max(x, 0), p.w-1)]
}

// shrinkPlane sets dst, of half the size, from src smoothed by the binomial 1 4 6 4 1 in each direction.
func shrinkPlane(dst, src plate) {
	taps := [5]float32{1. / 16, 4. / 16, 6. / 16, 4. / 16, 1. / 16}
	for y := range dst.h {
		for x := range dst.w {
			sum := float32(0)
			for i, ty := range taps {
				row := float32(0)
				for j, tx := range taps {
					row += tx * src.at(2*x+j-2, 2*y+i-2)
				}
				sum += ty * row
			}
			dst.pix[y*dst.w+x] = sum
		}
	}
}

// growPlane sets dst from src, of half the size, by the same binomial's even and odd halves: 1 6 1 over 8 where a
// value of src stands, the mean of two between them.
func growPlane(dst, src plate) {
	row := func(x, y int) float32 {
		if x%2 == 1 {
			return (src.at(x/2, y) + src.at(x/2+1, y)) / 2
		}
		return (src.at(x/2-1, y) + 6*src.at(x/2, y) + src.at(x/2+1, y)) / 8
	}
	for y := range dst.h {
		for x := range dst.w {
			v := (row(x, y/2-1) + 6*row(x, y/2) + row(x, y/2+1)) / 8
			if y%2 == 1 {
				v = (row(x, y/2) + row(x, y/2+1)) / 2
			}
			dst.pix[y*dst.w+x] = v
		}
	}
}
