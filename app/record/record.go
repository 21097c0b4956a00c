// Package record writes dreams to files - GIF, PNG, APNG, MP4, WebM - that carry
// what is needed to make them again, and makes them again.
package record

import (
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"slices"
	"strings"
)

// Recorder writes frames to a file or a series of files. It is used by one
// goroutine at a time.
type Recorder interface {
	// Add writes the next frame, which begins at 0,0 and must not change any more. After an error the
	// file holds the frames before it, and the recorder takes no more.
	Add(frame *image.RGBA) error
	// Close finishes the file. It must be called after an error too, which it returns again.
	Close() error
}

// Choices of Options; the first of each is what "" means. Diffusion is the nearest to the truth on dreams by each
// of BenchmarkGIF's measures, the calm between frames too.
const (
	Diffusion = "diffusion" // Floyd-Steinberg, with a fixed grain
	Blue      = "blue"      // blue noise
	Ordered   = "ordered"   // a regular pattern
	None      = "none"

	PerFrame = "frame"  // each frame has its own palette
	Shared   = "shared" // the frames of a second share one

	Forever  = "forever"
	Once     = "once"
	Seamless = "seamless"  // forever, the end faded into the beginning
	PingPong = "ping-pong" // forever, to the end and back again
)

var (
	Dithers  = []string{Diffusion, Blue, Ordered, None}
	Palettes = []string{PerFrame, Shared}
	Loops    = []string{Forever, Once, Seamless, PingPong}
)

// Options say how a recording looks. Zero values mean the defaults.
type Options struct {
	FPS     float64     // frames a second; 20
	Size    image.Point // of the file's frames; the first frame's size, which a side of 0 follows
	Dither  string      // of GIF: one of Dithers
	Palette string      // of GIF: one of Palettes
	Loop    string      // one of Loops
	Fade    int         // frames that Seamless fades over; those of half a second
	Sound   *Sound      // that goes along with a video; nil for silence
	Quality int         // of video and JPEG, 1 to 100; 85
	// Recipe gives the recipe as far as it is known whenever some of it is written: at
	// the beginning, when its changes have grown, and at the end. The number of frames
	// is filled in. It is called by the goroutine that calls Add and Close; nil writes none.
	Recipe func() Recipe
	// Closing, which may be nil, hears how far Close is where it has frames of its own to write. It is called by
	// the goroutine that calls Close.
	Closing func(done, total int)
	// Cut, which may be nil, tells Close whether the recording ends before it should have: then what stood at its path
	// before stays there, and the frames go beside it.
	Cut func() bool

	piece bool // a video that will be joined to others
}

// DefaultFPS is the rate of a recording that none is given for.
const DefaultFPS = 20

// ErrEmpty means that no frame came.
var ErrEmpty = errors.New("record: there is no frame to write")

// withDefaults checks the options and fills in what was left out.
func (o Options) withDefaults() (Options, error) {
	for _, c := range []struct {
		what  string
		value *string
		among []string
	}{{"dither", &o.Dither, Dithers}, {"palette", &o.Palette, Palettes}, {"loop", &o.Loop, Loops}} {
		if *c.value == "" {
			*c.value = c.among[0]
		}
		if !slices.Contains(c.among, *c.value) {
			return o, fmt.Errorf("record: %s is %q, but must be one of %s", c.what, *c.value, strings.Join(c.among, ", "))
		}
	}
	if o.FPS == 0 {
		o.FPS = DefaultFPS
	}
	if !(o.FPS >= 0.1 && o.FPS <= 240) {
		return o, fmt.Errorf("record: %g frames a second are outside 0.1 to 240", o.FPS)
	}
	if o.Fade == 0 {
		o.Fade = max(int(o.FPS/2), 1)
	}
	if o.Quality == 0 {
		o.Quality = 85
	}
	if o.Fade < 1 || o.Quality < 1 || o.Quality > 100 {
		return o, fmt.Errorf("record: fade %d must be above 0, quality %d within 1 to 100", o.Fade, o.Quality)
	}
	if o.Size.X < 0 || o.Size.Y < 0 || o.Size.X > mostSide || o.Size.Y > mostSide {
		return o, fmt.Errorf("record: a size of %dx%d is impossible", o.Size.X, o.Size.Y)
	}
	return o, nil
}

// Create begins a recording. What it writes follows from the name, as Formats has it: a film; one picture, the last
// frame; or a series of pictures where the name has a number's place, such as frames/%05d.png. What stands at
// the path stays until the recording is whole.
func Create(path string, o Options) (Recorder, error) {
	if err := Check(path, o, image.Point{}); err != nil {
		return nil, err
	}
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	format, err := FormatOf(path)
	if err != nil {
		return nil, err
	}
	front := &shaper{size: o.Size}
	if recipe := o.Recipe; recipe != nil {
		o.Recipe = func() Recipe { return recipe().made(o, front.frames) }
	}
	if front.next, err = format.create(path, o); err != nil {
		return nil, err
	}
	switch o.Loop {
	case Seamless:
		front.next = &seamless{next: front.next, fade: o.Fade}
	case PingPong:
		front.next = &pingpong{next: front.next, folder: filepath.Dir(path), closing: o.Closing}
	}
	return front, nil
}
