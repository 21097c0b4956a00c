package app

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/nn"
)

// thumb is a small picture of what a net comes to with some settings. It is dreamed in a few short frames, so that
// it can be made between two frames of another dream on the same engine.
type thumb struct {
	file     string // its name
	size     image.Point
	frames   int
	settings dream.Settings
	class    int    // the label's number and one, of a thumbnail of a class, else 0
	net      string // what opens the net that it is of, where that is not the one that dreams
}

// layerThumb is what a layer dreams, or with a channel what that does.
func layerThumb(layer string, channel int) thumb {
	t := thumb{file: fileName(layer), size: image.Pt(80, 80), frames: 6, settings: dream.Defaults()}
	s := &t.settings
	s.Layer = layer
	if channel != nn.AllChannels {
		s.Channel = fmt.Sprint(channel)
		t.file += "-" + s.Channel
	}
	t.file += ".png"
	s.Step, s.Steps, s.Octaves, s.OctaveScale, s.Jitter = 2.5, 4, 2, 1.6, 6
	s.Zoom, s.Hold = 0.01, 0.6
	return t
}

// classThumb is what a net dreams of its label of a number.
func classThumb(net *nn.Net, label int) thumb {
	s, side := dream.OfClass(net, label)
	return thumb{file: fmt.Sprintf("label-%d.png", label), size: image.Pt(side, side), frames: dream.ClassFrames, settings: s, class: label + 1}
}

// sceneThumb is what a scene comes to after some seconds. Its file is named for what the knobs stand at, so that a scene
// keeps it under another name, and another scene of that name has another one.
func sceneThumb(p dream.Preset, net *nn.Net) (thumb, error) {
	s, err := p.Apply(dream.Live(), net)
	if err != nil {
		return thumb{}, err
	}
	knobs, err := toml.Marshal(dream.PresetOf("", s).Knobs)
	if err != nil {
		return thumb{}, fmt.Errorf("app: scene %q: %w", p.Name, err)
	}
	hash := sha256.Sum256(knobs)
	s.Pace = dream.NominalPace
	return thumb{
		file: hex.EncodeToString(hash[:4]) + ".jpg", size: image.Pt(160, 100), frames: 30, settings: s,
	}, nil
}

// ThumbQuality is that of the JPEGs that the program carries: small, as it carries many.
const ThumbQuality = 80

// netThumb is what a net dreams by itself.
func netThumb(spec string) thumb {
	return thumb{file: fileName(strings.TrimPrefix(spec, "/")) + ".png", net: spec}
}

// renderNet dreams the thumbnail of a net that is opened for it.
func (t thumb) renderNet(cfg Config) (*image.RGBA, error) {
	if cfg.Load == nil {
		return nil, errors.New("app: nets cannot be opened here")
	}
	net, _, err := cfg.Load(t.net)
	if err != nil {
		return nil, err
	}
	engine, err := cfg.Open(net)
	if err != nil {
		return nil, err
	}
	defer engine.Close()
	return layerThumb(dream.DefaultLayer(net), nn.AllChannels).render(net, engine)
}

// fileName is a name without what separates folders.
func fileName(name string) string {
	return strings.NewReplacer("/", "-", "\\", "-", ":", "-").Replace(name)
}

// dream begins the thumbnail's own dream on an engine.
func (t thumb) dream(net *nn.Net, engine nn.Engine) (*dream.Dream, error) {
	start := "clouds"
	if t.class > 0 || t.settings.Pace == dream.NominalPace {
		start = "static" // which classes and scenes are made for
	}
	return dream.New(net, engine, dream.Make(start, t.size.X, t.size.Y, 7), dream.Options{})
}

// render dreams all of a thumbnail.
func (t thumb) render(net *nn.Net, engine nn.Engine) (*image.RGBA, error) {
	d, err := t.dream(net, engine)
	if err != nil {
		return nil, err
	}
	defer d.Release()
	for range t.frames {
		if _, err := d.Frame(dream.Fixed(t.settings)); err != nil {
			return nil, err
		}
	}
	return d.Image(), nil
}

// LayerThumbs writes a thumbnail for each layer that the studio's picker offers into a
// folder; it is how those that the program carries for its own nets were made.
func LayerThumbs(net *nn.Net, engine nn.Engine, folder string) error {
	for _, layer := range dream.Ladder(net) {
		if err := layerThumb(layer, nn.AllChannels).write(net, engine, folder); err != nil {
			return err
		}
	}
	return nil
}

// SceneThumbs writes a thumbnail of each of these scenes, which the net can dream, into a folder, as LayerThumbs does;
// progress can end it.
func SceneThumbs(net *nn.Net, engine nn.Engine, scenes []dream.Preset, folder string, progress func(done, total int) error) error {
	for i, p := range scenes {
		t, err := sceneThumb(p, net)
		if err != nil {
			return err
		}
		if err := t.write(net, engine, folder); err != nil {
			return err
		}
		if err := progress(i+1, len(scenes)); err != nil {
			return err
		}
	}
	return nil
}

func (t thumb) write(net *nn.Net, engine nn.Engine, folder string) error {
	m, err := t.render(net, engine)
	if err != nil {
		return err
	}
	return picture.SaveAt(filepath.Join(folder, t.file), m, ThumbQuality)
}
