//go:build unix

package detach

import (
	"os/exec"
	"syscall"
)

// Child keeps a terminal's interrupt from a process that is about to start, which ends when we end it.
func Child(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
