// Zalgoscope dreams live: it takes a trained image network, climbs the gradient of
// one of its layers on the picture itself, feeds the result back, and never stops.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the Makefile.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := execute(ctx)
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "zalgoscope: stopped")
		os.Exit(130)
	default:
		complain(err)
		os.Exit(1)
	}
}

// execute runs the command that the program's name and arguments ask for.
func execute(ctx context.Context) error {
	args, err := arguments(os.Args)
	if err != nil {
		return err
	}
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
	cmd.AddCommand(dreamCommand(), replayCommand(), seeCommand(), layersCommand(), bendsCommand(), probeCommand(), netsCommand(), enginesCommand(), benchCommand(), keysCommand(), saverCommand(), settingsCommand(), shareCommand())
	return cmd
}

// oneLine keeps an error to the one line that people read.
func oneLine(err error) string {
	return strings.Join(strings.Fields(err.Error()), " ")
}
