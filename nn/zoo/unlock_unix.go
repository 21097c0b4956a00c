//go:build unix

package zoo

import "os"

// unlock removes the file while it is locked, so that nobody locks what is gone.
func unlock(f *os.File) {
	os.Remove(f.Name())
	f.Close()
}
