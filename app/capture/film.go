package capture

import (
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"os/exec"
	"sync"

	"zalgoscope/app/ffmpeg"
)

// Endings are those of the names of films' files. For lists to choose from: what opens says the content.
var Endings = []string{"mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mts", "m2ts", "wmv", "flv", "ogv", "3gp", "y4m"}

// FilmOptions say what of a film is dreamed, and how.
type FilmOptions struct {
	Rate     float64     // pictures a second; 0 for the film's
	From, To float64     // seconds from the film's first picture; to its end where To is 0
	Most     int         // pixels of the longer side to which larger pictures are shrunk; 0 for any
	Size     image.Point // of the pictures, of which another shape is cropped; 0,0 for the film's
	Woven    bool        // pictures of two moments stay so
	Untoned  bool        // colours beyond those of our pictures are taken as they are
	First    bool        // of several streams with pictures the first is taken, not the default one
}

// Film is a film as an input: each frame of a dream has one of its pictures, in order.
type Film struct {
	Info
	source   Source
	o        FilmOptions
	size     image.Point
	sum      string
	first    int // the number of its first picture that is dreamed, at the rate
	last     int // the number behind the last one; 0 for all
	zero     int // of its first picture, counted from the beginning of the file's clock; -1 before it is known
	mu       sync.Mutex
	reader   *reader     // guarded by mu; nil before the first picture and after an error
	at       int         // the frame of now; guarded by mu
	now      *image.RGBA // guarded by mu
	damage   string      // what ffmpeg complained of; guarded by mu
	complete bool        // all has been read; guarded by mu
	kept     bool        // it has what a live dream was of, all of which has to be there as it was
	pictures int         // that are kept; 0 where that is not known
}

// OpenFilm opens a film's file, or a series of pictures.
func OpenFilm(spec string, o FilmOptions) (*Film, error) {
	if err := ffmpeg.Check(); err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	s, err := Find(spec)
	if err != nil {
		return nil, err
	}
	if s.Live {
		return nil, fmt.Errorf("capture: %s has no beginning and no end, so it cannot be dreamed into a film's length", s.Name)
	}
	s.first = o.First
	info, err := Probe(s)
	if err != nil {
		return nil, err
	}
	if o.Rate == 0 {
		o.Rate = info.Rate
	}
	info.Rate = o.Rate
	info.interlaced = info.interlaced && !o.Woven
	if o.Untoned {
		info.tone = nil
	}
	f := &Film{Info: info, source: s.as(info), o: o, size: sizeOf(info.Size, o), at: -1, zero: -1}
	f.first = int(math.Round(o.From * o.Rate))
	if o.To > 0 {
		f.last = int(math.Round(o.To * o.Rate))
	}
	switch {
	case o.From < 0 || o.To < 0 || o.To > 0 && f.last <= f.first:
		return nil, fmt.Errorf("capture: %g to %g seconds of %s are no picture", o.From, o.To, s.Name)
	case info.Duration > 0 && o.From >= info.Duration:
		return nil, fmt.Errorf("capture: %s ends after %.2f seconds, so that there is nothing from %g on", s.Name, info.Duration, o.From)
	}
	if !s.series { // which has no file of that name
		if f.sum, err = Sum(s.path); err != nil {
			return nil, err
		}
	}
	// The first picture shows whether there is one.
	if _, err := f.Picture(0); err != nil {
		f.Close()
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("capture: %s has no picture that can be read%s", s.Name, f.damaged())
		}
		return nil, err
	}
	return f, nil
}

// sizeOf is the size of pictures that are read as asked.
func sizeOf(size image.Point, o FilmOptions) image.Point {
	if o.Size != (image.Point{}) {
		return o.Size
	}
	if side := max(size.X, size.Y); o.Most > 0 && side > o.Most {
		k := float64(o.Most) / float64(side)
		size.X, size.Y = max(int(math.Round(float64(size.X)*k)), 1), max(int(math.Round(float64(size.Y)*k)), 1)
	}
	return size
}

// Name is the film's path.
func (f *Film) Name() string { return f.source.Spec }

