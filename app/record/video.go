package record

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"os"
	"os/exec"
	"strings"

	"zalgoscope/app/beside"
	"zalgoscope/app/ffmpeg"
)

// video writes MP4 or WebM through an ffmpeg program that reads raw frames from a
// pipe. While it is recorded the file is in pieces of a second, which players can show
// should the recording be cut off; at the end it is rewritten with the whole recipe.
type video struct {
	o      Options
	ext    string
	mark   string // that a film without loss carries
	place  *beside.File
	notes  notes
	frames int
	cmd    *exec.Cmd // nil before the first frame
	pipe   io.WriteCloser
	stderr bytes.Buffer
	closed bool
	err    error
}

// videoTo makes recorders of the kind of video that an ending names.
func videoTo(ext string) func(path string, o Options) (Recorder, error) {
	return func(path string, o Options) (Recorder, error) {
		f, err := beside.Film(path)
		if err != nil {
			return nil, err
		}
		return &video{o: o, ext: ext, place: f, notes: notes{recipe: o.Recipe}}, nil
	}
}

func (v *video) Add(m *image.RGBA) error {
	if v.err == nil && v.cmd == nil {
		v.err = v.start(m.Rect.Size())
	}
	if v.err != nil {
		return v.err
	}
	pixels := m.Pix
	if w := 4 * m.Rect.Dx(); m.Stride != w {
		pixels = make([]byte, 0, w*m.Rect.Dy())
		for y := range m.Rect.Dy() {
			pixels = append(pixels, m.Pix[y*m.Stride:][:w]...)
		}
	}
	if _, err := v.pipe.Write(pixels[:4*m.Rect.Dx()*m.Rect.Dy()]); err != nil {
		v.err = v.wait(err)
	} else {
		v.frames++
	}
	return v.err
}

// start runs ffmpeg for frames of a size.
func (v *video) start(size image.Point) error {
	if err := checkSizeOfVideo(size); err != nil {
		return err
	}
	fps := fmt.Sprint(v.o.FPS)
	args := []string{"-f", "rawvideo", "-pix_fmt", "rgba", "-video_size", fmt.Sprintf("%dx%d", size.X, size.Y), "-framerate", fps, "-i", "pipe:0"}
	if v.ext != lossless {
		args = append(args, // 4:2:0 colour needs even sides.
			"-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
			"-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
			"-g", fmt.Sprint(max(int(v.o.FPS), 1)))
	}
	args = append(args, v.codec()...)
	if v.mark != "" {
		args = append(args, "-metadata", "comment="+v.mark)
	}
	// A recipe too long for a command line is in the finished file only.
	const mostArgument = 100_000
	if v.o.Recipe != nil {
		r := v.o.Recipe()
		r.Frames = 0 // nobody knows yet
		if text := r.Encode(); len(text) < mostArgument {
			args = append(args, "-metadata", "comment="+text)
		}
	}
	v.cmd = ffmpeg.Command(append(args, "-f", v.format(), ffmpeg.File(v.place.Name()))...)
	v.place.Lend(v.cmd) // it ends when its input does, which may be after a kill of ours
	v.cmd.Stderr = &v.stderr
	pipe, err := v.cmd.StdinPipe()
	if err == nil {
		err = v.cmd.Start()
	}
	if err != nil {
		v.cmd = nil
		return fmt.Errorf("record: ffmpeg: %w", err)
	}
	v.pipe = pipe
	return nil
}

func (v *video) format() string {
	if v.ext == lossless {
		return "matroska"
	}
	return strings.TrimPrefix(v.ext, ".")
}

func (v *video) codec() []string {
	less := float64(85-v.o.Quality) * 0.4
	switch v.ext {
	case lossless:
		return []string{"-c:v", "ffv1", "-level", "3", "-slicecrc", "1", "-pix_fmt", "bgr0"} // whose damage shows
	case ".webm":
		return []string{"-c:v", "libvpx-vp9", "-b:v", "0", "-crf", crf(28+less, 63), "-deadline", "realtime", "-cpu-used", "5", "-row-mt", "1"}
	}
	args := []string{"-c:v", "libx264", "-preset", "fast", "-crf", crf(18+less, 51),
		"-movflags", "frag_keyframe+empty_moov+default_base_moof"}
	if v.o.piece {
		args = append(args, "-bf", "0") // else the clock of decoding goes back where two are joined
	}
	return args
}

func crf(v, most float64) string { return fmt.Sprint(int(math.Round(min(max(v, 0), most)))) }

// wait ends ffmpeg and gives its complaint, or err where it has none.
func (v *video) wait(err error) error {
	if cerr := v.pipe.Close(); err == nil && !errors.Is(cerr, os.ErrClosed) {
		err = cerr
	}
	if werr := v.cmd.Wait(); werr != nil {
		err = werr
	}
	return v.trimmed(err)
}

// trimmed makes the best of a file that ffmpeg could not end, and gives its complaint about the error.
func (v *video) trimmed(err error) error {
	if err == nil {
		return nil
	}
	if v.ext == ".mp4" {
		_ = trimMP4(v.place.Name()) // where that fails players have to cope with the rest
	}
	return complaint(err, v.stderr.String())
}

// none tells whether ffmpeg finds no frame in the file.
func (v *video) none() bool {
	p, err := packets(v.place)
	var exit *exec.ExitError
	return p.count == 0 && (err == nil || errors.As(err, &exit))
}

// complaint is what ffmpeg says about an error.
func complaint(err error, stderr string) error {
	return fmt.Errorf("record: %w", ffmpeg.Complaint(err, stderr))
}

func (v *video) Close() error {
	if v.closed {
		return v.err
	}
	v.closed = true
	switch {
	case v.cmd == nil && v.err == nil:
		v.err = ErrEmpty
	case v.err == nil:
		if v.err = v.wait(nil); v.err == nil && v.ext != lossless {
			v.err = v.finish()
		}
	}
	if v.cmd == nil || v.err != nil && v.ext == lossless {
		v.place.Discard() // no frame came so far as to be written, or a part of what was to be kept is of no use
		return v.err
	}
	frames := v.frames
	if v.err != nil && v.none() {
		frames = 0
	}
	v.err = v.o.settle(v.place, frames, v.err)
	return v.err
}
