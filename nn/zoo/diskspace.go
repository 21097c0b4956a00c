package zoo

import "fmt"

// checkDiskSpace refuses a download that the disk cannot hold. Where nothing is known of it, writing will tell.
func checkDiskSpace(dir string, bytes int64) error {
	if free, ok := freeSpace(dir); ok && free < bytes {
		return fmt.Errorf("needs %d MB, but %s has room for %d MB", bytes>>20, dir, free>>20)
	}
	return nil
}
