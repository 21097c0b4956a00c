//go:build !linux && !windows

package saver

// Politely does nothing where it is not known how.
func Politely() {}

type machine struct{}

func (*machine) effort() Effort { return Full }
