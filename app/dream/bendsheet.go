package dream

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// BendSheet dreams a picture once without bends and once with each kind at its default at each
// of the layers, and lays the dreams out with their kinds' names. The settings say what
// is dreamed; progress, which may be nil, hears of every dream and can end it.
func BendSheet(net *nn.Net, engine nn.Engine, m *image.RGBA, s Settings, layers []string, progress func(done, total int) error) (*image.RGBA, error) {
	const columns, gap, line = 4, 8, 18
	size := m.Rect.Size()
	wide := len(layers)*size.X + gap
	rows := (len(bend.Kinds) + columns) / columns // one more for the dream without
	sheet := image.NewRGBA(image.Rect(0, 0, columns*wide+gap, rows*(size.Y+line)+gap))
	draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)

	total := (len(bend.Kinds) + 1) * len(layers)
	for i := range total {
		cell, layer := i/len(layers), i%len(layers)
		at := image.Pt(gap+cell%columns*wide, gap+cell/columns*(size.Y+line))
		name := "no bend"
		s.Bend = ""
		if cell > 0 {
			name = bend.Kinds[cell-1].Name
			var err error
			if s.Bend, err = shown(net, layers[layer], name); err != nil {
				return nil, err
			}
		}
		if layer == 0 {
			write(sheet, at.Add(image.Pt(0, size.Y+line-6)), name)
		}
		one, err := dreamOnce(net, engine, m, s)
		if err != nil {
			return nil, fmt.Errorf("dream: the sheet's %s at %s: %w", name, layers[layer], err)
		}
		place := image.Rectangle{Max: size}.Add(at).Add(image.Pt(layer*size.X, 0))
		draw.Draw(sheet, place, one, image.Point{}, draw.Src)
		if progress != nil {
			if err := progress(i+1, total); err != nil {
				return nil, err
			}
		}
	}
	return sheet, nil
}

// shown is the bend that a sheet shows for a kind at a layer: abs, which is idle where a ReLU
// has passed, sits on the convolutions before it.
func shown(net *nn.Net, layer, kind string) (string, error) {
	places := []string{layer}
	k, err := bend.Find(kind)
	if err != nil {
		return "", err
	}
	if k.Idle(net, layer) {
		convs, err := bend.Convolutions(net, layer)
		if err != nil {
			return "", err
		}
		if len(convs) > 0 {
			places = convs
		}
	}
	specs := make([]bend.Spec, len(places))
	for i, place := range places {
		b, err := bend.Make(place, kind)
		if err != nil {
			return "", err
		}
		b.Seed = 1
		specs[i] = b
	}
	return bend.Format(specs), nil
}

// SheetLayers names the layers that a sheet shows the bends at: a quarter and half of the way through the trunk.
func SheetLayers(net *nn.Net) []string {
	trunk := Bendable(net)
	if len(trunk) == 0 {
		return nil
	}
	return []string{at(trunk, 0.25), at(trunk, 0.5)}
}

// SheetSettings are what a sheet is dreamed with: the defaults on fewer octaves, as suits thumbnails.
func SheetSettings() Settings {
	s := Defaults()
	s.Octaves, s.Jitter = 2, 8
	return s
}

func dreamOnce(net *nn.Net, engine nn.Engine, m *image.RGBA, s Settings) (*image.RGBA, error) {
	d, err := New(net, engine, StillOf("", m), Options{Seed: 1})
	if err != nil {
		return nil, err
	}
	defer d.Release()
	f, err := d.Frame(Fixed(s))
	if err != nil {
		return nil, err
	}
	return f.Image, nil
}

// write sets a line of black text whose baseline begins at a point.
func write(m *image.RGBA, at image.Point, text string) {
	d := font.Drawer{Dst: m, Src: image.NewUniform(color.Black), Face: basicfont.Face7x13, Dot: fixed.P(at.X, at.Y)}
	d.DrawString(text)
}
