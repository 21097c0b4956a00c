package cli

import (
	"strings"
	"testing"
	"time"

	"zalgoscope/app/teach"
)

// terminalShows is what a terminal of 80 columns shows of a text, line by line: characters, ends of line, and erasing from the cursor or the whole line.
func terminalShows(t *testing.T, text string) (lines []string) {
	t.Helper()
	line, at := []rune{}, 0
	for i, rest := 0, []rune(text); i < len(rest); i++ {
		switch r := rest[i]; {
		case r == '\n':
			lines, line, at = append(lines, strings.TrimRight(string(line), " ")), nil, 0
		case r == '\r':
			at = 0
		case strings.HasPrefix(string(rest[i:]), "\x1b[K"):
			line, i = line[:min(at, len(line))], i+2
		case strings.HasPrefix(string(rest[i:]), "\x1b[2K"):
			line, i = nil, i+3
		case r == '\x1b':
			t.Fatalf("unknown: %q", text)
		default:
			for len(line) <= at {
				line = append(line, ' ')
			}
			line[at] = r
			if at++; at == 80 {
				lines, line, at = append(lines, strings.TrimRight(string(line), " ")), nil, 0
			}
		}
	}
	return append(lines, strings.TrimRight(string(line), " "))
}

// What is said while a bar or a lesson tells how far it is has a line of its own, and nothing of them stays.
func TestSaysAboveProgress(t *testing.T) {
	for name, work := range map[string]func(said func()){
		"a bar": func(said func()) {
			b := drawnBar(10, "dreaming what takes a while")
			b.set(1)
			said()
			b.progress(2, 20)
			said()
			b.close()
		},
		"a lesson": func(said func()) {
			l := lessonLine{live: true}
			_ = l.step(teach.Progress{Epoch: 1})
			said()
			said()
			l.last = l.last.AddDate(0, 0, -1)
			_ = l.step(teach.Progress{Epoch: 20, Epochs: 100, Loss: 2.345, Accuracy: 0.5, Rate: 1234, Left: 3*time.Hour + time.Second, History: make([]teach.Epoch, 1)})
			endProgress()
		},
	} {
		got := terminalShows(t, stderr(t, func() { work(func() { warn("something") }) }))
		want := []string{"zalgoscope: warning: something", "zalgoscope: warning: something", ""}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: the terminal shows %q, want %q", name, got, want)
		}
	}
}
