package app

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	ewidget "github.com/ebitenui/ebitenui/widget"

	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
	"zalgoscope/nn/bend"
)

// mostBends is as many as the rack holds.
const mostBends = 16

// reading is what the texts of the settings say, kept while they stay as they are.
type reading struct {
	bend, mod string
	bends     []bend.Spec
	mods      []dream.Modulator
}

// bends are those of the settings, not to be changed.
func (s *studio) bends() []bend.Spec {
	if s.want.Bend != s.known.bend {
		s.known.bend, s.known.bends = s.want.Bend, s.want.Bends()
	}
	return s.known.bends
}

// setBends takes bends of the same number and order; those that the net cannot have are refused.
func (s *studio) setBends(edit func(specs []bend.Spec)) {
	specs := slices.Clone(s.bends())
	edit(specs)
	for _, b := range specs {
		if err := b.Check(); err != nil {
			s.warn(err)
			return
		}
	}
	s.change(func(w *dream.Settings) { w.Bend = bend.Format(specs) })
}

// switchBend edits the i-th bend, from 0, by one stroke.
func (s *studio) switchBend(i int, edit func(*bend.Spec)) {
	s.history.split(s.moment())
	s.setBend(i, edit)
}

// setBend edits the i-th bend, from 0.
func (s *studio) setBend(i int, edit func(*bend.Spec)) {
	if i < len(s.bends()) {
		s.setBends(func(specs []bend.Spec) { edit(&specs[i]) })
	}
}

// addBend puts a bend at the rack's end and tells whether it has room and the net the layer.
func (s *studio) addBend(b bend.Spec) bool {
	if s.session == nil {
		return false
	}
	specs := s.bends()
	if len(specs) >= mostBends {
		s.warn(errors.New("app: the rack is full: repair it, or take a bend out"))
		return false
	}
	if err := bend.Check(s.session.net, []bend.Spec{b}); err != nil {
		s.warn(err)
		return false
	}
	s.act(func(w *dream.Settings) { w.Bend = bend.Format(append(slices.Clone(specs), b)) })
	return true
}

// moveBend moves a bend to another place, removeBend takes one out.
func (s *studio) moveBend(from, to int) {
	places := s.places()
	if from == to || from >= len(places) || to >= len(places) {
		return
	}
	places = slices.Insert(slices.Delete(places, from, from+1), to, from)
	s.rack.open = slices.Index(places, s.rack.open)
	s.keepBends(places)
}

func (s *studio) removeBend(i int) {
	if s.rack.open >= i {
		s.rack.open--
	}
	s.keepBends(slices.Delete(s.places(), i, i+1))
}

// places are those of all bends.
func (s *studio) places() []int {
	places := make([]int, len(s.bends()))
	for i := range places {
		places[i] = i
	}
	return places
}

func (s *studio) keepBends(places []int) {
	s.rack.muted = nil
	s.act(func(w *dream.Settings) { w.KeepBends(places) })
}

// solo by-passes all bends but the i-th, or, where that is so already, puts the
// others back as they were.
func (s *studio) solo(i int) {
	before := s.rack.muted
	alone := s.alone(i)
	if !slices.ContainsFunc(s.places(), s.alone) {
		before = nil // of a solo that has ended
	}
	s.history.split(s.moment())
	s.setBends(func(specs []bend.Spec) {
		if !alone && (before == nil || len(before) != len(specs)) {
			before = make([]bool, len(specs))
			for j, b := range specs {
				before[j] = b.Off
			}
		}
		for j := range specs {
			specs[j].Off = j != i
			if alone {
				specs[j].Off = len(before) == len(specs) && before[j] && j != i
			}
		}
	})
	s.rack.muted = before
	if alone {
		s.rack.muted = nil
	}
}

// alone tells whether only the i-th of several bends is at work.
func (s *studio) alone(i int) bool {
	specs := s.bends()
	for j, b := range specs {
		if b.Off == (j == i) {
			return false
		}
	}
	return len(specs) > 1
}

