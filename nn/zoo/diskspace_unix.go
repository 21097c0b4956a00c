//go:build linux || darwin || freebsd

package zoo

import "syscall"

// freeSpace is how many bytes fit on the disk of a folder.
func freeSpace(dir string) (bytes int64, ok bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true
}
