//go:build unix

package nn

import (
	"syscall"
	"time"
)

// ProcessorTime is what this process has had of all processors, 0 where the system does not tell.
func ProcessorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
