//go:build !linux

package app

import "time"

// threadTime is the time, where what a thread takes is not known.
func threadTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
