//go:build unix

package midi

import (
	"os"
	"syscall"
)

// openRaw opens a device so that closing it ends reading.
func openRaw(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|syscall.O_NONBLOCK, 0)
}
