//go:build arm64 && !linux && !darwin

package cpu

// hasBF16 is false where the system does not tell, as Windows does not.
func hasBF16() bool { return false }
