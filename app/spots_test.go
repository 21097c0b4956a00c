package app

import (
	"image"
	"sync/atomic"

	"zalgoscope/app/widget"
	"zalgoscope/nn"
)

// spots are the parts of the panel to click on, and its buttons' containers.
func (c *child) spots() map[string]image.Rectangle {
	all := map[string]image.Rectangle{}
	if c.panel == nil {
		return all
	}
	for _, b := range c.panel.blocks {
		if b.Spots != nil && b.GetWidget().IsVisible() {
			for _, s := range b.Spots() {
				all[s.Name] = s.Rect.Add(b.GetWidget().Rect.Min)
			}
		}
	}
	if c.library.open {
		for _, s := range c.library.cards.spots() {
			all[s.Name] = s.Rect.Add(c.library.cards.block.GetWidget().Rect.Min)
		}
		all["search"], all["name"] = c.library.search.GetWidget().Rect, c.library.name.GetWidget().Rect
		for _, b := range c.library.buttons {
			if b.GetWidget().IsVisible() && !b.GetWidget().Rect.Empty() {
				all["library "+b.Text().Label] = b.GetWidget().Rect
			}
		}
		for _, sl := range c.library.sliders {
			all["slider "+sl.Name] = sl.Track
		}
	}
	if c.saving.open {
		for _, s := range c.saving.tabs.Spots() {
			all["save "+s.Name] = s.Rect.Add(c.saving.tabs.GetWidget().Rect.Min)
		}
		all["save dossier"] = c.saving.print.GetWidget().Rect
		for _, b := range c.saving.buttons {
			all["save "+b.Text().Label] = b.GetWidget().Rect
		}
	}
	for _, b := range c.panel.buttons {
		if b.GetWidget().IsVisible() {
			all[b.Text().Label] = b.GetWidget().Rect
		}
	}
	for _, f := range c.panel.fields {
		if f.GetWidget().IsVisible() && f != c.panel.streamTo {
			all["field"] = f.GetWidget().Rect
		}
	}
	return all
}

// called tells whether a slider has that name, or turns the knob of that name.
func called(s *widget.Slider, name string) bool {
	return s.Name == name || s.Knob == name && name != ""
}

// racks counts the bent nets that the engine was given.
var racks atomic.Int64

// counting is an engine that counts them.
type counting struct {
	nn.Engine
	last *nn.Net
}

func (c *counting) Bend(net *nn.Net) error {
	if net != nil && net != c.last {
		c.last = net
		racks.Add(1)
	}
	return c.Engine.Bend(net)
}

// helpless are the controls that say nothing of themselves.
func (c *child) helpless() (list []string) {
	for _, sl := range c.panel.sliders {
		if len(sl.Help) < 8 {
			list = append(list, sl.Name)
		}
	}
	for _, b := range c.panel.buttons {
		if len(b.Help) < 8 {
			list = append(list, b.Text().Label)
		}
	}
	for _, b := range c.panel.blocks {
		if b.Click != nil && len(b.Help) < 8 {
			list = append(list, "a block to click on")
		}
		if b.Spots != nil {
			for _, sp := range b.Spots() {
				if len(sp.Help) < 8 {
					list = append(list, sp.Name)
				}
			}
		}
	}
	for _, f := range c.panel.fields {
		if len(f.Help) < 8 {
			list = append(list, "a field")
		}
	}
	return list
}
