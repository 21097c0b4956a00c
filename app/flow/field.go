package flow

// Field is a flow at each pixel, row by row: what is at x, y of the first picture is at x+U, y+V of the second, in pixels.
type Field struct {
	W, H int
	U, V []float32
}

// NewField is a flow without motion.
func NewField(w, h int) *Field {
	return &Field{w, h, make([]float32, w*h), make([]float32, w*h)}
}

// resize gives the field another size; what it holds is then void.
func (f *Field) resize(w, h int) {
	f.W, f.H = w, h
	fit(w*h, &f.U, &f.V)
}

// enlarge sets the field to another one, bilinearly: its pixel x lies at k*x+o of that, as does its row, and its flow is
// multiplied by times.
func (f *Field) enlarge(from *Field, k, o, times float32, s *enlarger) {
	s.fit(f.W, from.W, k, o)
	for y := range f.H {
		at := min(max(k*float32(y)+o, 0), float32(from.H-1))
		top := min(int(at), max(from.H-2, 0))
		share := at - float32(top)
		for i, p := range [2][2][]float32{{f.U, from.U}, {f.V, from.V}} {
			a := s.row(i, p[1], from.W, top, times)
			b := s.row(i, p[1], from.W, min(top+1, from.H-1), times)
			out := p[0][y*f.W:][:f.W]
			a, b = a[:f.W], b[:f.W]
			for x, v := range a {
				out[x] = v + share*(b[x]-v)
			}
		}
	}
}

// enlarger keeps rows that have been enlarged already, two of each of two planes, by their numbers' parity.
type enlarger struct {
	at   []int32   // the pixel to the left of each
	part []float32 // how far each lies to the right of that
	rows [2][2]struct {
		number int
		pix    []float32
	}
}

func (s *enlarger) fit(w, from int, k, o float32) {
	fit(w, &s.part)
	s.at = append(s.at[:0], make([]int32, w)...)
	for x := range w {
		at := min(max(k*float32(x)+o, 0), float32(from-1))
		s.at[x] = int32(min(int(at), max(from-2, 0)))
		s.part[x] = at - float32(s.at[x])
	}
	for i := range s.rows {
		for j := range s.rows[i] {
			s.rows[i][j].number = -1
			fit(w, &s.rows[i][j].pix)
		}
	}
}

// row is a plane's row y, enlarged.
func (s *enlarger) row(plane int, pix []float32, w, y int, times float32) []float32 {
	r := &s.rows[plane][y&1]
	if r.number == y {
		return r.pix
	}
	r.number = y
	pix = pix[y*w:][:w]
	if w == 1 {
		for x := range r.pix {
			r.pix[x] = times * pix[0]
		}
		return r.pix
	}
	at, out := s.at[:len(s.part)], r.pix[:len(s.part)]
	for x, share := range s.part {
		a := pix[at[x]]
		out[x] = times * (a + share*(pix[at[x]+1]-a))
	}
	return r.pix
}
