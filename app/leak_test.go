package app

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// leaks reports goroutines of this program that are still there when the window has
// been closed and everything ended. The toolkit's own and the reader of requests may stay.
func leaks() error {
	var left []string
	for range 600 {
		buf := make([]byte, 1<<20)
		left = left[:0]
		for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "zalgoscope/") && !strings.Contains(g, "app.leaks") && !strings.Contains(g, "runChild.func") {
				left = append(left, g)
			}
		}
		if len(left) == 0 {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return fmt.Errorf("%d goroutines are left after closing:\n%s", len(left), strings.Join(left, "\n\n"))
}
