package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"zalgoscope/app/beside"
	"zalgoscope/app/picture"
	"zalgoscope/app/teach"
	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
	"zalgoscope/nn/save"
)

// Names that --from takes beside those of nets.
const (
	fromScratch = "scratch"
	fromWide    = "wide"
)

// teachJob is what the teach command was asked for.
type teachJob struct {
	engineFlags
	out     string
	from    string
	side    int
	epochs  int
	minutes float64
	robust  float64
	classes int
	seed    uint64
	mirror  bool
	by      string
}

func teachCommand(engines []Engine) *cobra.Command {
	j := &teachJob{}
	cmd := &cobra.Command{
		Use:   "teach FOLDER",
		Short: "Teach a net your own pictures, and dream what it learnt",
		Long: `Teach a net the pictures of a folder and write it as an ONNX file, which opens here as any net and elsewhere too. The
folder has a subfolder for each class, or two, train and test, that have; pictures that lie in no subfolder are grouped by
likeness. A tenth of each class is put aside to try what the net has learnt. Files that are no pictures are named and skipped.

Beside NAME.onnx comes NAME.report.png: the curves, what was taken for what, and what each class dreams. Ctrl-C writes the net as
it is, but over none that stood there before; the same command goes on from there, and after a kill from at most a minute before.

Decoded pictures and checkpoints lie in the cache folder; nothing else is written.`,
		Example: `  zalgoscope teach ~/holiday -o holiday.onnx                     # 20 minutes from menagerie
  zalgoscope teach cats-and-dogs -o pets.onnx --minutes 60 --robust 2
  zalgoscope teach paintings -o paintings.onnx --from scratch --size 96 --epochs 40
  zalgoscope dream static -o out.png --net holiday.onnx`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return j.run(cmd.Context(), args[0]) },
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.StringVarP(&j.out, "output", "o", "", "the net to write, NAME.onnx")
	fs.StringVar(&j.from, "from", assets.DefaultNet, "what to go on from: a net by name or file, scratch for its architecture with random weights, or wide for one twice as wide")
	fs.IntVar(&j.side, "size", 64, "side of the pictures that are learnt, 64 to 160 pixels")
	fs.IntVar(&j.epochs, "epochs", 0, "times that all pictures are shown; 0 for as many as go into --minutes")
	fs.Float64Var(&j.minutes, "minutes", 20, "how long to learn")
	fs.Float64Var(&j.robust, "robust", 0, "learn from pictures changed against the net by so much of 255, such as 2, which makes dreams painterly and takes twice as long")
	fs.BoolVar(&j.mirror, "mirror", true, "show pictures mirrored too; --mirror=false for letters, signs and all that has a left and a right")
	fs.IntVar(&j.classes, "classes", 0, "groups to make of pictures in no subfolders; 0 for as many as stand apart")
	fs.Uint64Var(&j.seed, "seed", 1, "seed of all that is random; the same, with --epochs, as many threads and the same precision, gives the same net")
	fs.StringVar(&j.by, "optimiser", "sgd", "how to step: sgd, with Nesterov's momentum, or adamw")
	fs.StringVar(&j.precision, "precision", "auto", "what is multiplied in: "+precisions+"the faster that it has")
	fs.IntVar(&j.threads, "threads", 0, "threads; 0 for one a core")
	j.engines = engines
	return cmd
}

// check refuses what makes no sense before anything is read.
func (j *teachJob) check() error {
	switch {
	case j.out == "":
		return errors.New("name the net to write: -o NAME.onnx")
	case strings.ToLower(filepath.Ext(j.out)) != ".onnx":
		return fmt.Errorf("-o is %q, but a net's name ends in .onnx", j.out)
	case j.side < 64 || j.side > 160:
		return fmt.Errorf("--size is %d, but must be 64 to 160", j.side)
	case j.epochs < 0 || j.epochs > 10000:
		return fmt.Errorf("--epochs is %d, but must be 0 to 10000", j.epochs)
	case !(j.minutes > 0 && j.minutes <= 10000):
		return fmt.Errorf("--minutes is %g, but must be above 0", j.minutes)
	case !(j.robust >= 0 && j.robust <= 32):
		return fmt.Errorf("--robust is %g, but must be 0 to 32", j.robust)
	case j.classes < 0 || j.classes == 1:
		return fmt.Errorf("--classes is %d, but must be 2 or more", j.classes)
	case j.by != "sgd" && j.by != "adamw":
		return fmt.Errorf("--optimiser is %q, but must be sgd or adamw", j.by)
	case j.precision != "auto" && j.precision != string(nn.FP32) && j.precision != string(nn.BF16):
		return fmt.Errorf("--precision is %q, but must be auto, fp32 or bf16", j.precision)
	case j.threads < 0:
		return fmt.Errorf("--threads is %d, but must be 0 or more", j.threads)
	case j.engines[0].Learn == nil:
		return errors.New("nothing here can learn")
	}
	return beside.Check(j.out)
}

