package cpu

// half tells whether the convolution multiplies in bfloat16.
func (o *conv) half() bool { return o.phases[0].parts[0].x.isHalf() }

// halfFlags tells a kernel which of floats and bfloat16 to store of n blocks from block b.
func (o *conv) halfFlags(b, n int) (flags int) {
	if !o.rounds {
		return 0
	}
	if o.plus {
		return flagHalf | flagOnly | flagPlus
	}
	only := true
	for i := range n {
		s, _ := o.spot(b + i)
		if s.twin != nil {
			flags = flagHalf
		}
		only = only && s.twin != nil && !s.buf.read
	}
	if only {
		flags |= flagOnly
	}
	return flags
}

// place tells a kernel where the i-th block that it writes lies, block b from a pixel on. What
// it stores only for a neighbouring block's sake goes to scratch.
func (o *conv) place(w *worker, i, b, y, x int) {
	t := &w.tile
	s, block := o.spot(b)
	if o.addend != nil {
		t.a[i] = w.address(o.addend.at(b, y, x))
	}
	switch {
	case !s.dropped:
		t.y[i] = w.address(s.at(block, y, x))
	case t.flags&flagOnly == 0:
		t.y[i] = w.room(o.out.w * cellSize)
	}
	switch {
	case t.flags&flagHalf == 0:
	case s.twin != nil:
		t.z[i] = w.address(s.half().at(block, y, x))
	default:
		t.z[i] = w.room(o.out.w * cellSize)
	}
}
