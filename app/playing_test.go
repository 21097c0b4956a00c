//go:build unix

package app

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"zalgoscope/app/toolstest"
)

// pipe is a MIDI device that speaks by a pipe, for a window's process.
func pipe(t testing.TB) (path string, say func(b ...byte)) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "box")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := os.OpenFile(path, os.O_RDWR, 0) // so that neither end waits for the other
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return path, func(b ...byte) {
		t.Helper()
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLearnInWindow teaches faders, pads and keys by the mouse, plays by them, and panics.
func TestLearnInWindow(t *testing.T) {
	path, say := pipe(t)
	w := openManaged(t, "small", usual, 30, midiVar+"="+path)
	w.dreaming()
	w.until("the device is heard", func(s state) bool { return s.told("MIDI: box") })
	w.move(at(w.slider("zoom").Rect, 0.5))
	w.rightClick()
	w.until("zoom has a modulator", func(s state) bool { return s.Editing == "zoom" && !s.Spots["learn"].Empty() && settled(s) })
	w.press("learn")
	w.until("it waits for a control", func(s state) bool { return s.told("touch a fader") && s.Want.Mod == "" && s.Editing == "" })
	say(0xb0, 70, 1, 70, 2, 70, 3)
	w.until("it is learnt", func(s state) bool { return s.told("cc 1 70 of box is /knob/zoom") })
	say(0xb0, 70, 127)
	w.until("the fader turns zoom", func(s state) bool { return s.Want.Zoom == 0.5 })
	w.move(mid(w.slider("zoom").Rect))
	w.until("the slider says what turns it", func(s state) bool { return strings.Contains(s.Hint, "turned by box cc 1 70") })
	w.press("learn random")
	w.until("it waits for a key", func(s state) bool { return s.told("touch a fader") })
	w.key("n") // which has its own use
	w.until("that is told", func(s state) bool { return s.told("has its own use") })
	w.key("F2")
	w.until("the key is learnt", func(s state) bool { return s.told("key F2 of keyboard is /scene/random") })
	before := w.state().Preset
	w.key("F2")
	w.until("the key goes to another scene", func(s state) bool { return s.Preset != before })
	w.press("learn tap")
	w.shot("learn")
	w.key("Escape")
	s := w.until("Esc ends it", func(s state) bool { return s.told("nothing is learnt") })
	if s.Folded {
		t.Error("Esc has folded the panel as well")
	}
	w.press("4 beats")
	w.shot("play")
	w.move(at(w.slider("zoom").Rect, 0.5))
	w.rightClick()
	w.until("zoom has a modulator", func(s state) bool { return s.Want.Mod != "" })
	w.key("q")
	w.until("panic takes it off", func(s state) bool { return s.Want.Mod == "" && s.told("all modulators off") })
	w.close()
}

// TestRangeInWindow has zoom follow a band of one's own, whose limits are dragged where its modulator is; what sound moves
// has no rate.
func TestRangeInWindow(t *testing.T) {
	t.Setenv("PULSE_SERVER", "unix:/nowhere")
	w := openManaged(t, "small", usual, 30)
	w.dreaming()
	has := func(s state, name string) bool { return slices.Contains(s.Sliders, name) }
	w.move(at(w.slider("zoom").Rect, 0.5))
	w.rightClick()
	w.until("zoom has a modulator", func(s state) bool {
		return s.Editing == "zoom" && has(s, "rate") && !s.Spots["range"].Empty() && settled(s)
	})
	w.press("range")
	s := w.until("the range has its limits, and no rate", func(s state) bool {
		return s.Want.Mod != "" && has(s, "from") && has(s, "to") && !has(s, "rate") && settled(s)
	})
	if !strings.HasPrefix(s.Want.Mod, "zoom=range:") {
		t.Errorf("the modulators are %q", s.Want.Mod)
	}
	w.turn("from", 0.5)
	w.until("the range begins elsewhere", func(s state) bool { return s.Want.RangeLow > 1000 && s.Want.RangeHigh == 3000 })
	w.key("n")
	w.until("another scene keeps it", func(s state) bool {
		return s.Preset != "" && s.Want.RangeLow > 1000 && strings.Contains(s.Want.Mod, "zoom=range:")
	})
	w.press("bass")
	w.until("bass has no limits", func(s state) bool { return strings.Contains(s.Want.Mod, "zoom=bass:") && !has(s, "from") && settled(s) })
	w.close()
}

// busyChat is a server of a chat in which so many lines a second are said for a time, by many people and with everything
// that people and robots say. It gives how many lines were said.
func busyChat(t testing.TB, rate int, long time.Duration) (address string, said func() int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	done := make(chan int, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		nick := ""
		for r := bufio.NewScanner(conn); r.Scan(); {
			command, rest, _ := strings.Cut(r.Text(), " ")
			switch command {
			case "NICK":
				nick = rest
			case "USER":
				fmt.Fprintf(conn, ":server 001 %s :Welcome\r\n", nick)
			}
			if command == "JOIN" {
				fmt.Fprintf(conn, ":%s!n@n JOIN #dreams\r\n", nick)
				break
			}
		}
		odd := []string{"\x01ACTION wants a spider\x01", "\x1b[31mspider\x1b[0m \u202e\u0000", "Kappa Kappa PogChamp", strings.Repeat("spider ", 60), "cheer100 teapot", "SPIDERS!!! 🕷", "z̸a̵l̷g̴o̶", "  "}
		n := 0
		total := int(long.Seconds() * float64(rate))
		for began := time.Now(); n < total; time.Sleep(5 * time.Millisecond) {
			for ; n < min(int(time.Since(began).Seconds()*float64(rate)), total); n++ {
				who := fmt.Sprintf("user%d", n%500)
				if n%50 == 0 {
					who = strings.Repeat("long", 100) + fmt.Sprint(n)
				}
				tags := fmt.Sprintf("@badge-info=;color=#FF0000;display-name=\\s%s;emotes=25:0-4,6-10;flags=;id=%d;tmi-sent-ts=1", who, n)
				if _, err := fmt.Fprintf(conn, "%s :%s!u@u PRIVMSG #dreams :%s\r\n", tags, who, strings.ReplaceAll(odd[n%len(odd)], "\u0000", "")); err != nil {
					done <- n
					return
				}
			}
		}
		done <- n
	}()
	return "irc://" + l.Addr().String() + "/dreams", func() int { return <-done }
}

// A busy chat is heard to the last line, and costs the window's goroutine little. ZALGOSCOPE_CHAT is how long it is busy:
// a minute is what a show may bring.
func TestBusyChat(t *testing.T) {
	const rate = 200
	long := 2 * time.Second
	if v := os.Getenv("ZALGOSCOPE_CHAT"); v != "" {
		var err error
		if long, err = time.ParseDuration(v); err != nil {
			t.Fatal(err)
		}
	}
	address, said := busyChat(t, rate, long)
	s := headless(t, func(c *Config) { c.Chat = address })
	s.until(t, "it dreams", func() bool { return s.session != nil })
	var took []time.Duration
	for end := time.Now().Add(long + time.Second); time.Now().Before(end); time.Sleep(16 * time.Millisecond) {
		s.runPosted()
		s.hear(time.Now())
		began := time.Now()
		s.count(began)
		took = append(took, time.Since(began))
	}
	want := said()
	s.until(t, "the last line is heard", func() bool { s.count(time.Now()); return s.audience.heard == want })
	if s.audience.lost > 0 {
		t.Errorf("of %d lines %d are lost", want, s.audience.lost)
	}
	if s.want.Class != "spider" || s.want.Other != "class teapot" {
		t.Errorf("%q and %q are dreamed", s.want.Class, s.want.Other)
	}
	if list := s.audience.queue.Choices(time.Now()); len(list) < 2 || list[0].Label != "spider" {
		t.Errorf("the queue is %+v", list)
	}
	slices.Sort(took)
	t.Logf("%d lines; of %d looks half took %v, all but one in a hundred %v, the longest %v", want, len(took), took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
}

// BenchmarkPlayed watches the window while a MIDI device sends a thousand messages a second, a clock among them, and two hundred
// lines a second are said in a chat.
func BenchmarkPlayed(b *testing.B) {
	for _, kind := range []string{"small", "real"} {
		b.Run(kind, func(b *testing.B) {
			const watched = 10 * time.Second
			path, say := pipe(b)
			address, _ := busyChat(b, 200, time.Hour)
			w := openOn(b, toolstest.Xvfb(b, "1280x800"), kind, midiVar+"="+path, chatVar+"="+address)
			w.until("it dreams", func(s state) bool { return s.Frame >= 1 && s.told("MIDI: box") })
			stop, stopped := make(chan struct{}), make(chan struct{})
			go func() {
				defer close(stopped)
				began, n := time.Now(), 0
				for tick := time.NewTicker(5 * time.Millisecond); ; {
					select {
					case <-stop:
						tick.Stop()
						return
					case <-tick.C:
						for ; n < int(1000*time.Since(began).Seconds()); n++ {
							say([][]byte{{0xb0, 70, byte(n % 128)}, {0xb0, 1, byte(n % 128)}, {0xb0, 33, byte(n % 128)}, {0xf8}}[n%4]...)
						}
					}
				}
			}()
			time.Sleep(5 * time.Second) // thumbnails and sizes settle
			w.ask(request{Do: "measure"})
			b.ResetTimer()
			var s state
			for range b.N {
				time.Sleep(watched)
				s = w.state()
			}
			close(stop)
			<-stopped
			b.ReportMetric(float64(s.Updates)/s.Took.Seconds(), "updates/s")
			s.report(b)
			w.close()
		})
	}
}