func (j *teachJob) run(ctx context.Context, folder string) error {
	if err := j.check(); err != nil {
		return err
	}
	options, err := j.options()
	if err != nil {
		return err
	}
	set, err := j.set(ctx, folder)
	if err != nil {
		return err
	}
	defer set.Close()
	show := &lessonLine{live: onTerminal()}
	options.Step, options.Epoch = show.step, show.epoch
	options.Guarded = exists(j.out)
	lesson, err := teach.Begin(set, options)
	if err != nil {
		return err
	}
	defer lesson.Close()
	if _, err := save.ONNX(lesson.Net(), nil); err != nil {
		return err
	}
	at := lesson.Progress()
	text := fmt.Sprintf("%d pictures of %d classes, %s", len(set.Pictures), len(set.Classes), teach.Epochs(at.Epochs))
	if at.Step > 0 {
		text += fmt.Sprintf("; going on after %d of %d steps", at.Step, at.Steps)
	}
	say(text)
	if err := j.learn(ctx, lesson, show); err != nil {
		return err
	}
	if err := j.report(ctx, lesson); err != nil {
		return err
	}
	lesson.Forget()
	return nil
}

// learn has the lesson learn and writes the net, also of one that is stopped.
func (j *teachJob) learn(ctx context.Context, lesson *teach.Lesson, show *lessonLine) error {
	kept := keep()
	defer kept()
	err := lesson.Run(ctx)
	endProgress()
	if err == nil {
		return j.write(lesson)
	}
	if errors.Is(err, context.Canceled) && lesson.Progress().Step > 0 {
		if err := j.soFar(lesson); err != nil {
			return err
		}
	}
	return err
}

// options are what the lesson goes on from.
func (j *teachJob) options() (teach.Options, error) {
	o := teach.Options{
		Origin: j.from, Side: j.side, Epochs: j.epochs, Time: time.Duration(j.minutes * float64(time.Minute)), Robust: j.robust,
		Seed: j.seed, Threads: j.threads, Open: j.engines[0].Learn, Warn: warn, Keep: teach.KeepFile(j.out), Variety: teach.Usual(),
	}
	o.Variety.Flip, o.Adam = j.mirror, j.by == "adamw"
	o.Precision = nn.Precision(j.precision)
	if j.precision == "auto" {
		o.Precision = nn.Fast
	}
	if j.from == fromScratch || j.from == fromWide {
		o.Scratch, o.Wide, o.Origin = true, 1, assets.DefaultNet
		if j.from == fromWide {
			o.Wide = 2
		}
	}
	net, err := loadNet(o.Origin, load.Options{Warn: warn})
	if err != nil {
		return o, fmt.Errorf("--from: %w", err)
	}
	o.From, o.Origin = net, netName(o.Origin)+" "+netSum(o.Origin)
	return o, nil
}

// set gathers the folder's pictures.
func (j *teachJob) set(ctx context.Context, folder string) (*teach.Set, error) {
	f, err := teach.Look(folder)
	if err != nil {
		return nil, err
	}
	if text := f.Warning(); text != "" {
		warn(text)
	}
	if !f.Flat && j.classes > 0 {
		return nil, errors.New("--classes is for pictures in no subfolders; here each subfolder is a class")
	}
	bar := newBar(1, "opening pictures")
	quiet := picture.Warn
	picture.Warn = func(string) {}
	set, err := teach.OpenSet(ctx, f, j.side, func(done, total int) { bar.progress(int64(done), int64(total)) })
	picture.Warn = quiet
	bar.close()
	if err != nil {
		return nil, err
	}
	const most = 5
	for i, s := range set.Skipped {
		if i == most {
			warn(fmt.Sprintf("%d more files are skipped", len(set.Skipped)-most))
			break
		}
		warn("skipped: " + s)
	}
	return set.Sorted(f, func() error { return j.group(ctx, set) })
}

// group sorts pictures by likeness, as the built-in net sees it.
func (j *teachJob) group(ctx context.Context, set *teach.Set) error {
	net, err := loadNet(assets.DefaultNet, load.Options{})
	if err != nil {
		return err
	}
	engine, err := j.engines[0].Open(net, EngineOptions{Threads: j.threads, Say: say})
	if err != nil {
		return err
	}
	defer engine.Close()
	if err := set.Group(ctx, net, engine, j.classes, j.seed); err != nil {
		return err
	}
	counts := make([]int, len(set.Classes))
	for _, p := range set.Pictures {
		counts[p.Class]++
	}
	for c, name := range set.Classes {
		say(fmt.Sprintf("%d pictures %s", counts[c], name))
	}
	return nil
}

// soFar writes the net of a lesson that is stopped, over none that stood there when it began.
func (j *teachJob) soFar(lesson *teach.Lesson) error {
	if lesson.Guarded && exists(j.out) {
		say(j.out + " stays the net that it was; the same command goes on, and replaces it when all is learnt")
		return nil
	}
	if err := j.write(lesson); err != nil {
		return err
	}
	say("the net so far is in " + j.out + "; the same command goes on")
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// write writes the net as it is.
func (j *teachJob) write(lesson *teach.Lesson) error {
	data, err := save.ONNX(lesson.Net(), lesson.Properties())
	if err != nil {
		return err
	}
	return beside.Write(j.out, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

func (j *teachJob) report(ctx context.Context, lesson *teach.Lesson) error {
	net := lesson.Net()
	engine, err := j.engines[0].Open(net, EngineOptions{Threads: j.threads, Say: say})
	if err != nil {
		return err
	}
	defer engine.Close()
	dreams, err := teach.Dreams(net, engine, teach.MostDreams, ctx.Err)
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(j.out, filepath.Ext(j.out)) + ".report.png"
	if err := picture.Save(path, lesson.Report(dreams)); err != nil {
		return err
	}
	say(fmt.Sprintf("%s and %s are written", j.out, path))
	return nil
}
