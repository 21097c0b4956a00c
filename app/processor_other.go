//go:build !unix

package app

import "time"

// processorTime is what this program has taken of the processors; here nobody asks.
func processorTime() time.Duration { return 0 }
