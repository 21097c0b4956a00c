package cpu

import "golang.org/x/sys/unix"

// hasBF16 tells whether the processor has FEAT_BF16, as the kernel tells in the process's auxiliary vector.
func hasBF16() bool {
	const hwcap2, bf16 = 26, 1 << 14 // AT_HWCAP2 and HWCAP2_BF16 of Linux
	vector, err := unix.Auxv()
	if err != nil {
		return false
	}
	for _, entry := range vector {
		if entry[0] == hwcap2 {
			return entry[1]&bf16 != 0
		}
	}
	return false
}
