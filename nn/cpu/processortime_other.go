//go:build !unix

package cpu

import "time"

// processorTime is what this process has had of all processors, 0 where the system does not tell.
func processorTime() time.Duration { return 0 }
