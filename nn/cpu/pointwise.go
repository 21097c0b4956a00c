package cpu

// leaky is a leaky rectifier.
type leaky struct {
	out, x view // may be the same
	slope  float32
	gate   *gate // or nil
}

func (o *leaky) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			in, out := o.x.line(w, b, y), o.out.line(w, b, y)
			if o.gate != nil {
				ref := gateRef{gate: o.gate, block: b}
				bits := ref.row(w, y)
				for i := range bits {
					bits[i] = inside((*block)(in[i*lanes:]), rectifier.lo, rectifier.hi)
				}
			}
			for i, v := range in {
				if v < 0 {
					v *= o.slope
				}
				out[i] = v
			}
		}
	}
}

// line is a row of a block.
func (v view) line(w *worker, b, y int) []float32 { return w.floats(v.at(b, y, 0), v.w*lanes) }

// perChannel is scale[c]*x + shift[c]; without shift and with add it is its own backward pass.
type perChannel struct {
	out, x       view // may be the same
	scale, shift []float32
	add          bool
}

func (o *perChannel) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		scale := (*block)(o.scale[b*lanes:])
		var shift block
		if o.shift != nil {
			shift = *(*block)(o.shift[b*lanes:])
		}
		for y := r.y0; y < r.y1; y++ {
			in, out := o.x.line(w, b, y), o.out.line(w, b, y)
			for i := 0; i < len(in); i += lanes {
				x, v := (*block)(in[i:]), (*block)(out[i:])
				for c := range v {
					t := scale[c]*x[c] + shift[c]
					if o.add {
						t += v[c]
					}
					v[c] = t
				}
			}
		}
	}
}

// padded is the values extended with zeros to whole blocks.
func padded(values []float32) []float32 {
	out := make([]float32, blocks(len(values))*lanes)
	copy(out, values)
	return out
}

// sum is the sum of maps, or adds them to what is there.
type sum struct {
	k   *kernels
	out view
	in  []view
	add bool
}

func (o *sum) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			for i, v := range o.in {
				if i == 0 && !o.add {
					copy(o.out.line(w, b, y), v.line(w, b, y))
					continue
				}
				w.line = rowTile{y: w.address(o.out.at(b, y, 0)), x: w.address(v.at(b, y, 0)), n: v.w}
				o.k.plusRow(&w.line)
			}
		}
	}
}

// shuffle copies channels from..from+n of its input to channels to.. of its
// output where these do not fall on whole blocks. It writes whole columns of blocks.
type shuffle struct {
	out, in     view
	from, to, n int
	add         bool
}

func (o *shuffle) write(w *worker, r region) {
	for k, n := 0, 0; k < o.n; k += n {
		i, j := (o.from+k)%lanes, (o.to+k)%lanes
		n = min(lanes-i, lanes-j, o.n-k) // channels that neither block ends in
		for y := r.y0; y < r.y1; y++ {
			in, out := o.in.line(w, (o.from+k)/lanes, y)[i:], o.out.line(w, (o.to+k)/lanes, y)[j:]
			switch {
			case o.add:
				plusRuns(out, in, n)
			case n == lanes/2: // the usual one, copied in registers
				for at := 0; at < len(out); at += lanes {
					*(*[lanes / 2]float32)(out[at:]) = *(*[lanes / 2]float32)(in[at:])
				}
			default:
				for at := 0; at < len(out); at += lanes {
					copy(out[at:at+n], in[at:at+n])
				}
			}
		}
	}
}

// plusRuns adds the first n values of every block of in to those of out.
func plusRuns(out, in []float32, n int) {
	for at := 0; at < len(out); at += lanes {
		x := in[at : at+n]
		for k, v := range out[at : at+n] {
			out[at+k] = v + x[k]
		}
	}
}
