package cli

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/nn"
)

// dreamJob is what the dream command was asked for.
type dreamJob struct {
	netFlags
	engineFlags
	recordFlags
	musicFlags
	settings dream.Settings
	asked    dream.Settings // what the flags say
	start    string         // IMAGE, static or clouds
	scene    string
	size     string
	most     int
	seed     uint64
	frames   int
	part     filmFlags
	keyFile  string
	keys     *record.Keyframes // nil for none
	cutShort bool              // not all of the film is dreamed
}

func dreamCommand(engines []Engine) *cobra.Command {
	j := &dreamJob{settings: dream.Defaults()}
	cmd := &cobra.Command{
		Use:   "dream " + startNames + " -o OUT",
		Short: "Dream a picture, or a film of many frames, into a file",
		Long: `Dream a picture, or a film of many frames, into a file. A film, or a series of pictures such as
frames/%05d.png, is dreamed picture by picture: what was dreamed is carried along with what moves.
A film into .mp4 or .webm keeps its rate, length and sound; stopped or killed, the same command goes on.`,
		Example: `  zalgoscope dream photo.jpg -o out.png
  zalgoscope dream photo.jpg -o out.png --layer inception_5a --octaves 3 --jitter 16
  zalgoscope dream clouds -o out.png --class tarantula --size 640x480
  zalgoscope dream static -o parade.mp4 --scene Parade --size 640x400 --frames 300
  zalgoscope dream clouds -o song.mp4 --music song.flac --scene Parade --cuts 8
  zalgoscope dream film.mp4 -o out.mp4 --from 1:20 --to 1:35 --carry 0.9
  zalgoscope dream static -o frames/%05d.png --frames 120 --steps 2 --zoom 0.02`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			j.start = args[0]
			return j.run(cmd)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	j.recordFlags.register(cmd)
	fs.StringVar(&j.scene, "scene", "", "dream a built-in scene as the window does at two dreams a second (see 'zalgoscope scenes'); other flags on top")
	fs.StringVar(&j.size, "size", "", "WIDTHxHEIGHT to dream at; a picture of another shape is cropped")
	fs.IntVar(&j.most, "max", 1680, "shrink a larger picture to this many pixels on its longer side, for which 700 MB of memory suffice; 0 keeps it")
	fs.Uint64Var(&j.seed, "seed", 1, "seed of the jitter and of static and clouds; the same seed gives the same bytes")
	fs.IntVar(&j.frames, "frames", 1, "frames to dream, each fed back into the next; of a film all where not given")
	fs.StringVar(&j.keyFile, "keyframes", "", "turn the knobs as a recording or session does at the same times, or as a text of [[key]] tables says, each of a time in seconds and knobs; flags on top")
	j.part.register(fs)
	j.musicFlags.register(fs)
	knobFlags(fs, &j.settings)
	fs.Var(panFlag{&j.settings}, "pan", "pan-x and pan-y at once")
	j.netFlags.register(cmd)
	j.engineFlags.register(cmd, engines)
	return cmd
}

func (j *dreamJob) run(cmd *cobra.Command) error {
	if j.frames < 1 {
		return fmt.Errorf("--frames is %d, but must be at least 1", j.frames)
	}
	if err := j.readKeys(); err != nil {
		return err
	}
	if err := j.hearMusic(cmd.Flags()); err != nil {
		return err
	}
	if err := j.check(j.frames, image.Point{}); err != nil {
		return err
	}
	if j.startsFilm(cmd.Flags()) {
		if j.score != nil {
			return errors.New("--music makes a film of a picture, static or clouds; a film has its own sound")
		}
		return j.film(cmd)
	}
	start, err := j.startPicture(cmd.Context())
	if err != nil {
		return err
	}
	if err := j.check(j.frames, j.canvas(start)); err != nil {
		return err
	}
	net, err := j.load()
	if err != nil {
		return err
	}
	if err := j.set(cmd.Flags(), net, start.Made()); err != nil {
		return err
	}
	if err := j.setMusic(cmd.Flags(), net, start.Made()); err != nil {
		return err
	}
	if err := j.setKeys(cmd.Flags(), net); err != nil {
		return err
	}
	d, log, end, err := j.begin(cmd, net, start)
	if err != nil {
		return err
	}
	defer end()
	return j.record(cmd.Context(), j.frames, log.Recipe, func(add func(*image.RGBA) error) error {
		return j.dream(cmd.Context(), d, add)
	})
}

// begin opens an engine and begins a dream of an input, whose recipe the log keeps; end frees both.
func (j *dreamJob) begin(cmd *cobra.Command, net *nn.Net, in dream.Input) (d *dream.Dream, log *record.Log, end func(), err error) {
	engine, err := j.open(net)
	if err != nil {
		return nil, nil, nil, err
	}
	if j.settings.Class != "" {
		announceClass(net, j.settings.Class)
	}
	guides, err := j.openGuides(cmd.Flags())
	if err != nil {
		engine.Close()
		return nil, nil, nil, err
	}
	if d, err = dream.New(net, engine, in, dream.Options{Seed: j.seed, Open: guides.Open}); err != nil {
		engine.Close()
		return nil, nil, nil, err
	}
	end = func() {
		d.Release()
		engine.Close()
	}
	if err := j.checkKnobs(d); err != nil {
		end()
		return nil, nil, nil, err
	}
	log = record.NewLog(record.Recipe{
		Program: cmd.Root().Version, Net: j.identity(), Device: engine.Device(), Precision: nn.PrecisionOf(engine), Seed: j.seed,
		Start: record.StartOf(in),
	}, guides)
	d.OnChange(log.Change)
	d.OnMove(func(m *nn.Moved) { log.Move(m.Device) })
	d.OnIdle(func(err error) { warn(oneLine(err)) })
	return d, log, end, nil
}

// set makes the settings those of the scene, with what the flags say on top: their rates are by the frame.
func (j *dreamJob) set(flags *pflag.FlagSet, net *nn.Net, made bool) error {
	j.asked = j.settings
	if j.scene == "" {
		j.settings.Suit(made)
		adjust(flags, "", &j.asked, &j.settings)
		return nil
	}
	p, err := dream.FindPreset(j.scene)
	if err != nil {
		return err
	}
	j.settings, err = j.inScene(p, flags, net, made)
	return err
}

// inScene is a scene's settings, with what the flags say on top.
func (j *dreamJob) inScene(p dream.Preset, flags *pflag.FlagSet, net *nn.Net, made bool) (dream.Settings, error) {
	s, err := p.Apply(dream.Live(), net)
	if err != nil {
		return s, err
	}
	s.Pace = dream.NominalPace
	if ratesAsked(flags) {
		s.PerFrame()
	}
	s.Suit(made)
	if j.asked.Layer != "" || j.asked.Channel != "" || j.asked.Guide != "" {
		s.Class = ""
	}
	adjust(flags, "", &j.asked, &s)
	return s, nil
}

// ratesAsked tells whether a flag says how fast the picture moves by each frame.
func ratesAsked(flags *pflag.FlagSet) bool {
	return slices.ContainsFunc(dream.Knobs, func(k dream.Knob) bool { return k.Rate && flags.Changed(k.Name) })
}

// canvas is the frames' size.
func (j *dreamJob) canvas(start *dream.Still) image.Point {
	if s := j.settings; s.Width > 0 && s.Height > 0 {
		return image.Pt(int(s.Width), int(s.Height))
	}
	return start.Image().Rect.Size()
}

// dream makes the frames.
func (j *dreamJob) dream(ctx context.Context, d *dream.Dream, add func(*image.RGBA) error) error {
	bar := newBar(d.Work(j.settings)*int64(j.frames), "dreaming")
	defer bar.close()
	for n := range j.frames {
		settings := j.frame(n)
		f, err := d.Frame(func(int64) (dream.Settings, error) {
			bar.set(d.Done())
			return settings, ctx.Err()
		})
		if err != nil {
			return err
		}
		if err := add(f.Picture()); err != nil {
			return err
		}
	}
	return nil
}

// startPicture opens or makes the picture to begin with, at the size asked for.
func (j *dreamJob) startPicture(ctx context.Context) (*dream.Still, error) {
	w, h := 640, 480
	if j.size != "" {
		var err error
		if w, h, err = picture.ParseSize(j.size); err != nil {
			return nil, err
		}
	}
	o := picture.Options{Most: j.most, Shrunk: func(w, h, fromW, fromH int) {
		say(fmt.Sprintf("the picture is dreamed at %dx%d; --max 0 keeps its %dx%d", w, h, fromW, fromH))
	}}
	if j.size != "" {
		o = picture.Options{Width: w, Height: h}
	}
	o.Progress = func(float64) error { return ctx.Err() }
	start, err := dream.Open(j.start, w, h, j.seed, o.Open)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no picture %q; give a picture's file, '%s'", j.start, strings.Join(dream.MadeNames(), "' or '"))
	}
	return start, err
}

// startNames is what may stand for a picture to begin with.
var startNames = "IMAGE|FILM|" + strings.Join(dream.MadeNames(), "|")

// announceClass says which label a word was taken for, where it is not the label itself.
func announceClass(net *nn.Net, word string) {
	found := dream.Matches(net.Labels, word)
	if len(found) == 0 || strings.EqualFold(net.Labels[found[0]], word) {
		return
	}
	text := fmt.Sprintf("class %q is %q", word, net.Labels[found[0]])
	if more := len(found) - 1; more > 0 {
		text += fmt.Sprintf(" (%d more labels match)", more)
	}
	say(text)
}
