package main

import (
	"errors"

	"github.com/spf13/cobra"
)

func studioCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "zalgoscope [IMAGE]",
		Short: "Dream live: image networks turned round",
		Args:  cobra.MaximumNArgs(1),
		RunE:  func(*cobra.Command, []string) error { return errors.New("the studio is not there yet") },
	}
}
