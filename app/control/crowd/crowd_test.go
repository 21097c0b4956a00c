package crowd

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

var labels = []string{"spider web, spider's web", "tarantula", "king penguin, Aptenodytes patagonica", "sports car, sport car", "wolf spider, hunting spider", "lady beetle, ladybug", "snail", "chain"}

// A line votes for what it names: whole names, words, plurals, and with a letter wrong.
func TestHear(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string
	}{
		{"SNAIL!!!", []string{"snail"}},
		{"snails please", []string{"snail"}},
		{"I want a penguin", []string{"king penguin, Aptenodytes patagonica"}},
		{"more king penguins", []string{"king penguin, Aptenodytes patagonica"}},
		{"wolf spider", []string{"wolf spider, hunting spider"}},
		{"ladybugs", []string{"lady beetle, ladybug"}},
		{"tarantual", []string{"tarantula"}}, // letters in each other's place
		{"tarrantula", []string{"tarantula"}},
		{"snial", []string{"snail"}},
		{"sports car and tarantula and snail", []string{"sports car, sport car", "tarantula"}},
		{"the quick brown fox", nil},
		{"sn", nil},
		{"", nil},
		{"\x00\x1b[31m\u202e", nil},
		{strings.Repeat("snail ", 5000), []string{"snail"}},
		{strings.Repeat("x", 100000), nil},
	} {
		q := NewQueue(labels, Usual)
		if got := q.Hear("ann", c.line, time.Unix(1000, 0)); !slices.Equal(got, c.want) {
			t.Errorf("%.40q: %q, want %q", c.line, got, c.want)
		}
	}
	rules := Usual
	rules.Blocked = []string{"Snail"}
	if got := NewQueue(labels, rules).Hear("ann", "snail", time.Unix(1000, 0)); got != nil {
		t.Errorf("what is blocked is heard: %q", got)
	}
}

// Votes fade, one person counts once for a while, and what is dreamed gives way to what is clearly stronger.
func TestVotes(t *testing.T) {
	q, now := NewQueue(labels, Usual), time.Unix(1000, 0)
	dreamed := func() string {
		var names []string
		for _, c := range q.Dreamed(now) {
			names = append(names, c.Label)
		}
		return strings.Join(names, " | ")
	}
	if got := dreamed(); got != "" {
		t.Errorf("before the first vote: %s", got)
	}
	q.Hear("ann", "snail", now)
	if q.Hear("ann", "snail", now.Add(time.Second)) != nil {
		t.Error("one person votes twice in a second")
	}
	if got := dreamed(); got != "snail" {
		t.Errorf("after the first vote: %s", got)
	}
	for i := range 3 {
		q.Hear(fmt.Sprint("bob", i), "chain", now)
	}
	if got := dreamed(); got != "snail | chain" {
		t.Errorf("two are dreamed: %s", got)
	}
	for i := range 2 {
		q.Hear(fmt.Sprint("cleo", i), "tarantula", now)
	}
	if got := dreamed(); got != "snail | chain" {
		t.Errorf("at once a stronger one comes: %s", got)
	}
	now = now.Add(Usual.Stay)
	if got := dreamed(); got != "tarantula | chain" {
		t.Errorf("later the weaker one gives way: %s", got)
	}
	now = now.Add(20 * Usual.Half)
	if got := q.Choices(now); len(got) != 0 {
		t.Errorf("votes do not fade: %v", got)
	}
	if got := dreamed(); got != "tarantula | chain" {
		t.Errorf("without votes the dream goes on: %s", got)
	}
}

