package ffmpeg

import (
	"os/exec"
	"syscall"
)

// detach keeps a console's interrupt from a child process, and the child from opening a console.
func detach(cmd *exec.Cmd) {
	const noWindow = 0x08000000
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | noWindow}
}
