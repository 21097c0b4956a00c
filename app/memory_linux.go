package app

import (
	"bufio"
	"fmt"
	"os"
)

// available is the memory that a program may still take, in bytes.
func available() float64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return assumedFree
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kib float64
		if n, _ := fmt.Sscanf(lines.Text(), "MemAvailable: %f", &kib); n == 1 {
			return kib * 1024
		}
	}
	return assumedFree
}
