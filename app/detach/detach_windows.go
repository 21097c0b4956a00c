package detach

import (
	"os/exec"
	"syscall"
)

// Child keeps a console's interrupt from a process that is about to start, and it from opening a console.
func Child(cmd *exec.Cmd) {
	const noWindow = 0x08000000
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | noWindow}
}
