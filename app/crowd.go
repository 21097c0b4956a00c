package app

import (
	"context"
	"fmt"
	"image"
	"math"
	"sync"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/control/crowd"
	"zalgoscope/app/dream"
	"zalgoscope/app/visible"
	"zalgoscope/app/widget"
)

// audience is a chat that chooses what is dreamed: two labels at a time, each on a part of the canvas that grows with its
// votes.
type audience struct {
	channel crowd.Channel
	stop    context.CancelFunc // nil where no chat is read
	queue   *crowd.Queue
	of      *session // whose labels the queue has
	shown   []crowd.Choice
	looked  time.Time
	heard   int   // lines in all
	pulse   pulse // their meter

	mu    sync.Mutex
	lines []crowd.Line // said and not yet counted; guarded by mu
	lost  int          // guarded by mu
}

const (
	mostSaid   = 2000 // lines that wait to be counted
	mostListed = 6    // labels of the list
)

// read begins to read a chat.
func (a *audience) read(s *studio) {
	ctx, cancel := context.WithCancel(context.Background())
	a.stop = cancel
	go crowd.Read(ctx, a.channel, a.hear, func(err error) {
		s.post(func() {
			if err != nil {
				s.warn(err)
			} else {
				s.tell("reading the chat " + visible.Short(a.channel.Name, 40))
			}
		})
	})
}

// hear takes a line on the chat's goroutine.
func (a *audience) hear(l crowd.Line) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.lines) == mostSaid {
		a.lost++
		return
	}
	a.lines = append(a.lines, l)
}

func (a *audience) close() {
	if a.stop != nil {
		a.stop()
	}
}

// count counts what was said since the last tick and dreams what it chooses.
func (s *studio) count(now time.Time) {
	const often = 250 * time.Millisecond
	a := &s.audience
	if a.stop == nil || s.session == nil || now.Sub(a.looked) < often {
		return
	}
	a.looked = now
	if a.of != s.session {
		a.of, a.shown = s.session, nil
		rules := crowd.Usual
		rules.Blocked = s.cfg.ChatBlock
		a.queue = crowd.NewQueue(s.session.net.Labels, rules)
	}
	a.mu.Lock()
	lines := a.lines
	a.lines = nil
	a.mu.Unlock()
	a.heard += len(lines)
	for _, l := range lines {
		a.queue.Hear(l.Who, l.Text, now)
	}
	s.obeyCrowd(a.queue.Dreamed(now))
	s.drawn.stale = s.drawn.stale || len(lines) > 0
}

// obeyCrowd dreams one label everywhere, or two side by side.
func (s *studio) obeyCrowd(list []crowd.Choice) {
	a := &s.audience
	if len(list) == 0 || s.show.fade != nil {
		return
	}
	split := dream.MapWidth
	if len(list) == 2 {
		// A step of an eighth, so that a single vote does not shift the border.
		share := (list[0].Votes + 1) / (list[0].Votes + list[1].Votes + 2)
		split = min(max(int(math.Round(share*8)), 2), 6) * dream.MapWidth / 8
	}
	a.shown = list
	next := s.want
	m, err := dream.ParseMap(next.Where)
	if err != nil {
		return // the loop refuses it, and says so
	}
	for i := range m {
		switch {
		case m[i] == dream.Never: // what is painted so stays so
		case i%dream.MapWidth < split:
			m[i] = dream.Here
		default:
			m[i] = dream.Other
		}
	}
	next.Class, next.Channel, next.Guide, next.Where, next.Other = list[0].Label, "", "", m.String(), ""
	if len(list) == 2 {
		next.Other = dream.FormatOther(dream.Settings{Class: list[1].Label})
	}
	if next != s.want {
		s.change(func(w *dream.Settings) { *w = next })
	}
}

// drawVotes lists what the chat has named, over the picture's lower left corner.
func (s *studio) drawVotes(dst *ebiten.Image, area image.Rectangle) image.Rectangle {
	a, t := &s.audience, s.look
	if a.queue == nil {
		return image.Rectangle{}
	}
	list := a.queue.Choices(s.last)
	if len(list) == 0 {
		return image.Rectangle{}
	}
	list = list[:min(len(list), mostListed)]
	row, width := t.Px(20), min(t.Px(260), area.Dx())
	r := image.Rect(area.Min.X, area.Max.Y-len(list)*row-t.Px(12), area.Min.X+width, area.Max.Y)
	t.Fill(dst, r, widget.ColourShade)
	for i, c := range list {
		colour := widget.ColourDim
		for _, d := range a.shown {
			if d.Label == c.Label {
				colour = widget.ColourAccent
			}
		}
		text := fmt.Sprintf("%s  (%s)", visible.Short(visible.Line(c.Label), 24), visible.Short(visible.Line(c.By), 12))
		y := r.Min.Y + t.Px(6) + i*row + row/2
		t.Label(dst, widget.Clip(text, t.Face, width-t.Px(56)), t.Face, r.Min.X+t.Px(10), y, colour, widget.AlignLeft)
		t.Label(dst, fmt.Sprintf("%.0f", math.Ceil(c.Votes)), t.Face, r.Max.X-t.Px(10), y, colour, widget.AlignRight)
	}
	return r
}
