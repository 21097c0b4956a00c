//go:build amd64 && !linux

package cpu

import "errors"

// allowTiles does not know how to ask other systems than Linux for leave to use AMX.
func allowTiles() error { return errors.New("it is not known how to ask this one") }
