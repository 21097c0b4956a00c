package app

import (
	ewidget "github.com/ebitenui/ebitenui/widget"

	"zalgoscope/app/dream"
)

// classCards are the labels of the net, the best matches of what is searched for first.
func (l *library) classCards() (list []card) {
	s := l.studio
	net := s.session.net
	if net.Logits() < 0 {
		return nil
	}
	for i := len(l.classes); i < len(net.Labels); i++ {
		l.classes = append(l.classes, classThumb(net, i))
	}
	add := func(i int) {
		label := net.Labels[i]
		list = append(list, card{
			name: label, help: label + ": dream what the net takes for one", thumb: l.classes[i], chosen: label == s.want.Class,
			run: func() { s.act(func(*dream.Settings) { s.dreamClass(label) }); l.picked() },
		})
	}
	if l.search.Text == "" {
		for i := range net.Labels {
			add(i)
		}
		return list
	}
	for _, i := range dream.Matches(net.Labels, l.search.Text) {
		add(i)
	}
	return list
}

// classFoot has nothing but the way out.
func (l *library) classFoot() *ewidget.Container {
	t := l.studio.look
	c := t.Column(2, nil)
	c.AddChild(t.Row(3, l.button("No class", "dream the layer again instead of a class", func() {
		l.studio.act(func(w *dream.Settings) { w.Class = "" })
	}), t.Gap(), l.button("Close", closeHelp, l.studio.closeLibrary)))
	return c
}
