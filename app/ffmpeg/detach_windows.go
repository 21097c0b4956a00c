package ffmpeg

import (
	"os/exec"
	"syscall"
)

// detach keeps a console's interrupt from a child process.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
