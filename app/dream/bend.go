package dream

import (
	"image"
	"math"
	"slices"

	"golang.org/x/image/draw"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// bender keeps an engine's bends at what the settings ask for.
type bender struct {
	net      *nn.Net
	engine   nn.Engine
	start    *image.RGBA // what the profiles of layers are measured on
	rack     *bend.Rack  // nil without bends
	specs    []bend.Spec // what the rack was last made or turned to
	profiles map[string]bend.Profile

	text   string // the last one read
	parsed []bend.Spec
	trunk  []string // what zalgo bends, once it was asked for
}

// begin forgets everything, for a new start picture.
func (b *bender) begin(start *image.RGBA) error {
	b.start, b.rack, b.specs, b.profiles = start, nil, nil, map[string]bend.Profile{}
	return b.engine.Bend(nil)
}

// parse reads a text of bends, which seldom changes. The list is not to be changed.
func (b *bender) parse(text string) ([]bend.Spec, error) {
	if text == b.text {
		return b.parsed, nil
	}
	specs, err := bend.Parse(text)
	if err == nil {
		b.text, b.parsed = text, specs
	}
	return specs, err
}

// zalgo is the chain of bends at a place of the knob.
func (b *bender) zalgo(level, feed float64) []bend.Spec {
	if b.trunk == nil && level > 0 {
		b.trunk = Bendable(b.net)
	}
	return zalgo(b.trunk, level, feed)
}

// apply makes the engine run these bends. Where only amounts differ from those at work
// they are turned in place.
func (b *bender) apply(specs []bend.Spec) error {
	if slices.Equal(specs, b.specs) {
		return nil
	}
	if b.rack != nil {
		if ok, err := b.rack.Turn(specs); ok || err != nil {
			b.note(specs, err)
			return err
		}
	}
	if !slices.ContainsFunc(specs, func(s bend.Spec) bool { return !s.Off }) {
		b.rack = nil
		b.note(specs, nil)
		return b.engine.Bend(nil)
	}
	rack, err := bend.New(b.net, specs, b.profile)
	if err != nil {
		return err
	}
	b.rack = rack
	b.note(specs, nil)
	return b.engine.Bend(rack.Net)
}

func (b *bender) note(specs []bend.Spec, err error) {
	if err == nil {
		b.specs = slices.Clone(specs)
	}
}

// restore makes the engine run the bends again, which others may have used in between.
func (b *bender) restore() error {
	if b.rack == nil {
		return b.engine.Bend(nil)
	}
	return b.engine.Bend(b.rack.Net)
}

// release leaves the engine to others without bends.
func (b *bender) release() {
	if b.rack != nil {
		_ = b.engine.Bend(nil) // an engine always takes its own net back
		b.rack, b.specs = nil, nil
	}
}

// activation is a layer's output in the net without bends.
func (b *bender) activation(x *tensor.Dense, layer string) (*tensor.Dense, error) {
	if err := b.engine.Bend(nil); err != nil {
		return nil, err
	}
	a, err := b.engine.Activation(x, layer)
	if err2 := b.restore(); err == nil {
		err = err2
	}
	return a, err
}

// profile measures a layer on the start picture, made no larger than is needed for that.
func (b *bender) profile(layer string) (bend.Profile, error) {
	if p, ok := b.profiles[layer]; ok {
		return p, nil
	}
	const most = 160
	m := b.start
	if w, h := m.Rect.Dx(), m.Rect.Dy(); max(w, h) > most {
		f := float64(most) / float64(max(w, h))
		m = image.NewRGBA(image.Rect(0, 0, max(int(math.Round(f*float64(w))), 1), max(int(math.Round(f*float64(h))), 1)))
		draw.BiLinear.Scale(m, m.Rect, b.start, b.start.Rect, draw.Src, nil)
	}
	a, err := b.activation(b.net.Input.Tensor(m), layer)
	if err != nil {
		return bend.Profile{}, err
	}
	b.profiles[layer] = bend.ProfileOf(a)
	return b.profiles[layer], nil
}
