//go:build amd64 && !linux

package cpu

// allowTiles does not know how to ask other systems than Linux for leave to use AMX.
func allowTiles() bool { return false }
