package record

import (
	"context"
	"errors"
	"fmt"
	"image"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// ReplayOptions say what of a recipe is made again, and how.
type ReplayOptions struct {
	Size  image.Point   // of the canvas at the beginning; the recorded one, which a side of 0 follows
	From  int           // first frame of the recording, from 0
	To    int           // frame after the last one; 0 for all
	Start dream.Input   // input to use instead of finding the recorded one
	Guide []*image.RGBA // guide pictures to use where the recorded ones are not found
	Find  Finder        // finds pictures by their names; nil for where an older recipe's paths lead
}

// Frames is the number of frames that Replay makes of a recipe.
func (o ReplayOptions) Frames(r Recipe) (int, error) {
	to := o.To
	if to == 0 {
		to = r.Frames
	}
	switch {
	case r.Cut && r.Frames == 1:
		return 0, errors.New("record: more was turned before this picture than its recipe could hold, so it cannot be made again; the studio goes on from it")
	case to == 0:
		return 0, errors.New("record: the recording was cut off and does not know its length; say which frame to end before")
	case r.Frames > 0 && to > r.Frames:
		return 0, fmt.Errorf("record: the recording has %d frames, so it cannot be replayed to frame %d", r.Frames, to)
	case o.From < 0:
		return 0, fmt.Errorf("record: the first frame is number 0, so a recording cannot be replayed from %d", o.From)
	case r.Frames > 0 && o.From >= r.Frames:
		return 0, fmt.Errorf("record: the recording has %d frames, so that there is none from number %d on", r.Frames, o.From)
	case o.From >= to:
		return 0, fmt.Errorf("record: there is no frame from number %d to before number %d; the second has to be larger", o.From, to)
	}
	return to - o.From, nil
}

// Replay dreams a recipe again on the engine of the net and calls each with its frames, in
// order, which each may keep but not change. Frames before those asked for have to be dreamed too; progress, which
// may be nil, hears of all of them.
func Replay(ctx context.Context, r Recipe, net *nn.Net, engine nn.Engine, o ReplayOptions, each func(*image.RGBA) error, progress func(done, total int)) error {
	if err := r.Validate(); err != nil {
		return err
	}
	frames, err := o.Frames(r)
	if err != nil {
		return err
	}
	if o.Find == nil {
		o.Find = Find()
	}
	in := o.Start
	if in == nil {
		if in, err = r.Start.Input(r.Seed, o.Find); err != nil {
			return err
		}
		if c, ok := in.(interface{ Close() }); ok {
			defer c.Close()
		}
	}
	guides, err := r.OpenGuides(o.Find, o.Guide...)
	if err != nil {
		return err
	}
	d, err := dream.New(net, engine, in, dream.Options{Seed: r.Seed, Memory: r.Start.Memory, Open: guides.Open, Live: r.Start.Kept, Host: !r.Start.DeviceFlow})
	if err != nil {
		return err
	}
	defer d.Release()
	source := r.Resized(fit(o.Size, r.Size())).Source()
	at := func(tick int64) (dream.Settings, error) {
		if err := ctx.Err(); err != nil {
			return dream.Settings{}, err
		}
		return source(tick)
	}
	first := r.From + o.From
	total := first + frames
	for n := range total {
		f, err := d.Frame(at)
		if err != nil {
			return err
		}
		if n >= first {
			m, err := r.picture(ctx, f, net, engine, o, guides)
			if err == nil {
				err = each(m)
			}
			if err != nil {
				return err
			}
		}
		if progress != nil {
			progress(n+1, total)
		}
	}
	return nil
}

// picture is a frame's picture, of a single one as large as it was saved unless it is asked for at a size.
func (r Recipe) picture(ctx context.Context, f *dream.Frame, net *nn.Net, engine nn.Engine, o ReplayOptions, guides *Guides) (*image.RGBA, error) {
	if r.Large == (image.Point{}) || r.Frames != 1 || o.Size != (image.Point{}) {
		return f.Picture(), nil
	}
	return dream.Larger(net, engine, f, r.Large, dream.Options{Open: guides.Open}, func(int64, int64) error { return ctx.Err() })
}
