package cli

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"gitlab.com/gomidi/midi/v2/drivers"

	"zalgoscope/app"
	"zalgoscope/app/control"
	"zalgoscope/app/control/midi"
	"zalgoscope/app/control/surface"
	"zalgoscope/app/visible"
)

// midiCommand prints what MIDI devices say, for who writes a map.
func midiCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "midi [PATH]",
		Short: "Show what MIDI devices say, and what that is mapped to",
		Long: `Show the MIDI devices that are there and come, and each control that is moved, as maps.toml names it, with what it is
mapped to; until Ctrl-C. PATH is a device whose bytes are read, such as /dev/snd/midiC1D0, or a pipe.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			open := midi.System
			if len(args) == 1 {
				open = midiAt(args[0])
			}
			return showMIDI(cmd.Context(), cmd.OutOrStdout(), open)
		},
	}
}

// midiAt opens the driver of the device at a path.
func midiAt(path string) func() (drivers.Driver, error) {
	return func() (drivers.Driver, error) { return midi.Raw(path), nil }
}

func showMIDI(ctx context.Context, out io.Writer, open func() (drivers.Driver, error)) error {
	own, err := app.ReadMaps()
	if err != nil {
		return err
	}
	driver, err := open()
	if err != nil {
		return err
	}
	s := surface.New(&control.Queue{})
	s.SetMaps(own)
	var mu sync.Mutex // of what is written
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(out, format+"\n", args...)
	}
	d := midi.Open(driver, func(device string, in surface.Input, _ time.Time) {
		to := "-"
		for _, b := range s.Bindings(device) {
			if b.Control == in.Control {
				to = b.To()
			}
		}
		say("%-20s  %-16s  %5d  %s", visible.Short(visible.Line(device), 20), in.Control, in.Raw, visible.Line(to))
	}, func(n midi.Note) {
		switch name := visible.Line(n.Device); {
		case n.Err != nil:
			say("%s", visible.Line(n.Err.Error()))
		case n.Gone:
			say("%s is gone", name)
		default:
			say("%s is heard; %d of its controls are mapped", name, len(s.Bindings(n.Device)))
		}
	})
	defer d.Close()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case now := <-tick.C:
			d.Flush(now)
		}
	}
}