// shortCircuit bends a random layer in a random way.
func (s *studio) shortCircuit() {
	if s.session == nil {
		return
	}
	b, err := dream.ShortCircuit(s.session.net, rand.Uint64())
	if err != nil {
		s.warn(err)
		return
	}
	if s.addBend(b) {
		s.tell("short circuit: " + b.Kind + " at " + shortLayer(b.Layer))
	}
}

// repair turns all bends off and the knob zalgo back; once more, it empties the rack.
func (s *studio) repair() {
	bent := s.want.Zalgo > 0 || slices.ContainsFunc(s.bends(), func(b bend.Spec) bool { return !b.Off })
	s.rack.muted = nil
	s.act(func(w *dream.Settings) {
		w.Zalgo = 0
		w.Still("zalgo")
		if !bent {
			w.KeepBends(nil)
			return
		}
		specs := w.Bends()
		for i := range specs {
			specs[i].Off = true
		}
		w.Bend = bend.Format(specs)
	})
	if bent {
		s.tell("repaired")
	}
}

// rack is what is shown of the bends.
type rack struct {
	open    int // the card that shows everything, -1 for none
	muted   []bool
	picking bool // the kinds are shown
	layer   int  // along the layers that can be bent: where the next bend goes
	group   string
	pointed string // the kind under the pointer
	weighed string // the layer that weights tells of
	weights bool   // kinds of weights are possible there

	layers []string // that can be bent
	box    *ewidget.Container
	list   *ewidget.Container // of the cards
	heads  []*widget.Block
	carry  *carry // nil while none is carried
	built  string // what the widgets were made for
	shown  string // what was open then
}

// addRack adds the rack to the panel.
func (p *panel) addRack(c *ewidget.Container) {
	r := &p.studio.rack
	r.layers = dream.Bendable(p.studio.session.net)
	r.layer = min(r.layer, max(len(r.layers)-1, 0))
	if r.group == "" {
		r.group, r.layer = bend.Groups()[0], len(r.layers)/2
	}
	r.box = p.look.Column(4, nil)
	r.list = p.look.Column(4, nil)
	r.built, r.weighed = "nothing", ""
	// The buttons stand above what they put in and take out, so that they do not move under the pointer.
	c.AddChild(p.look.Row(3,
		p.button("Add bend", "damage a layer of the net in a way that you choose", p.studio.toggleBendPicker),
		p.button("Short circuit", "damage some layer in some way: see what happens", p.studio.shortCircuit),
		p.button("Repair", "put all damage out of action; once more, take it out", p.studio.repair)))
	c.AddChild(r.box, r.list)
	p.syncRack()
}

// syncRack makes the cards anew when other bends are in the rack than they were made for.
// Amounts and switches are no reason.
func (p *panel) syncRack() {
	s := p.studio
	r := &s.rack
	specs := s.bends()
	if r.open >= len(specs) {
		r.open = -1
	}
	words := []string{fmt.Sprint(r.open, r.picking)}
	for i, b := range specs {
		word := b.Layer + ":" + b.Kind
		if i == r.open {
			word += ":" + channelWays[channelWay(b.Channels)]
		}
		words = append(words, word)
	}
	if now := strings.Join(words, " "); now != r.built {
		r.built = now
		p.buildRack(specs)
	}
}

func (p *panel) buildRack(specs []bend.Spec) {
	r := &p.studio.rack
	if strings.HasPrefix(p.editing, "bend.") {
		p.editing, p.editor = "", nil
	}
	r.box.RemoveChildren()
	r.list.RemoveChildren()
	r.heads, r.carry = nil, nil
	shown := fmt.Sprint(r.open, r.picking)
	opened := shown != r.shown // that which is opened now is scrolled to, nothing else
	r.shown = shown
	if r.picking {
		picker := p.bendPicker()
		r.box.AddChild(picker)
		if opened {
			p.show = picker
		}
	}
	for i, b := range specs {
		card := p.bendCard(i, b, i == r.open)
		r.list.AddChild(card)
		if i == r.open && opened {
			p.show = card
		}
	}
	p.rearranged()
}

// toggleBendPicker shows the kinds of bends, or puts them away.
func (s *studio) toggleBendPicker() { s.rack.picking = !s.rack.picking }
