package crowd

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"time"

	"gopkg.in/irc.v4"
)

// Line is something that somebody said.
type Line struct {
	Who, Text string
}

// Channel is where a chat is: of Twitch, which is read without an account, or of an IRC server.
type Channel struct {
	Server string // host:port
	Secure bool
	Name   string // with its #
}

// ParseChannel reads twitch:NAME, https://twitch.tv/NAME, or irc://HOST[:PORT]/CHANNEL, ircs for an encrypted connection.
func ParseChannel(text string) (c Channel, err error) {
	if name, ok := strings.CutPrefix(text, "twitch:"); ok {
		text = "https://twitch.tv/" + name
	}
	u, err := url.Parse(text)
	if err != nil {
		return c, fmt.Errorf("crowd: %q is not a chat: give twitch:NAME or irc://HOST/CHANNEL", text)
	}
	name := strings.Trim(u.Path, "/")
	if u.Fragment != "" {
		name = u.Fragment
	}
	name = strings.ToLower(strings.TrimPrefix(name, "#"))
	if name == "" || strings.ContainsAny(name, " ,\r\n\x00\a/") {
		return c, fmt.Errorf("crowd: %q names no channel: give twitch:NAME or irc://HOST/CHANNEL", text)
	}
	c.Name = "#" + name
	host := strings.TrimPrefix(u.Hostname(), "www.")
	switch {
	case u.Scheme == "https" && host == "twitch.tv":
		c.Server, c.Secure = "irc.chat.twitch.tv:6697", true
	case (u.Scheme == "irc" || u.Scheme == "ircs") && host != "":
		c.Secure = u.Scheme == "ircs"
		port := u.Port()
		if port == "" {
			port = map[bool]string{false: "6667", true: "6697"}[c.Secure]
		}
		c.Server = net.JoinHostPort(u.Hostname(), port)
	default:
		return c, fmt.Errorf("crowd: %q is not a chat: give twitch:NAME or irc://HOST/CHANNEL", text)
	}
	return c, nil
}

const (
	mostLine = 16 << 10        // bytes of a line, tags included
	silent   = 6 * time.Minute // without a word from the server it is lost; Twitch asks every five
	soonest  = 2 * time.Second // until a lost server is tried again, doubled up to latest
	latest   = time.Minute
)

// Read reads a chat until the context ends: hear is told every line, report what is wrong, and nil when the channel is
// joined. A connection that is lost is made again.
func Read(ctx context.Context, c Channel, hear func(Line), report func(error)) {
	wait := soonest
	for lost := false; ctx.Err() == nil; {
		err := c.read(ctx, hear, func() { lost, wait = false, soonest; report(nil) })
		if ctx.Err() != nil {
			return
		}
		if !lost {
			lost = true
			report(fmt.Errorf("crowd: the chat at %s is lost: %w; it is tried again", c.Server, err))
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, latest)
	}
}

// read reads a chat until its connection ends.
func (c Channel) read(ctx context.Context, hear func(Line), joined func()) error {
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	nick := fmt.Sprintf("justinfan%d", 10000+rand.IntN(80000)) // by such a name Twitch lets anybody read
	say := func(m ...string) error {
		_ = conn.SetWriteDeadline(time.Now().Add(20 * time.Second))
		_, err := fmt.Fprint(conn, strings.Join(m, "\r\n")+"\r\n")
		return err
	}
	if err := say("NICK "+nick, "USER "+nick+" 0 * :Zalgoscope"); err != nil {
		return err
	}
	lines := bufio.NewReaderSize(conn, mostLine)
	for {
		_ = conn.SetReadDeadline(time.Now().Add(silent))
		line, tooLong, err := lines.ReadLine()
		if err != nil {
			return err
		}
		if tooLong {
			for tooLong && err == nil { // none of ours; its rest is passed over
				_, tooLong, err = lines.ReadLine()
			}
			continue
		}
		m, err := irc.ParseMessage(string(line))
		if err != nil {
			continue
		}
		switch m.Command {
		case "PING":
			err = say("PONG :" + m.Trailing())
		case "001":
			err = say("JOIN " + c.Name)
		case "433": // the name is taken
			nick = fmt.Sprintf("justinfan%d", 10000+rand.IntN(80000))
			err = say("NICK " + nick)
		case "JOIN":
			if m.Prefix != nil && m.Name == nick {
				joined()
			}
		case "PRIVMSG":
			if m.Prefix != nil && strings.EqualFold(m.Param(0), c.Name) {
				hear(Line{m.Name, said(m.Param(1))})
			}
		case "RECONNECT", "ERROR":
			err = errors.New("the server says good-bye")
		case "403", "471", "473", "474", "475":
			err = fmt.Errorf("%s cannot be joined: %s", c.Name, m.Trailing())
		}
		if err != nil {
			return err
		}
	}
}

// said is a message's text, without what marks it as an action.
func said(text string) string {
	if action, ok := strings.CutPrefix(text, "\x01ACTION "); ok {
		return strings.TrimSuffix(action, "\x01")
	}
	return text
}

func (c Channel) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if c.Secure {
		return (&tls.Dialer{}).DialContext(ctx, "tcp", c.Server)
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", c.Server)
}
