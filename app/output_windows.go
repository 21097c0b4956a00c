package app

import (
	"os/exec"
	"syscall"
)

// alone keeps a process from a console's interrupt and from opening a console.
func alone(cmd *exec.Cmd) {
	const noWindow = 0x08000000
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | noWindow}
}
