package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zalgoscope/app/capture"
	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
)

// filmFlags say what of a film is dreamed.
type filmFlags struct {
	from, to float64
	piece    time.Duration
}

func (f *filmFlags) register(fs *pflag.FlagSet) {
	fs.Var((*timeFlag)(&f.from), "from", "where to begin in a film, as seconds or H:MM:SS")
	fs.Var((*timeFlag)(&f.to), "to", "where to end in a film, likewise; its end where not given")
	fs.DurationVar(&f.piece, "piece", 30*time.Second, "how much work on a film a kill may cost")
}

// timeFlag is a time in seconds.
type timeFlag float64

func (t *timeFlag) Type() string { return "time" }
func (t *timeFlag) String() string {
	if *t == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(*t), 'f', -1, 64)
}

func (t *timeFlag) Set(text string) error {
	parts := strings.Split(text, ":")
	sum := 0.0
	for i, p := range parts {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil || !(v >= 0 && v < 1e7) || len(parts) > 3 || i > 0 && v >= 60 {
			return fmt.Errorf("%q is no time such as 83.5 or 1:23.5", text)
		}
		sum = 60*sum + v
	}
	*t = timeFlag(sum)
	return nil
}

// startsFilm tells whether what is to be dreamed is a film: one by its content, or a GIF of several pictures that a film is to
// be made of.
func (j *dreamJob) startsFilm(flags *pflag.FlagSet) bool {
	if slices.Contains(dream.MadeNames(), j.start) {
		return false
	}
	if capture.Names(j.start) || flags.Changed("from") || flags.Changed("to") {
		return true
	}
	format, err := record.FormatOf(j.out)
	still := flags.Changed("frames") || err != nil || !format.Film
	return capture.Moves(j.start, still)
}

// film dreams a film.
func (j *dreamJob) film(cmd *cobra.Command) error {
	flags := cmd.Flags()
	o := capture.FilmOptions{From: j.part.from, To: j.part.to, Most: j.most}
	if flags.Changed("fps") {
		o.Rate = j.fps
	}
	if j.size != "" {
		var err error
		if o.Size.X, o.Size.Y, err = picture.ParseSize(j.size); err != nil {
			return err
		}
	}
	film, err := capture.OpenFilm(j.start, o)
	if err != nil {
		return err
	}
	defer film.Close()
	if gap := film.Gap(); gap != "" {
		warn(gap)
	}
	j.fps = film.Rate()
	frames := film.Frames()
	if flags.Changed("frames") && (frames == 0 || j.frames < frames) {
		frames = j.frames
		j.cutShort = true
	}
	first, err := film.Picture(0)
	if err != nil {
		return err
	}
	if err := j.check(max(frames, 2), first.Rect.Size()); err != nil {
		return err
	}
	net, err := j.load()
	if err != nil {
		return err
	}
	if err := j.set(flags, net, false); err != nil {
		return err
	}
	j.steady(flags)
	if err := j.setKeys(flags, net); err != nil {
		return err
	}
	d, log, end, err := j.begin(cmd, net, film)
	if err != nil {
		return err
	}
	defer end()
	defer func() {
		if damage := film.Damage(); damage != "" {
			warn(film.Name() + " is damaged: " + damage)
		}
	}()
	sounds, note := record.HasSound(j.out, "the film's sound")
	if sounds {
		return j.pieces(cmd.Context(), d, film, frames, log)
	}
	if film.Sound {
		say(note)
	}
	return j.record(cmd.Context(), max(frames, 2), log.Recipe, func(add func(*image.RGBA) error) error {
		return j.dreamFilm(cmd.Context(), d, film, 0, frames, add)
	})
}

// steady suits settings that flags say nothing of to a film, in which the film moves and each picture needs few steps.
func (j *dreamJob) steady(flags *pflag.FlagSet) {
	still := dream.Settings{Steps: min(j.settings.Steps, 3), CentreX: .5, CentreY: .5}
	for _, name := range []string{"steps", "zoom", "rotate", "pan-x", "pan-y", "drift"} {
		if flags.Changed(name) || flags.Changed("pan") && strings.HasPrefix(name, "pan-") {
			continue
		}
		if k, err := dream.Find(name); err == nil {
			*k.Number(&j.settings) = *k.Number(&still)
		}
	}
}