// Rate is its pictures a second.
func (f *Film) Rate() float64 { return f.Info.Rate }

// Frames is about how many there are to be dreamed, 0 where that is not known.
func (f *Film) Frames() int {
	n := f.Info.Frames()
	if f.last > 0 && (n == 0 || f.last < n) {
		n = f.last
	}
	if n == 0 {
		return 0
	}
	return max(n-f.first, 1)
}

// Path is its file, by which its sound is found.
func (f *Film) Path() string { return f.source.path }

// Start is when its first dreamed picture is shown, in seconds from the file's beginning.
func (f *Film) Start() float64 { return f.Late + float64(f.first)/f.o.Rate }

// At is when a picture of the dream is shown, in seconds from the film's first one.
func (f *Film) At(n int) float64 { return float64(f.first+n) / f.o.Rate }

// Gap says that pictures of a series are missing, which ends before them; "" where none is.
func (f *Film) Gap() string { return f.source.gap }

// Damage is what ffmpeg said of parts that it could not read, "" for nothing.
func (f *Film) Damage() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.damage
}

func (f *Film) damaged() string {
	if d := f.Damage(); d != "" {
		return ": " + d
	}
	return ""
}

func (f *Film) Sized(w, h int) *image.RGBA { return nil }

// Picture reads on to the frame, or from the film's beginning where it was before.
func (f *Film) Picture(n int) (*image.RGBA, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now != nil && n == f.at {
		return f.now, nil
	}
	if f.complete && n > f.at {
		return nil, f.over()
	}
	if f.reader == nil || n < f.at {
		if err := f.begin(n); err != nil {
			return nil, err
		}
	}
	for f.at < n {
		m, err := f.reader.next()
		f.damage = f.reader.complaint()
		if err != nil {
			f.end()
			if end := errors.Is(err, io.EOF); !end && (f.now == nil || killed(err)) {
				return nil, err
			} else if !end && f.damage == "" {
				f.damage = err.Error()
			}
			f.complete = true // what is damaged at its end is dreamed up to there
			return nil, f.over()
		}
		if f.kept && f.damage != "" {
			return nil, fmt.Errorf("capture: %q is damaged: %s", f.source.Spec, f.damage)
		}
		f.now, f.at = m, f.at+1
	}
	return f.now, nil
}

// over is the error after the last picture. The mutex is held.
func (f *Film) over() error {
	if !f.kept {
		return io.EOF
	}
	of := ""
	if f.pictures > 0 {
		of = fmt.Sprintf(" of %d", f.pictures)
	}
	return fmt.Errorf("capture: %q ends after %d%s pictures, but the dream had more: it was cut off, or has changed since", f.source.Spec, f.at+1, of)
}

// killed tells whether somebody, and not the film, ended ffmpeg, which says of a gentle signal with status 255.
func killed(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && (exit.ExitCode() < 0 || exit.ExitCode() == 255)
}

// begin runs ffmpeg for the pictures from frame n on.
func (f *Film) begin(n int) error {
	f.end()
	rate := fmt.Sprint(f.o.Rate)
	before, trim := f.leap(f.first + n)
	filters := []string{f.steadied(f.o.Rate), trim}
	scale := fmt.Sprintf("scale=%d:%d", f.size.X, f.size.Y)
	if f.o.Size != (image.Point{}) {
		filters = append(filters, "scale=w='max(1,round(iw*max(sar,1e-3)))':h=ih", "setsar=1", scale+":force_original_aspect_ratio=increase", fmt.Sprintf("crop=%d:%d", f.size.X, f.size.Y))
	} else {
		filters = append(filters, scale)
	}
	if f.source.series {
		before = []string{"-framerate", rate}
	}
	r, err := open(f.source, before, append(filters, f.tone...)...)
	if err != nil {
		return err
	}
	f.reader, f.at, f.now, f.complete = r, n-1, nil, false
	return nil
}

func (f *Film) end() {
	if f.reader != nil {
		f.reader.Close()
		f.reader = nil
	}
}

// Close ends reading.
func (f *Film) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.end()
}
