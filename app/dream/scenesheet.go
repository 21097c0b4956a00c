package dream

import (
	"fmt"
	"image"
	"image/draw"

	"zalgoscope/nn"
)

// NominalPace is the seconds that a frame of a scene stands for where no clock says it, on the command line and on sheets: in
// the window scenes dream about twice a second.
const NominalPace = 0.5

// SceneSheet dreams scenes from a picture, whose size is that of a cell, and lays out what each shows after so
// many seconds, ascending, a row a scene, with their names. Options say how the dreams begin; progress, which
// may be nil, hears of every frame and can end it.
func SceneSheet(net *nn.Net, engine nn.Engine, scenes []Preset, in *Still, after []float64, o Options, progress func(done, total int) error) (*image.RGBA, error) {
	const gap, line, most = 8, 18, 1320 // pixels; most is the sheet's width where a row is not wider
	size := in.Image().Rect.Size()
	wide, high := len(after)*(size.X+2)+gap, size.Y+line
	columns := max(min(most/wide, len(scenes)), 1)
	rows := (len(scenes) + columns - 1) / columns
	sheet := image.NewRGBA(image.Rect(0, 0, columns*wide+gap, rows*high+gap))
	draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)
	last := int(after[len(after)-1] / NominalPace)
	for i, p := range scenes {
		at := image.Pt(gap+i%columns*wide, gap+i/columns*high)
		write(sheet, at.Add(image.Pt(0, size.Y+line-6)), p.Name)
		s, err := p.Apply(Live(), net)
		if err != nil {
			return nil, err
		}
		s.Suit(in.Made())
		s.Pace, s.Width, s.Height = NominalPace, float64(size.X), float64(size.Y)
		shown := 0
		err = dreamFrames(net, engine, in, s, o, last, func(f *Frame) error {
			for ; shown < len(after) && f.Number >= int(after[shown]/NominalPace); shown++ {
				place := image.Rectangle{Max: size}.Add(at).Add(image.Pt(shown*(size.X+2), 0))
				draw.Draw(sheet, place, f.Picture(), image.Point{}, draw.Src)
			}
			if progress == nil {
				return nil
			}
			return progress(i*last+f.Number, len(scenes)*last)
		})
		if err != nil {
			return nil, fmt.Errorf("dream: the sheet's scene %s: %w", p.Name, err)
		}
	}
	return sheet, nil
}

// dreamFrames gives each of so many frames of a dream of its own.
func dreamFrames(net *nn.Net, engine nn.Engine, in Input, s Settings, o Options, frames int, each func(*Frame) error) error {
	d, err := New(net, engine, in, o)
	if err != nil {
		return err
	}
	defer d.Release()
	for range max(frames, 1) {
		f, err := d.Frame(Fixed(s))
		if err == nil {
			err = each(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
