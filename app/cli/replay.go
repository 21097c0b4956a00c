package cli

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"zalgoscope/app/capture"
	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/nn"
)

// replayJob is what the replay command was asked for.
type replayJob struct {
	netFlags
	engineFlags
	recordFlags
	size, start     string
	guides, folders []string
	from, to        int
	bends           dream.Settings // what --zalgo, --bend and --mod put in place of the recorded ones
}

func replayCommand(engines []Engine) *cobra.Command {
	j := &replayJob{}
	cmd := &cobra.Command{
		Use:   "replay FILE -o OUT",
		Short: "Make a recording again from the recipe in it, at any size or rate",
		Long: `Make a recording again from the recipe in it. FILE is what zalgoscope recorded or saved:
` + strings.Join(slices.Concat(record.Names(false), record.Names(true)), ", ") + `, or a session as TOML. The same net, engine and size give the same
frames bit for bit. --zalgo, --bend and --mod each take the place of what was recorded of them, for
the whole recording; an empty text takes it out. What is written carries them.`,
		Example: `  zalgoscope replay small.gif --size 1920x1080 -o large.mp4
  zalgoscope replay small.gif --bend inception_3b:sharpen=5 --mod bend.1=sine:0.1:3 -o bent.gif
  zalgoscope replay small.gif --from 100 --to 200 -o frames/%05d.png`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return j.run(cmd, args[0])
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	j.recordFlags.register(cmd)
	fs.StringVar(&j.size, "size", "", "WIDTHxHEIGHT to dream at; the recorded size where not given")
	fs.IntVar(&j.from, "from", 0, "first frame, from 0")
	fs.IntVar(&j.to, "to", 0, "frame to end before; 0 for all")
	fs.StringArrayVar(&j.folders, "folder", nil, "folder to look in for the recipe's net and pictures, beside the recording's own; as often as there are several")
	fs.StringVar(&j.start, "start", "", "start picture, where it is not found by its name")
	fs.StringArrayVar(&j.guides, "guide", nil, "guide picture, where it is not found by its name; as often as there are several")
	bendFlags(fs, &j.bends)
	j.netFlags.register(cmd)
	j.engineFlags.register(cmd, engines)
	return cmd
}

func (j *replayJob) run(cmd *cobra.Command, file string) error {
	recipe, err := record.ReadRecipe(file)
	if err != nil {
		return err
	}
	folders, err := j.places(file)
	if err != nil {
		return err
	}
	o, err := j.replayOptions(folders)
	if err != nil {
		return err
	}
	if err := j.follow(cmd, recipe, folders); err != nil {
		return err
	}
	frames, err := o.Frames(recipe)
	if err != nil {
		return err
	}
	if recipe.Start.Rate > 0 {
		film, err := j.film(recipe, &o, frames)
		if err != nil {
			return err
		}
		defer film.Close()
	}
	if err := j.check(frames, recipe.Resized(o.Size).Size()); err != nil {
		return err
	}
	net, err := j.load()
	if err != nil {
		return err
	}
	if recipe, err = j.bend(cmd, recipe, net); err != nil {
		return err
	}
	engine, err := j.open(net)
	if err != nil {
		return err
	}
	defer engine.Close()
	for _, d := range recipe.Differs(j.identity(), engine.Device(), nn.PrecisionOf(engine)) {
		warn(d + "; the frames may differ")
	}
	again := func() record.Recipe {
		r := recipe.Resized(o.Size)
		r.Program, r.Net, r.From = cmd.Root().Version, j.identity(), recipe.From+o.From
		r.Device, r.Precision = engine.Device(), nn.PrecisionOf(engine)
		return r
	}
	bar := newBar(int64(o.From+frames), "replaying")
	defer bar.close()
	progress := func(done, total int) { bar.progress(int64(done), int64(total)) }
	return j.record(cmd.Context(), frames, again, func(add func(*image.RGBA) error) error {
		return record.Replay(cmd.Context(), recipe, net, engine, o, add, progress)
	})
}

// places are the folders in which what the recipe of a file names is looked for: its own, those of the
// flag, and the one that the command runs in.
func (j *replayJob) places(file string) ([]string, error) {
	for _, f := range j.folders {
		if info, err := os.Stat(f); err != nil {
			return nil, fmt.Errorf("--folder: %w", err)
		} else if !info.IsDir() {
			return nil, fmt.Errorf("--folder: %s is no folder", f)
		}
	}
	return append(append([]string{filepath.Dir(file)}, j.folders...), "."), nil
}

// replayOptions are the flags' part of a replay.
func (j *replayJob) replayOptions(folders []string) (o record.ReplayOptions, err error) {
	o = record.ReplayOptions{From: j.from, To: j.to, Find: record.Find(folders...)}
	if j.size != "" {
		if o.Size.X, o.Size.Y, err = picture.ParseSize(j.size); err != nil {
			return o, err
		}
	}
	if j.start != "" && !capture.Moves(j.start, true) {
		m, err := picture.Open(j.start)
		if err != nil {
			return o, err
		}
		o.Start = dream.StillOf(j.start, m)
	}
	for _, path := range j.guides {
		for _, open := range []func(string) (*image.RGBA, error){record.OpenGuide, picture.Open} { // as it is, and as it was once shrunk
			m, err := open(path)
			if err != nil {
				return o, err
			}
			o.Guide = append(o.Guide, m)
		}
	}
	return o, nil
}

// film opens the film that a recipe was dreamed on, whose sound goes along.
func (j *replayJob) film(r record.Recipe, o *record.ReplayOptions, frames int) (*capture.Film, error) {
	find := o.Find
	if j.start != "" {
		find = func(string) []string { return []string{j.start} }
	}
	in, err := r.Start.Input(r.Seed, find)
	if err != nil {
		return nil, err
	}
	film, ok := in.(*capture.Film)
	if !ok {
		return nil, fmt.Errorf("the recipe's %s is no film", r.Start.Name)
	}
	o.Start = film
	if film.Sound {
		j.sound = soundOf(film, r.From+o.From)
		if r.From+o.From+frames < film.Frames()-1 {
			j.sound.Length = j.sound.Late + float64(frames)/film.Rate()
		}
	}
	return film, nil
}

// bend is the recipe with what the flags say of bends, which the net must have.
func (j *replayJob) bend(cmd *cobra.Command, r record.Recipe, net *nn.Net) (record.Recipe, error) {
	if err := dream.CheckBends(net, j.bends.Bend, j.bends.Mod); err != nil {
		return r, err
	}
	r = r.With(func(s *dream.Settings) { adjust(cmd.Flags(), dream.GroupBend, &j.bends, s) })
	if silent := unheard(r, j.bends.Modulators()); len(silent) > 0 {
		warn(fmt.Sprintf("--mod follows %s, of which the recording has nothing: it keeps what was followed when it was made", strings.Join(silent, " and ")))
	}
	return r, nil
}

// unheard are the sounds that modulators follow and of which a recipe has no level.
func unheard(r record.Recipe, mods []dream.Modulator) (names []string) {
	for _, name := range dream.Sounds {
		k, err := dream.Find(name)
		if err != nil {
			panic(err) // Sounds are knobs
		}
		if slices.ContainsFunc(mods, func(m dream.Modulator) bool { return m.Shape == name }) &&
			!slices.ContainsFunc(r.Changes, func(c record.Change) bool { return *k.Number(&c.Settings) > 0 }) {
			names = append(names, name)
		}
	}
	return names
}

// follow takes from the recipe what no flag says: the net, and how the file is written.
func (j *replayJob) follow(cmd *cobra.Command, r record.Recipe, folders []string) (err error) {
	flags := cmd.Flags()
	if !flags.Changed("net") {
		if j.net, err = recall(r.Net, folders...); err != nil {
			return err
		}
	}
	switch r.Precision { // where the processor lacks it, Differs tells
	case nn.BF16:
		j.usual = nn.Former
	case nn.BF16Maps, nn.BF16Tiles, nn.BF16Odd:
		j.usual = r.Precision
	}
	if !flags.Changed("fps") && r.FPS > 0 {
		j.fps = r.FPS
	}
	for name, part := range map[string]struct{ to, from *string }{
		"dither": {&j.dither, &r.Dither}, "palette": {&j.palette, &r.Palette}, "loop": {&j.loop, &r.Loop},
	} {
		if !flags.Changed(name) && *part.from != "" {
			*part.to = *part.from
		}
	}
	return nil
}
