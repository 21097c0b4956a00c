package record

import (
	"errors"
	"fmt"
	"image"
	"math"
	"regexp"
	"slices"
	"strings"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// Recipe is what a recording needs to be made again: the same net, engine and size
// give the same frames bit for bit.
type Recipe struct {
	Program   string // version that made it
	Net       Net
	Device    string       // what the engine ran on
	Precision nn.Precision // what it multiplied in; "" where that is not known
	Seed      uint64
	Start     Start
	Guides    []Guide  // the guide pictures that the settings name and the dream followed
	Changes   []Change // of the settings, in order; the first one is what the dream began with
	From      int      // frames dreamed before the first one recorded
	Frames    int      // frames recorded; 0 where the recording was cut off
	FPS       float64  // this and the rest of how the file was written, as in Options
	Dither    string
	Palette   string
	Loop      string
	Fade      int
	Large     image.Point  // of a single picture: the size that it was enlarged to, as dream.Larger does; zero for its own
	Memory    dream.Memory // what the dream remembered after the last frame; of a single picture
	Cut       bool         // changes before the last one are left out: there were more than a file may have
	Unknown   []string     // knobs and entries of a file that this program does not know
}

// Net names a net and its file's content.
type Net struct {
	Name   string // of a built-in or public net, or of its file or files, with a comma between
	SHA256 string
}

// Change is the settings from one tick on.
type Change struct {
	At       int64 // the tick, as dream.OnChange counts
	Frame    int   // that it came in, from 0; 0 where the recipe does not say
	Settings dream.Settings
}

// Limits of what a recipe from outside may ask for.
const (
	mostSide    = 16384
	mostPixels  = 1 << 27
	mostChanges = 1 << 18 // nearly three hours of 25 frames a second
	mostGuides  = 1 << 12
	mostFrames  = 1 << 30
	mostText    = 4096 // bytes of a name
	mostPace    = 3600
	mostRate    = 1000 // pictures a second of a film
	mostSeconds = 1e7
	mostMemory  = 1 << 16 // values of all layers
	mostLayers  = 1 << 10
)

// Validate reports what makes a recipe unfit to be dreamed.
func (r Recipe) Validate() error {
	for _, s := range []string{r.Program, r.Net.Name, r.Net.SHA256, r.Device, string(r.Precision), r.Start.Name, r.Start.SHA256, r.Dither, r.Palette, r.Loop} {
		if len(s) > mostText {
			return fmt.Errorf("record: the recipe has a name of %d bytes", len(s))
		}
	}
	if len(r.Guides) > mostGuides {
		return fmt.Errorf("record: the recipe has %d guide pictures", len(r.Guides))
	}
	for _, g := range r.Guides {
		if len(g.Name) > mostText || len(g.SHA256) > mostText {
			return fmt.Errorf("record: the recipe has a guide picture's name of %d bytes", max(len(g.Name), len(g.SHA256)))
		}
	}
	s := r.Start
	if s.Width < 1 || s.Height < 1 || s.Width > mostSide || s.Height > mostSide || s.Width*s.Height > mostPixels {
		return fmt.Errorf("record: the recipe's start picture has a size of %dx%d", s.Width, s.Height)
	}
	if !(s.Rate >= 0 && s.Rate <= mostRate && s.From >= 0 && s.To >= 0 && s.From <= mostSeconds && s.To <= mostSeconds) {
		return fmt.Errorf("record: the recipe's film is of %g pictures a second, from %g to %g", s.Rate, s.From, s.To)
	}
	if s.Pictures < 0 || s.Pictures > mostFrames+1 {
		return fmt.Errorf("record: the recipe's film has %d pictures", s.Pictures)
	}
	if s.Picture != nil && s.Picture.Rect != image.Rect(0, 0, s.Width, s.Height) {
		return fmt.Errorf("record: the recipe's start picture is %v, not %dx%d", s.Picture.Rect.Size(), s.Width, s.Height)
	}
	if l := r.Large; l.X < 0 || l.Y < 0 || l.X > mostSide || l.Y > mostSide || l.X*l.Y > mostPixels {
		return fmt.Errorf("record: the recipe's picture has a size of %dx%d", l.X, l.Y)
	}
	if r.From < 0 || r.From > mostFrames || r.Frames < 0 || r.Frames > mostFrames {
		return fmt.Errorf("record: the recipe asks for %d frames from frame %d", r.Frames, r.From)
	}
	if _, err := r.Options().withDefaults(); err != nil {
		return fmt.Errorf("the recipe: %w", err)
	}
	if err := errors.Join(checkMemory(r.Start.Memory), checkMemory(r.Memory)); err != nil {
		return err
	}
	if len(r.Changes) == 0 {
		return errors.New("record: the recipe has no settings")
	}
	if len(r.Changes) > mostChanges {
		return fmt.Errorf("record: the recipe has %d changes of settings, more than %d", len(r.Changes), mostChanges)
	}
	last := int64(0)
	for _, c := range r.Changes {
		if c.At < last {
			return fmt.Errorf("record: the recipe's changes are out of order at tick %d", c.At)
		}
		last = c.At
		if c.Frame < 0 || c.Frame > mostFrames {
			return fmt.Errorf("record: the recipe has a change in frame %d", c.Frame)
		}
		if err := c.check(); err != nil {
			return err
		}
	}
	return nil
}

func (c Change) check() error {
	s := c.Settings
	if err := s.Check(); err != nil {
		return fmt.Errorf("record: the recipe's settings at tick %d: %w", c.At, err)
	}
	if !(s.Pace > 0 && s.Pace <= mostPace) {
		return fmt.Errorf("record: the recipe's pace at tick %d is %g", c.At, s.Pace)
	}
	return nil
}

// Options are those that the recording was made with.
func (r Recipe) Options() Options {
	return Options{FPS: r.FPS, Dither: r.Dither, Palette: r.Palette, Loop: r.Loop, Fade: r.Fade}
}

// made fills in how the recording is written and how far it is.
func (r Recipe) made(o Options, frames int) Recipe {
	r.FPS, r.Dither, r.Palette, r.Loop, r.Fade, r.Frames = o.FPS, o.Dither, o.Palette, o.Loop, o.Fade, frames
	return r
}

// Last gives the settings that the recipe ends with.
func (r Recipe) Last() dream.Settings {
	if len(r.Changes) == 0 {
		return dream.Defaults()
	}
	return r.Changes[len(r.Changes)-1].Settings
}

// Size is the canvas's size at the beginning.
func (r Recipe) Size() image.Point {
	if len(r.Changes) > 0 {
		if s := r.Changes[0].Settings; s.Width > 0 && s.Height > 0 {
			return image.Pt(int(s.Width), int(s.Height))
		}
	}
	return image.Pt(r.Start.Width, r.Start.Height)
}

// Resized is the recipe for a canvas whose size at the beginning is size instead of the
// recorded one. Lengths in pixels, such as jitter, stay.
func (r Recipe) Resized(size image.Point) Recipe {
	was := r.Size()
	if size == was || size.X < 1 || size.Y < 1 {
		return r
	}
	fx, fy := float64(size.X)/float64(was.X), float64(size.Y)/float64(was.Y)
	changes := make([]Change, len(r.Changes))
	for i, c := range r.Changes {
		s := &c.Settings
		if s.Width == 0 || s.Height == 0 {
			s.Width, s.Height = float64(r.Start.Width), float64(r.Start.Height)
		}
		s.Width, s.Height = max(math.Round(s.Width*fx), 1), max(math.Round(s.Height*fy), 1)
		changes[i] = c
	}
	r.Changes = changes
	return r
}

// With is the recipe with all its settings changed.
func (r Recipe) With(change func(*dream.Settings)) Recipe {
	r.Changes = slices.Clone(r.Changes)
	for i := range r.Changes {
		change(&r.Changes[i].Settings)
	}
	return r
}

// Source repeats the recipe's settings at their ticks. It serves one
// dream, from its beginning.
func (r Recipe) Source() dream.Source {
	next := 0
	var now dream.Settings
	return func(tick int64) (dream.Settings, error) {
		for next < len(r.Changes) && (next == 0 || r.Changes[next].At <= tick) {
			now = r.Changes[next].Settings
			next++
		}
		return now, nil
	}
}

// threads ends the names of processors' engines.
var threads = regexp.MustCompile(`, \d+ threads?$`)

// computes is a device without what changes no bit of what it computes.
func computes(device string) string { return threads.ReplaceAllString(device, "") }

// Differs lists what of the recipe is otherwise here, so that its frames cannot be
// expected to be the same; it is empty where they can.
func (r Recipe) Differs(net Net, device string, precision nn.Precision) []string {
	var out []string
	if r.Net.SHA256 != net.SHA256 {
		out = append(out, fmt.Sprintf("the net was %q (%.12s), but is %q (%.12s)", r.Net.Name, r.Net.SHA256, net.Name, net.SHA256))
	}
	if computes(r.Device) != computes(device) {
		out = append(out, fmt.Sprintf("the engine was %q, but is %q", r.Device, device))
	}
	if r.Precision != "" && r.Precision != precision {
		out = append(out, fmt.Sprintf("it was computed in %.20q, but is in %q", r.Precision, precision))
	}
	if r.Cut {
		out = append(out, "more was turned than its recipe could hold")
	}
	if len(r.Unknown) > 0 {
		out = append(out, fmt.Sprintf("the recipe's %s: not known here", strings.Join(r.Unknown, ", ")))
	}
	return out
}
