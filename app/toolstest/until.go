package toolstest

import (
	"testing"
	"time"
)

// Patience is how long a test waits for what has to come: long, as the machine may have much else to do.
const Patience = 3 * time.Minute

// Until waits until something is so, and fails the test where that does not come.
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(Patience); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// Ends fails the test where what is done does not end.
func Ends(t testing.TB, what string, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); do() }()
	select {
	case <-done:
	case <-time.After(Patience):
		t.Fatalf("%s does not end", what)
	}
}
