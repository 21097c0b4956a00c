package cpu

import "zalgoscope/nn/bend"

// pattern is a noise pattern over a map, in blocks.
type pattern struct {
	key uint32
	v   []float32
}

// draw sees to the patterns of a step. One that fades out is often the one that faded in before.
func (b *bent) draw(e bend.Noise, step int64) {
	keys, weights := e.Patterns(step)
	b.weights = weights
	if b.pattern[1] != nil && b.pattern[1].key == keys[0] {
		b.pattern[0], b.pattern[1] = b.pattern[1], b.pattern[0]
	}
	for i, key := range keys {
		if weights[i] == 0 || b.pattern[i] != nil && b.pattern[i].key == key {
			continue
		}
		if b.pattern[i] == nil {
			b.pattern[i] = &pattern{v: make([]float32, len(b.wet)*b.h*b.w)}
		}
		b.pattern[i].key = key
		for c := range b.c {
			channel := bend.ChannelKey(key, c)
			at := b.pattern[i].v[c/lanes*b.h*b.w*lanes+c%lanes:]
			for place := range b.h * b.w {
				at[place*lanes] = bend.Draw(channel, place)
			}
		}
	}
}

// noiseForward sets the output of a noise bend.
type noiseForward struct {
	*bent
	out, x view
}

func (o *noiseForward) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		wet, _ := o.wets(b)
		for y := r.y0; y < r.y1; y++ {
			in, out := o.x.line(w, b, y), o.out.line(w, b, y)
			copy(out, in)
			for k, weight := range o.weights {
				if weight == 0 {
					continue
				}
				noise := o.line(o.pattern[k].v, b, y)
				for i := 0; i < len(out); i += lanes {
					v, n := (*block)(out[i:]), (*block)(noise[i:])
					for c := range v {
						v[c] += wet[c] * weight * n[c]
					}
				}
			}
		}
	}
}

// memoryForward sets the output of a bend that remembers activations.
type memoryForward struct {
	*bent
	out, x view
}

func (o *memoryForward) write(w *worker, r region) {
	for b := r.b0; b < r.b1; b++ {
		for y := r.y0; y < r.y1; y++ {
			in, out := o.x.line(w, b, y), o.out.line(w, b, y)
			var past, next []float32
			if o.at.Past != nil {
				past = o.line(o.at.Past, b, y)
			}
			if o.ascending && o.renews() {
				next = o.line(o.recall.next, b, y)
			}
			switch e := o.op.Effect.(type) {
			case bend.Feedback:
				o.echo(b, e.K, out, in, past, next)
			case bend.SampleHold:
				if e.Fresh(o.at) {
					past = nil
				}
				o.hold(b, out, in, past, next)
			}
		}
	}
}

// echo is a row of x + K*past.
func (o *memoryForward) echo(b int, k float32, out, in, past, next []float32) {
	wet, _ := o.wets(b)
	copy(out, in)
	copy(next, in)
	for i := range past {
		echo := k * past[i]
		out[i] += wet[i%lanes] * echo
		if next != nil {
			next[i] += echo
		}
	}
	sound(next)
}

// hold is a row of what is held, x itself where past is nil.
func (o *memoryForward) hold(b int, out, in, past, next []float32) {
	wet, _ := o.wets(b)
	copy(out, in)
	copy(next, in)
	for i := range past {
		out[i] += wet[i%lanes] * (past[i] - out[i])
	}
	sound(next)
}

// sound puts zero where a value is not finite, for memory would keep it for ever.
func sound(v []float32) {
	for i, f := range v {
		if !finite(f) {
			v[i] = 0
		}
	}
}
