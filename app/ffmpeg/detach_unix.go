//go:build unix

package ffmpeg

import (
	"os/exec"
	"syscall"
)

// detach keeps a terminal's interrupt from a child process.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
