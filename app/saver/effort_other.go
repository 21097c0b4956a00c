//go:build !linux

package saver

// Politely does nothing where it is not known how.
func Politely() {}

type load struct{}

func (*load) effort() Effort { return Full }
