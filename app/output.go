package app

import (
	"encoding/gob"
	"fmt"
	"image"
	"io"
	"strings"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/detach"
	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// output is the window that shows the picture alone, for a projector or another monitor. Ebiten has one window in a
// process, so it is one of its own, which is told of every dreamed frame and has a glide of its own between them.
type output struct {
	messages chan message
	last     message // without its frame
	begun    int     // dreams that it has been shown
	of       *beginning
}

// message is what the output's process is told: a frame, or with none that something else is another one.
type message struct {
	Pixels []byte // RGBA, nil for no frame
	Size   image.Point
	Number int
	Live   bool
	Motion nn.Warp
	Offset [2]float64
	Done   time.Time
	Begun  int         // the dream that the frame is of
	Shape  image.Point // of the start picture
	Covers bool
	Paused bool
}

// frame is the message's frame as the dream had it.
func (m *message) frame() *dream.Frame {
	return &dream.Frame{
		Image:  &image.RGBA{Pix: m.Pixels, Stride: 4 * m.Size.X, Rect: image.Rectangle{Max: m.Size}},
		Number: m.Number, Live: m.Live, Motion: m.Motion, Offset: m.Offset, Done: m.Done,
	}
}

// toggleOutput opens the second window, or closes it.
func (s *studio) toggleOutput() {
	if s.output != nil {
		s.closeOutput()
		return
	}
	if s.cfg.Output == nil {
		s.warn(fmt.Errorf("app: there is no second window here"))
		return
	}
	cmd := s.cfg.Output(monitorNumber())
	in, err := cmd.StdinPipe()
	var said strings.Builder
	cmd.Stderr = &said
	if err == nil {
		detach.Child(cmd)
		err = cmd.Start()
	}
	if err != nil {
		s.warn(fmt.Errorf("app: the second window: %w", err))
		return
	}
	o := &output{messages: make(chan message, 4)}
	s.output = o
	s.background(func() { tell(in, o.messages) })
	s.background(func() {
		err := cmd.Wait()
		s.post(func() {
			if s.output == o {
				s.closeOutput()
			}
			if err != nil {
				s.warn(fmt.Errorf("app: the second window: %w: %s", err, strings.TrimSpace(said.String())))
			}
		})
	})
	if s.shown.Frame != nil {
		o.show(s, s.shown)
	}
	s.drawn.stale = true
}

func (s *studio) closeOutput() {
	if s.output != nil {
		close(s.output.messages)
		s.output = nil
		s.drawn.stale = true
	}
}

// tell writes messages to a process until there are no more, or it is gone.
func tell(to io.WriteCloser, messages <-chan message) {
	defer to.Close()
	encoder := gob.NewEncoder(to)
	gone := false
	for m := range messages {
		gone = gone || encoder.Encode(m) != nil
	}
}

// show tells of a frame.
func (o *output) show(s *studio, f dreamed) {
	if f.of != o.of {
		o.of = f.of
		o.begun++
	}
	m := o.state(s)
	m.Pixels, m.Size, m.Number = f.Image.Pix, f.Image.Rect.Size(), f.Number
	m.Live, m.Motion, m.Offset, m.Done = f.Live, f.Motion, f.Offset, f.Done
	o.send(m)
}

// state is all but a frame.
func (o *output) state(s *studio) message {
	m := message{Begun: o.begun, Covers: s.canvas.covers(), Paused: s.session.loop.Paused()}
	if o.of != nil {
		m.Shape = o.of.start.Image().Rect.Size()
		m.Covers = s.canvas.cover || o.of.start.Made()
	}
	return m
}

// follow tells of what has changed beside the frames.
func (o *output) follow(s *studio) {
	m := o.state(s)
	if l := o.last; o.of != nil && (m.Covers != l.Covers || m.Paused != l.Paused) {
		o.send(m)
	}
}

// send never waits: where the other process is slow the oldest message is left out.
func (o *output) send(m message) {
	for {
		select {
		case o.messages <- m:
			m.Pixels = nil
			o.last = m
			return
		default:
		}
		select {
		case <-o.messages:
		default:
		}
	}
}

// monitorNumber is the place of the window's monitor among all.
func monitorNumber() int {
	here := ebiten.Monitor()
	for i, m := range ebiten.AppendMonitors(nil) {
		if m == here {
			return i
		}
	}
	return 0
}
