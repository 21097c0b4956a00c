// Package cli is the command line: one file a command, and flags_*.go for what several take.
package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"zalgoscope/app/picture"
	"zalgoscope/app/visible"
)

// version is that of the program.
var version string

// Main does what the program's name and arguments ask for, and returns the exit status.
func Main(program string) (status int) {
	version = program
	err := execute(stoppable())
	switch {
	case err == nil:
		return 0
	case errors.Is(err, context.Canceled):
		say("stopped")
		return stopped
	}
	complain(err)
	return 1
}

// execute runs the command that the program's name and arguments ask for.
func execute(ctx context.Context) error {
	args, err := arguments(os.Args)
	if err != nil {
		return err
	}
	picture.Warn = warn
	cobra.MousetrapHelpText = "" // on Windows a double click opens the studio
	cmd := root()
	cmd.SetArgs(args)
	return cmd.ExecuteContext(ctx)
}

// root is the command line; without a command it opens the studio.
func root() *cobra.Command {
	cmd := studioCommand()
	cmd.Version = version
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.PersistentPreRun = show
	cmd.AddCommand(dreamCommand(), replayCommand(), seeCommand(), layersCommand(), bendsCommand(), scenesCommand(), probeCommand(), netsCommand(), enginesCommand(), benchCommand(), keysCommand(), saverCommand(), settingsCommand(), shareCommand())
	return cmd
}

// show has all that a command prints pass through visible.Writer: names, labels and paths come from files
// that nobody vouches for.
func show(cmd *cobra.Command, _ []string) {
	cmd.Root().SetOut(visible.Writer(cmd.OutOrStdout()))
}

// say writes a line for people to the terminal; everything that is said there goes this way.
func say(text string) { fmt.Fprintln(os.Stderr, "zalgoscope:", visible.Line(text)) }

func warn(text string) { say("warning: " + text) }

// oneLine keeps an error to the one line that people read.
func oneLine(err error) string { return visible.Line(err.Error()) }
