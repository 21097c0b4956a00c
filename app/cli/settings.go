package cli

import (
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"zalgoscope/app/saver"
)

// settingsFile is where the settings of the Windows screensaver are.
func settingsFile() string { return filepath.Join(xdg.ConfigHome, "zalgoscope", "saver.toml") }

// settingsCommand opens the settings in the system's editor.
func settingsCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "settings",
		Short:  "Open the screensaver's settings in an editor",
		Args:   cobra.NoArgs,
		Hidden: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := settingsFile()
			if err := saver.WriteSettings(path); err != nil {
				return err
			}
			if err := exec.CommandContext(cmd.Context(), "notepad.exe", path).Run(); err != nil {
				return fmt.Errorf("the settings are in %s; opening them: %w", path, err)
			}
			return nil
		},
	}
}
