//go:build !unix

package nn

import "time"

// ProcessorTime is what this process has had of all processors, 0 where the system does not tell.
func ProcessorTime() time.Duration { return 0 }
