package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"runtime"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"zalgoscope/app"
	"zalgoscope/app/control/midi"
	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/app/stream"
	"zalgoscope/nn"
)

// studioJob is what the program was asked for without a command.
type studioJob struct {
	netFlags
	engineFlags
	program           *Program
	settings          dream.Settings
	seed              uint64
	fresh, fullScreen bool
	sound, chat       string
	chatBlock         []string
	midi              string
	osc               uint16
	oscListen         string
	stream            string
	streamSound       string
}

func studioCommand(p *Program) *cobra.Command {
	j := &studioJob{program: p, settings: dream.Defaults()}
	cmd := &cobra.Command{
		Use:   "zalgoscope [INPUT]",
		Short: "Dream live: image networks turned round",
		Long: `Zalgoscope turns an image network round: it climbs the gradient of one of its layers on the
picture itself, feeds the result back, zooms, and never stops. Without a command it opens the studio,
a window where every knob turns the dream while it runs. INPUT is a picture, a film, a folder of pictures, or what
'zalgoscope inputs' lists: a camera, the screen, a stream.`,
		Args: cobra.MaximumNArgs(1), SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkInput(cmd, args); err != nil {
				return err
			}
			return j.run(cmd.Context(), cmd.Flags(), args)
		},
	}
	fs := cmd.Flags()
	fs.SortFlags = false
	fs.BoolVar(&j.fresh, "fresh", false, "ignore the last session's knobs")
	fs.BoolVar(&j.fullScreen, "full-screen", false, "begin with the canvas on the whole screen")
	fs.StringVar(&j.sound, "sound", "computer", "what modulators such as zoom=bass:0:0.2 listen to: computer (what it plays), microphone, off, or a source of the sound server")
	fs.StringVar(&j.chat, "chat", "", "let a chat vote for what is dreamed: twitch:NAME, read without an account, or irc://HOST[:PORT]/CHANNEL")
	fs.StringSliceVar(&j.chatBlock, "chat-block", nil, "words that the chat cannot vote for, with commas between")
	fs.StringVar(&j.midi, "midi", "on", "be played by MIDI devices: on, off, or the path of one whose bytes are read, such as /dev/snd/midiC1D0 or a pipe")
	fs.Uint16Var(&j.osc, "osc", 0, "be played by OSC on this UDP port, such as 9000; see 'zalgoscope addresses'")
	fs.StringVar(&j.oscListen, "osc-listen", "127.0.0.1", "address of this machine at which OSC is heard; 0.0.0.0 lets in everybody on the network")
	fs.StringVar(&j.stream, "stream", "", "send the dream as it comes: rtmp://, rtmps://, srt://, udp:// or tcp://, a file of .ts, .flv or .mkv, or on Linux a v4l2loopback camera such as /dev/video9")
	fs.StringVar(&j.streamSound, "stream-sound", "", "file whose sound goes along with the stream, over and over; silence where not given")
	fs.Uint64Var(&j.seed, "seed", 1, "seed of the jitter and of static and clouds")
	knobFlags(fs, &j.settings)
	j.netFlags.register(cmd)
	j.usual = nn.Fast
	j.engineFlags.register(cmd, p.Engines)
	return cmd
}

func (j *studioJob) run(ctx context.Context, flags *pflag.FlagSet, args []string) error {
	if !displayed() {
		return errors.New("there is no display for the studio; 'zalgoscope dream IMAGE -o OUT.png' dreams without one")
	}
	c := app.Config{
		Context: ctx,
		Output:  secondWindow,
		Open:    j.openLive, Load: j.loadLive, Recall: j.recallLive, Learn: j.program.Engines[0].Learn, Seed: j.seed, Fresh: j.fresh, FullScreen: j.fullScreen, Program: j.program.Version, Exit: func() { j.program.Exit(0) },
		Adjust: func(s *dream.Settings) { adjust(flags, "", &j.settings, s) },
	}
	c.Sound, c.Chat, c.ChatBlock = j.sound, j.chat, j.chatBlock
	c.Stream, c.StreamSound = j.stream, j.streamSound
	if j.stream != "" {
		if err := stream.Check(j.stream); err != nil {
			return err
		}
	}
	switch j.midi {
	case "off":
	case "on":
		c.MIDI = midi.System
	default:
		if _, err := os.Stat(j.midi); err != nil {
			return fmt.Errorf("--midi is on, off, or the path of a device: %w", err)
		}
		c.MIDI = midiAt(j.midi)
	}
	if j.osc != 0 {
		c.OSC = net.JoinHostPort(j.oscListen, fmt.Sprint(j.osc))
	}
	if len(args) == 1 {
		c.StartFile = args[0]
	}
	var err error
	if c.Net, err = j.load(); err != nil {
		return err
	}
	c.NetID = j.identity()
	return app.Run(c)
}

// checkInput refuses an input that cannot be opened: the window opens before a picture is decoded, but not for one that
// cannot be. A word that is nearly a command's is taken for one.
func checkInput(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || slices.Contains(dream.MadeNames(), args[0]) {
		return nil
	}
	err := app.CheckStart(args[0])
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("there is neither a command nor a file %q; is '%s %s' meant?", args[0], cmd.Name(), near[0])
	}
	return fmt.Errorf("there is no file %q; '%s inputs' lists what else can be dreamed of", args[0], cmd.Name())
}

// displayed tells whether windows can be opened.
func displayed() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// openLive leaves room for the window.
func (j *studioJob) openLive(net *nn.Net) (nn.Engine, error) {
	f := j.engineFlags
	if f.threads == 0 {
		f.threads = app.Threads()
	}
	return f.open(net)
}

// recallLive reads the net that a recipe names, looked for in folders.
func (j *studioJob) recallLive(want record.Net, folders []string) (*nn.Net, record.Net, error) {
	spec, err := recall(want, folders...)
	if err != nil {
		return nil, record.Net{}, err
	}
	return j.loadLive(spec)
}

// loadLive reads a net that was dropped on the window.
func (j *studioJob) loadLive(spec string) (*nn.Net, record.Net, error) {
	f := netFlags{net: spec} // what the flags say of an input is about the net that they name
	net, err := f.load()
	if err != nil {
		return nil, record.Net{}, err
	}
	return net, f.identity(), nil
}
