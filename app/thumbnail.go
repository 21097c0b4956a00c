package app

import (
	"fmt"
	"image"
	"path/filepath"
	"strings"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/nn"
)

// thumb names a thumbnail: what a layer dreams, or one of its channels.
type thumb struct {
	layer   string
	channel int // nn.AllChannels for the whole layer
}

// Thumbnails are dreamed in a few short frames, so that they can be made between
// two frames of another dream on the same engine.
const (
	thumbSide   = 80
	thumbFrames = 6
)

// file is the thumbnail's file name.
func (t thumb) file() string {
	name := strings.NewReplacer("/", "-", "\\", "-", ":", "-").Replace(t.layer)
	if t.channel != nn.AllChannels {
		name += fmt.Sprintf("-%d", t.channel)
	}
	return name + ".png"
}

// settings are what the thumbnail is dreamed with.
func (t thumb) settings() dream.Settings {
	s := dream.Defaults()
	s.Layer = t.layer
	if t.channel != nn.AllChannels {
		s.Channel = fmt.Sprint(t.channel)
	}
	s.Step, s.Steps, s.Octaves, s.OctaveScale, s.Jitter = 2.5, 4, 2, 1.6, 6
	s.Zoom, s.Hold = 0.01, 0.6
	return s
}

// dream begins the thumbnail's own dream on an engine.
func (t thumb) dream(net *nn.Net, engine nn.Engine) (*dream.Dream, error) {
	return dream.New(net, engine, dream.Make("clouds", thumbSide, thumbSide, 7), dream.Options{})
}

// Thumbnails writes a thumbnail for each layer that the studio's picker offers into a
// folder; it is how those that the program carries for its own net were made.
func Thumbnails(net *nn.Net, engine nn.Engine, folder string) error {
	for _, layer := range dream.Ladder(net) {
		t := thumb{layer, nn.AllChannels}
		d, err := t.dream(net, engine)
		if err != nil {
			return err
		}
		m, err := t.finish(d)
		d.Release()
		if err != nil {
			return err
		}
		if err := picture.Save(filepath.Join(folder, t.file()), m); err != nil {
			return err
		}
	}
	return nil
}

// finish dreams all of a thumbnail.
func (t thumb) finish(d *dream.Dream) (*image.RGBA, error) {
	for range thumbFrames {
		if _, err := d.Frame(dream.Fixed(t.settings())); err != nil {
			return nil, err
		}
	}
	return d.Image(), nil
}