// dreamFilm dreams a film's pictures from one on to its end, or so many where frames is not 0.
func (j *dreamJob) dreamFilm(ctx context.Context, d *dream.Dream, film *capture.Film, from, frames int, add func(*image.RGBA) error) error {
	total := int64(frames - from)
	if frames == 0 {
		total = -1 // how long it is does not show
	}
	bar := newBar(total, "dreaming")
	defer bar.close()
	for n := from; !j.cutShort || n < frames; n++ {
		if _, err := film.Picture(n); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		settings := j.keyed(film.At(n))
		f, err := d.Frame(func(int64) (dream.Settings, error) { return settings, ctx.Err() })
		if err != nil {
			return err
		}
		if err := add(f.Picture()); err != nil {
			return err
		}
		bar.set(int64(n + 1 - from))
	}
	return nil
}

// pieces dreams a film into a video, in pieces that survive a kill, with its sound.
func (j *dreamJob) pieces(ctx context.Context, d *dream.Dream, film *capture.Film, frames int, log *record.Log) error {
	if film.Sound {
		j.sound = soundOf(film, 0)
	}
	o := j.recordFlags.options(log.Recipe)
	p, err := record.OpenPieces(j.out, j.key(log.Recipe(), frames), j.part.piece, o)
	if err != nil {
		return err
	}
	from, state := p.Kept()
	checkpoint := func() ([]byte, error) { return checkpointOf(d, log) }
	if state != nil {
		if err := resume(d, log, state); err != nil {
			_ = p.Stop(checkpoint)
			return err
		}
		say(fmt.Sprintf("going on at frame %d of %s", from, of(frames)))
	}
	done := from
	err = j.dreamFilm(ctx, d, film, from, frames, func(m *image.RGBA) error {
		if err := p.Add(m, checkpoint); err != nil {
			return err
		}
		done++
		return nil
	})
	if err != nil {
		_ = p.Stop(checkpoint) // err says why
		if kept, _ := p.Kept(); kept > 0 {
			say(fmt.Sprintf("%d of %s frames are kept; the same command goes on from there", kept, of(frames)))
		}
		return err
	}
	if o.Sound != nil && (j.cutShort || j.part.to > 0) {
		o.Sound.Length = o.Sound.Late + float64(done)/film.Rate()
	}
	if err := p.Finish(checkpoint); err != nil || j.session == "" {
		return err
	}
	return j.writeSession(log.Recipe(), done)
}

// filmState is what is needed to go on with a film.
type filmState struct {
	Dream  []byte            // as dream.Checkpoint gives it
	Recipe string            // of the frames so far, as record.LogState has it
	Names  map[string]string // likewise
}

func checkpointOf(d *dream.Dream, log *record.Log) ([]byte, error) {
	c, err := d.Checkpoint()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	l := log.State()
	err = gob.NewEncoder(&b).Encode(filmState{c, l.Recipe, l.Names})
	return b.Bytes(), err
}

// resume brings a dream that has just begun, and its recipe, to where it was.
func resume(d *dream.Dream, log *record.Log, data []byte) error {
	var s filmState
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&s); err != nil {
		return fmt.Errorf("what is to be gone on with cannot be read: %w", err)
	}
	if err := log.Resume(record.LogState{Recipe: s.Recipe, Names: s.Names}); err != nil {
		return err
	}
	return d.Resume(s.Dream)
}

func of(frames int) string {
	if frames == 0 {
		return "those of the film"
	}
	return fmt.Sprint("about ", frames)
}

// key identifies what is dreamed, whatever version and device dream it.
func (j *dreamJob) key(r record.Recipe, frames int) string {
	r.Program, r.Device = "", ""
	r.Changes = []record.Change{{Settings: j.settings}}
	r.FPS = j.fps
	if j.cutShort {
		r.Frames = frames
	}
	text := r.Encode()
	if j.keys != nil {
		text += j.keys.SHA256
	}
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

// soundOf is a film's sound, from a frame of its dream on.
func soundOf(film *capture.Film, from int) *record.Sound {
	s := &record.Sound{Path: film.Path(), Begin: film.Begin, Late: film.Late}
	if at := film.Start() + float64(from)/film.Rate(); at > film.Late {
		s.From, s.Late = at, 0
	}
	return s
}
