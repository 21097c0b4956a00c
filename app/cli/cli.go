// Package cli is the command line: one file a command, and flags_*.go for what several take.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"zalgoscope/app/picture"
	"zalgoscope/app/visible"
)

// Program is what the command line is of.
type Program struct {
	Version string
	Engines []Engine         // to choose from; the first is the processor's, which is always there
	Exit    func(status int) // ends the program at once, on any goroutine
}

// Main does what args say, the name by which the program was called first among them, and returns the exit status.
func (p *Program) Main(args []string) (status int) {
	err := p.execute(stoppable(p.Exit), args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		say("stopped")
		return stopped
	}
	complain(err, args)
	return 1
}

func (p *Program) execute(ctx context.Context, args []string) error {
	args, err := arguments(args)
	if err != nil {
		return err
	}
	picture.Warn = warn
	cobra.MousetrapHelpText = "" // on Windows a double click opens the studio
	cmd := p.Command()
	cmd.SetArgs(args)
	out := &output{to: os.Stdout}
	cmd.SetOut(out)
	return cmp.Or(cmd.ExecuteContext(ctx), out.err)
}

// output keeps the first error of what is printed, so that no command has to ask for it, and then is silent.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err == nil {
		_, o.err = o.to.Write(p)
	}
	return len(p), nil
}

// Command is the command line; without a command it opens the studio.
func (p *Program) Command() *cobra.Command {
	cmd := studioCommand(p)
	cmd.Version = p.Version
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.PersistentPreRun = show
	e := p.Engines
	cmd.AddCommand(
		dreamCommand(e), replayCommand(e), seeCommand(e), inputsCommand(), layersCommand(e), classesCommand(e), bendsCommand(e), scenesCommand(e), probeCommand(e), netsCommand(),
		enginesCommand(e), benchCommand(e), keysCommand(), addressesCommand(), midiCommand(), saverCommand(e), teachCommand(e), settingsCommand(), shareCommand(), outputCommand(), grimoireCommand(),
	)
	tellArguments(cmd)
	cmd.InitDefaultHelpCmd()
	for _, c := range cmd.Commands() {
		if c.Name() == "help" {
			c.Args = checkTopic
		}
	}
	return cmd
}

// checkTopic refuses help about what is no command, for which cobra takes any word to be the studio's input.
func checkTopic(cmd *cobra.Command, args []string) error {
	root := cmd.Root()
	if found, _, err := root.Find(args); err != nil || found != root || len(args) == 0 {
		return nil // of which cobra tells
	}
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		return fmt.Errorf("there is no command %q; is '%s help %s' meant?", args[0], root.Name(), near[0])
	}
	return fmt.Errorf("there is no command %q; '%s help' lists them", args[0], root.Name())
}

// tellArguments has a command and those below it show how they are called where they are not called so.
func tellArguments(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		if check := c.Args; check != nil {
			c.Args = func(c *cobra.Command, args []string) error {
				if check(c, args) != nil {
					return fmt.Errorf("it is called so: %s; '%s --help' tells more", c.UseLine(), c.CommandPath())
				}
				return nil
			}
		}
		tellArguments(c)
	}
}

// show has all that a command prints pass through visible.Writer: names, labels and paths come from files
// that nobody vouches for.
func show(cmd *cobra.Command, _ []string) {
	cmd.Root().SetOut(visible.Writer(cmd.OutOrStdout()))
}

// oneLine keeps an error to the one line that people read.
func oneLine(err error) string { return visible.Line(err.Error()) }
