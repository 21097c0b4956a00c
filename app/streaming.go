package app

import (
	"fmt"

	ewidget "github.com/ebitenui/ebitenui/widget"

	"zalgoscope/app/stream"
	"zalgoscope/app/widget"
)

// streaming is where the dream is sent as it comes.
type streaming struct {
	to    string // the address, which is not remembered: it has a key in it
	sound string // a file's
	out   *stream.Stream
}

// toggleStream begins to send the dream, or ends it.
func (s *studio) toggleStream() {
	st := &s.streaming
	if st.out != nil {
		s.endStream()
		s.tell("the stream has ended")
		return
	}
	if st.to == "" {
		s.tell("type where the dream is to be sent, such as rtmp://host/app/key, above the button, or start with --stream ADDRESS")
		return
	}
	out, err := stream.Open(st.to, stream.Options{Sound: st.sound, Note: s.noteFeed})
	if err != nil {
		s.warn(err)
		return
	}
	st.out = out
	s.tell("sending the dream to " + stream.Public(st.to))
}

// endStream ends what is sent, if anything is. The end is waited for as files are.
func (s *studio) endStream() {
	out := s.streaming.out
	if out == nil {
		return
	}
	s.streaming.out = nil
	if s.session != nil {
		s.session.stream.Store(nil)
	}
	s.write(out.Close)
}

// supply has the session's frames sent.
func (s *studio) supply() {
	if s.session != nil {
		s.session.stream.Store(s.streaming.out)
	}
}

// streamText is how the stream goes, "" where there is none.
func (s *studio) streamText() string {
	st := s.streaming
	if st.out == nil {
		return ""
	}
	up, sent, dropped := st.out.State()
	state := "live at " + stream.Public(st.to)
	if !up {
		state = "waiting for " + stream.Public(st.to)
	}
	return fmt.Sprintf("%s, %d sent, %d dropped", state, sent, dropped)
}

// addStream adds the address and the button to the panel.
func (p *panel) addStream(c *ewidget.Container) {
	s := p.studio
	to := widget.NewField(p.look, "rtmp://host/app/key", "type where the dream is to be sent live, as the place where you stream tells you")
	p.streamTo = to
	to.Most, to.Text = 400, s.streaming.to
	to.Changed = func() { s.streaming.to = to.Text }
	to.Submit = s.toggleStream
	c.AddChild(to, p.look.Row(4, p.button("Stream", "send the dream live to that address, until you press this again", s.toggleStream)), p.look.Note(s.streamText))
}
