//go:build !windows

package app

import (
	"os/exec"
	"syscall"
)

// alone keeps a terminal's interrupt from a process, which ends by itself.
func alone(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
