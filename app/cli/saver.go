package cli

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zalgoscope/app"
	"zalgoscope/app/saver"
	"zalgoscope/nn"
)

// saverName is the name under which the program is a screensaver at once, as a hack of
// XScreenSaver has to be.
const saverName = "zalgoscope-saver"

// saverJob is what the saver command was asked for.
type saverJob struct {
	netFlags
	engineFlags
	options saver.Options
	root    bool
	window  string
	display string
	windows bool
	file    string // of settings
}

func saverCommand(engines []Engine) *cobra.Command {
	j := &saverJob{options: saver.Defaults()}
	cmd := &cobra.Command{
		Use:   "saver",
		Short: "Be the screensaver: a dream that wanders by itself, on every monitor",
		Long: `Be the screensaver: a dream that wanders by itself, on every monitor, until a key, a click
or a move of the mouse. With --root, --window-id or the environment's XSCREENSAVER_WINDOW it draws
into that window instead, as XScreenSaver, mate-screensaver and xfce4-screensaver want it.
Long options may have one dash or two.`,
		Example: `  zalgoscope saver --words 'tarantula, coral' --speed 0.5
  zalgoscope saver --images ~/Pictures`,
		Args:               cobra.ArbitraryArgs, // told apart from flags below
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			fs := cmd.Flags()
			args = twoDashes(fs, args)
			if err := fs.Parse(args); err != nil {
				return err
			}
			if help, err := fs.GetBool("help"); help || err != nil {
				return errors.Join(cmd.Help(), err)
			}
			if j.file != "" {
				// The command line counts more than the file, to whose lists it adds.
				j.options.Bend, j.options.Mod = "", ""
				if err := errors.Join(saver.ReadSettings(j.file, &j.options), fs.Parse(args)); err != nil {
					return err
				}
			}
			if fs.NArg() > 0 {
				return fmt.Errorf("the saver takes no %q", fs.Arg(0))
			}
			return j.run(cmd)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	saverFlags(fs, &j.options)
	fs.Uint64Var(&j.options.Seed, "seed", 0, "seed of the way that it goes; 0 for another one each time")
	fs.BoolVar(&j.options.Flashes, "flashes", false, "leave flashes in: by default flicker that can cause seizures is filtered out")
	fs.BoolVar(&j.root, "root", false, "draw into XSCREENSAVER_WINDOW, or the root window where that is not set")
	fs.StringVar(&j.window, "window-id", "", "draw into this window, given in decimal or as 0x...")
	fs.StringVar(&j.display, "display", "", "X display, instead of that of the environment")
	fs.StringVar(&j.file, "settings", "", "take the knobs from this file, TOML with the names of the flags")
	fs.BoolVar(&j.windows, "no-x11", false, "open a window as on systems without X11")
	_ = fs.MarkHidden("no-x11")
	j.netFlags.register(cmd)
	j.usual = nn.Fast
	j.engineFlags.register(cmd, engines)
	return cmd
}

// saverFlags makes a flag of every row of the saver's table.
func saverFlags(fs *pflag.FlagSet, o *saver.Options) {
	for i := range saver.Knobs {
		k := &saver.Knobs[i]
		switch {
		case k.Number != nil:
			fs.Float64Var(k.Number(o), k.Name, k.Default, fmt.Sprintf("%s (%g to %g)", k.Help, k.Min, k.Max))
			fs.Var(&partsFlag{k.Number(o), k.Parts}, k.Whole(), k.Help)
			_ = fs.MarkHidden(k.Whole())
		case k.Text != nil && k.List:
			fs.Var(&listFlag{text: k.Text(o)}, k.Name, k.Help+"; may be given again and again")
		case k.Text != nil:
			fs.StringVar(k.Text(o), k.Name, *k.Text(o), k.Help)
		case k.Switch != nil:
			fs.BoolVar(k.Switch(o), k.Name, false, k.Help)
		}
	}
}

// partsFlag sets a number by whole parts of one, such as percent.
type partsFlag struct {
	number *float64
	parts  int
}

func (f *partsFlag) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("%q is no whole number", text)
	}
	*f.number = float64(n) / float64(f.parts)
	return nil
}

func (f *partsFlag) String() string {
	if f.number == nil {
		return "" // as pflag asks of a flag without a value
	}
	return strconv.Itoa(int(math.Round(*f.number * float64(f.parts))))
}

func (f *partsFlag) Type() string { return "int" }

// twoDashes gives the long options that have one dash another one.
func twoDashes(fs *pflag.FlagSet, args []string) []string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = a
		name, _, _ := strings.Cut(strings.TrimPrefix(a, "-"), "=")
		if strings.HasPrefix(a, "-") && len(name) > 1 && name[0] != '-' && fs.Lookup(name) != nil {
			out[i] = "-" + a
		}
	}
	return out
}

func (j *saverJob) run(cmd *cobra.Command) error {
	t := saver.Target{Display: j.display, Root: j.root}
	if cmd.Flags().Changed("window-id") {
		var err error
		if t.Window, err = saver.ParseWindow(j.window); err != nil {
			return err
		}
	}
	if err := t.FromEnvironment(); err != nil {
		return err
	}
	if !j.windows && !saver.CanDraw(t) && !displayed() {
		return errors.New("there is no display for the saver")
	}
	if j.options.Seed == 0 {
		j.options.Seed = uint64(os.Getpid())
	}
	if j.display != "" && j.options.Begin == saver.Desktop { // which is grabbed by another program
		if err := os.Setenv("DISPLAY", j.display); err != nil {
			return err
		}
	}
	cfg := saver.Config{Options: j.options, Open: j.openSaver}
	if j.windows || !saver.CanDraw(t) {
		return app.Saver(cmd.Context(), cfg)
	}
	return saver.Run(cmd.Context(), cfg, t)
}

// openSaver leaves room for the display, and takes the processor for a preview, where a
// graphics card would only cost the time to get it going.
func (j *saverJob) openSaver(preview bool) (*nn.Net, nn.Engine, error) {
	net, err := j.load()
	if err != nil {
		return nil, nil, err
	}
	f := j.engineFlags
	if f.threads == 0 {
		f.threads = app.Threads()
	}
	if preview && f.engine == "auto" {
		f.engine = f.engines[0].Name
	}
	engine, err := f.open(net)
	return net, engine, err
}
