package zoo

import "os"

// unlock removes the file unless somebody else has opened it since.
func unlock(f *os.File) {
	f.Close()
	os.Remove(f.Name())
}
