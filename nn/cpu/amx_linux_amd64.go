package cpu

import "golang.org/x/sys/unix"

// allowTiles asks the kernel for leave to use AMX, whose registers it otherwise keeps from programs for their size
// (Documentation/arch/x86/xstate.rst). It is refused where a thread's signal stack is too small for them; Go's are not.
func allowTiles() error {
	const requestPermission, tileData = 0x1023, 18 // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
	if _, _, err := unix.RawSyscall(unix.SYS_ARCH_PRCTL, requestPermission, tileData, 0); err != 0 {
		return err
	}
	return nil
}