func TestParseChannel(t *testing.T) {
	for text, want := range map[string]Channel{
		"twitch:SomeBody":                   {"irc.chat.twitch.tv:6697", true, "#somebody"},
		"https://www.twitch.tv/some":        {"irc.chat.twitch.tv:6697", true, "#some"},
		"irc://127.0.0.1:6000/dreams":       {"127.0.0.1:6000", false, "#dreams"},
		"irc://example.org/#dreams":         {"example.org:6667", false, "#dreams"},
		"ircs://example.org/dreams":         {"example.org:6697", true, "#dreams"},
		"twitch:":                           {},
		"twitch:two words":                  {},
		"https://example.org/dreams":        {},
		"dreams":                            {},
		"irc:///dreams":                     {},
		"irc://example.org/a%0D%0AQUIT :ha": {},
	} {
		got, err := ParseChannel(text)
		if got != want && err == nil || (err == nil) != (want.Name != "") {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// server is an IRC server that talks as Twitch does: it lets one client in, then says the lines.
func server(t *testing.T, l net.Listener, lines []string) {
	t.Helper()
	conn, err := l.Accept()
	if err != nil {
		return
	}
	defer conn.Close()
	r := bufio.NewScanner(conn)
	nick, channel, answered := "", "", false
	// It speaks when it has read all that the client says: a connection closed over something unread takes what was
	// written with it.
	for (channel == "" || !answered) && r.Scan() {
		switch command, rest, _ := strings.Cut(r.Text(), " "); command {
		case "NICK":
			nick = rest
		case "USER":
			fmt.Fprintf(conn, ":tmi.twitch.tv 001 %s :Welcome, GLHF!\r\nPING :are you there\r\n", nick)
		case "PONG":
			if answered = true; rest != ":are you there" {
				t.Errorf("the answer to PING is %q", rest)
			}
		case "JOIN":
			channel = rest
		}
	}
	fmt.Fprintf(conn, ":%s!%s@%s.tmi.twitch.tv JOIN %s\r\n", nick, nick, nick, channel)
	for _, line := range lines {
		fmt.Fprint(conn, line+"\r\n")
	}
}

// Lines come with their tags, whatever else the server says; a connection that ends is made again.
func TestRead(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		server(t, l, []string{
			"@badge-info=;badges=;color=#FF0000;display-name=Ann;emotes=25:0-4;id=1;mod=0;tmi-sent-ts=1 :ann!ann@ann.tmi.twitch.tv PRIVMSG #dreams :snail Kappa",
			"@bits=100;display-name=Bob :bob!bob@bob.tmi.twitch.tv PRIVMSG #dreams :cheer100 chain", // a line with bits is a line
			":cleo!c@c PRIVMSG #dreams :\x01ACTION wants tarantula\x01",
			":dan!d@d PRIVMSG #others :snail",
			":dan!d@d WHISPER dan :snail",
			"nonsense", "", ":", "@", "@a=b", ":x", "PRIVMSG", ":e!e@e PRIVMSG #dreams",
			"@long=" + strings.Repeat("x", 3*mostLine) + " :eve!e@e PRIVMSG #dreams :too long",
			":" + strings.Repeat("n", 500) + "!n@n PRIVMSG #dreams :\xff\xfe chain",
			":fay!f@f PRIVMSG #DREAMS :the end",
		})
		server(t, l, []string{":gus!g@g PRIVMSG #dreams :again"})
	}()
	ctx, cancel := context.WithCancel(t.Context())
	heard, reports := make(chan Line, 100), make(chan error, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		Read(ctx, Channel{Server: l.Addr().String(), Name: "#dreams"}, func(l Line) { heard <- l }, func(err error) { reports <- err })
	}()
	want := []Line{
		{"ann", "snail Kappa"}, {"bob", "cheer100 chain"}, {"cleo", "wants tarantula"}, {"e", ""},
		{strings.Repeat("n", 500), "\xff\xfe chain"}, {"fay", "the end"}, {"gus", "again"},
	}
	for _, w := range want {
		select {
		case got := <-heard:
			if got != w {
				t.Errorf("heard %.60q, want %.60q", got, w)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("waited in vain for %q", w)
		}
	}
	for i, lost := range []bool{false, true, false} {
		if err := <-reports; (err != nil) != lost {
			t.Errorf("report %d: %v", i, err)
		}
	}
	cancel()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Error("reading does not end")
	}
}

// A flood of lines costs little: 200 a second are nothing.
func BenchmarkHear(b *testing.B) {
	many := slices.Repeat(labels, 125)
	for i := range many {
		many[i] = fmt.Sprintf("%s number%d", many[i], i)
	}
	q, at := NewQueue(many, Usual), time.Unix(1000, 0)
	for b.Loop() {
		at = at.Add(5 * time.Millisecond)
		q.Hear("ann", "I would really like to see some taratula and penguinz on this stream tonight", at)
		q.Dreamed(at)
	}
}
