package cpu

import "golang.org/x/sys/unix"

// hasBF16 tells whether the processor has FEAT_BF16: from Apple's M2 on.
func hasBF16() bool {
	v, err := unix.SysctlUint32("hw.optional.arm.FEAT_BF16")
	return err == nil && v != 0
}
