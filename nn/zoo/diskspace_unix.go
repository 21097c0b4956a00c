//go:build linux || darwin || freebsd

package zoo

import (
	"fmt"
	"syscall"
)

// checkDiskSpace refuses a download that the disk cannot hold.
func checkDiskSpace(dir string, bytes int64) error {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return nil // then writing will tell
	}
	if free := int64(s.Bavail) * int64(s.Bsize); free < bytes {
		return fmt.Errorf("needs %d MB, but %s has room for %d MB", bytes>>20, dir, free>>20)
	}
	return nil
}
