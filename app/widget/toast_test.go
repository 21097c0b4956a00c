package widget

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"zalgoscope/app/visible"
)

// Notes are one line of bounded length, in which what steers a terminal shows.
func TestNotesShow(t *testing.T) {
	for name, s := range hostile(4000) {
		var n Toasts
		n.Warn(errors.New("app: "+s+"\nsecond line\x1b[2J"), time.Now())
		got := n.Texts()[0]
		if utf8.RuneCountInString(got) > visible.Most || got != visible.Text(got) || !strings.HasPrefix(got, "app: ") {
			t.Errorf("%s: the note is %q", name, got)
		}
	}
	var n Toasts
	n.Tell("opening a\u202egnp.exe\x1b[31m", time.Now())
	if got := n.Texts()[0]; got != `opening a\u202egnp.exe\x1b[31m` {
		t.Errorf("the note is %q", got)
	}
}
