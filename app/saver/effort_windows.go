package saver

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	kernel32       = windows.NewLazySystemDLL("kernel32.dll")
	getPowerStatus = kernel32.NewProc("GetSystemPowerStatus")
)

// Politely puts the process behind those of others.
func Politely() {
	// Without it the saver works too.
	_ = windows.SetPriorityClass(windows.CurrentProcess(), windows.BELOW_NORMAL_PRIORITY_CLASS)
}

type machine struct{}

// effort tells how much the saver may take now.
func (*machine) effort() Effort {
	// SYSTEM_POWER_STATUS begins with whether there is mains power: 0 no, 1 yes, 255 unknown.
	var status struct {
		mains, battery, percent, saving byte
		left, full                      uint32
	}
	if ok, _, _ := getPowerStatus.Call(uintptr(unsafe.Pointer(&status))); ok != 0 && status.mains == 0 {
		return Modest
	}
	return Full
}
