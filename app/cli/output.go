package cli

import (
	"os"
	"os/exec"
	"strconv"

	"github.com/spf13/cobra"

	"zalgoscope/app"
)

// outputCommand is the studio's second window, which the studio starts by itself.
func outputCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "output MONITOR",
		Short:  "Show the frames that a studio writes to the standard input",
		Args:   cobra.ExactArgs(1),
		Hidden: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			studio, err := strconv.Atoi(args[0])
			if err != nil {
				return err
			}
			return app.Output(cmd.InOrStdin(), studio)
		},
	}
}

// secondWindow is that command for a studio on the monitor of a number.
func secondWindow(monitor int) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	return exec.Command(program, "output", strconv.Itoa(monitor))
}
