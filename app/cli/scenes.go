package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"zalgoscope/app"
	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/nn"
)

// scenesJob is what the scenes command was asked for.
type scenesJob struct {
	netFlags
	engineFlags
	sheetFlags
	thumbs string // folder to write thumbnails into
	after  []float64
	only   []string
	seed   uint64
}

func scenesCommand(engines []Engine) *cobra.Command {
	j := &scenesJob{sheetFlags: sheetFlags{start: "static"}}
	cmd := &cobra.Command{
		Use:   "scenes [" + startNames + "]",
		Short: "List the built-in scenes, or show what each comes to",
		Long: `List the built-in scenes that the net can dream. With --sheet each is dreamed, from static or the picture, and
shown as it is after some seconds of two dreams each.`,
		Example: `  zalgoscope scenes
  zalgoscope scenes --sheet scenes.jpg --after 20,120
  zalgoscope scenes --sheet two.png photo.jpg --only Parade,Atlas --size 640x400`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if j.thumbs != "" {
				return j.drawThumbs(cmd.Context())
			}
			if sheet, err := j.wanted(args); err != nil {
				return err
			} else if !sheet {
				return j.list(cmd.OutOrStdout())
			}
			return j.run(cmd.Context())
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVar(&j.sheet, "sheet", "", "write pictures of all scenes to this PNG or JPEG file")
	fs.StringVar(&j.thumbs, "thumbs", "", "folder to write a small picture of each scene into, for the studio's browser, instead of the list")
	fs.StringVar(&j.size, "size", "320x240", "WIDTHxHEIGHT to dream at")
	fs.Var(secondsFlag{&j.after}, "after", "seconds after which to show each, with commas between; 20,120 where not given")
	fs.StringSliceVar(&j.only, "only", nil, "names of the scenes to show, with commas between; all where not given")
	fs.Uint64Var(&j.seed, "seed", 1, "seed of the jitter and of static and clouds")
	j.netFlags.register(cmd)
	j.engineFlags.register(cmd, engines)
	return cmd
}

func (j *scenesJob) list(out io.Writer) error {
	net, err := j.load()
	if err != nil {
		return err
	}
	for _, p := range dream.Presets() {
		if _, err := p.Apply(dream.Live(), net); err == nil {
			fmt.Fprintln(out, p.Name)
		}
	}
	return nil
}

// scenes are those asked for that the net can dream. One that was named has to be among them.
func (j *scenesJob) scenes(net *nn.Net) ([]dream.Preset, error) {
	if len(j.only) == 0 {
		return slices.DeleteFunc(dream.Presets(), func(p dream.Preset) bool {
			_, err := p.Apply(dream.Live(), net)
			return err != nil
		}), nil
	}
	var out []dream.Preset
	for _, name := range j.only {
		p, err := dream.FindPreset(name)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (j *scenesJob) run(ctx context.Context) error {
	w, h, err := j.cell()
	if err != nil {
		return err
	}
	if j.after == nil {
		j.after = []float64{20, 120}
	}
	if most := 1 << 26; w*h > most/64/len(j.after) {
		return fmt.Errorf("a sheet of pictures of %dx%d at %d times is too large; --size 320x240 is usual", w, h, len(j.after))
	}
	start, err := dream.Open(j.start, w, h, j.seed, picture.Options{Width: w, Height: h}.Open)
	if err != nil {
		return err
	}
	return j.each(ctx, func(net *nn.Net, engine nn.Engine, scenes []dream.Preset, progress func(done, total int) error) error {
		sheet, err := dream.SceneSheet(net, engine, scenes, start, j.after, dream.Options{Seed: j.seed}, progress)
		if err != nil {
			return err
		}
		return picture.Save(j.sheet, sheet)
	})
}

// each has the scenes dreamed behind a bar.
func (j *scenesJob) each(ctx context.Context, draw func(net *nn.Net, engine nn.Engine, scenes []dream.Preset, progress func(done, total int) error) error) error {
	net, err := j.load()
	if err != nil {
		return err
	}
	scenes, err := j.scenes(net)
	if err != nil {
		return err
	}
	engine, err := j.open(net)
	if err != nil {
		return err
	}
	defer engine.Close()
	bar := newBar(1, "dreaming")
	defer bar.close()
	return draw(net, engine, scenes, func(done, total int) error {
		bar.progress(int64(done), int64(total))
		return ctx.Err()
	})
}

// drawThumbs writes the thumbnails of the scenes into a folder, which it makes.
func (j *scenesJob) drawThumbs(ctx context.Context) error {
	return j.each(ctx, func(net *nn.Net, engine nn.Engine, scenes []dream.Preset, progress func(done, total int) error) error {
		if err := os.MkdirAll(j.thumbs, 0o755); err != nil {
			return err
		}
		return app.SceneThumbs(net, engine, scenes, j.thumbs, progress)
	})
}

// secondsFlag is an ascending list of times.
type secondsFlag struct{ to *[]float64 }

func (f secondsFlag) Type() string   { return "SECONDS,..." }
func (f secondsFlag) String() string { return "" }

func (f secondsFlag) Set(text string) error {
	*f.to = nil
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || !(v > 0 && v <= 1e6) {
			return fmt.Errorf("%q is not a number of seconds", part)
		}
		*f.to = append(*f.to, v)
	}
	slices.Sort(*f.to)
	return nil
}
