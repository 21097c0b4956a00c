//go:build !unix

package midi

import "os"

func openRaw(path string) (*os.File, error) { return os.OpenFile(path, os.O_RDWR, 0) }
