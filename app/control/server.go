package control

import (
	"errors"
	"fmt"
	"math"
	"net"
	"sync"
	"time"

	"zalgoscope/app/control/osc"
)

// Server listens to OSC over UDP.
type Server struct {
	conn      net.PacketConn
	queue     *Queue
	addresses []Address
	done      sync.WaitGroup

	mu       sync.Mutex
	waiting  map[*time.Timer]struct{} // bundles whose time has not come; guarded by mu
	closed   bool                     // guarded by mu
	heard    int                      // messages that asked for something; guarded by mu
	rejected int                      // packets that are none, and messages that fit no address; guarded by mu
}

const (
	mostWaiting = 1024             // bundles whose time has not come
	mostAhead   = 10 * time.Minute // of a bundle's time; what lies beyond is a clock that goes wrong
	mostText    = 256              // bytes of a text
)

// Listen begins to hear OSC at an address such as 127.0.0.1:9000.
func Listen(address string, queue *Queue) (*Server, error) {
	conn, err := net.ListenPacket("udp", address)
	if err != nil {
		return nil, fmt.Errorf("control: OSC cannot listen at %s: %w", address, err)
	}
	s := &Server{conn: conn, queue: queue, addresses: Addresses(), waiting: map[*time.Timer]struct{}{}}
	s.done.Go(s.serve)
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.conn.LocalAddr() }

// Counts tells how many messages were heard and how many were thrown away.
func (s *Server) Counts() (heard, rejected int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.heard, s.rejected
}

// Close ends listening; what waits for its time is forgotten.
func (s *Server) Close() error {
	err := s.conn.Close()
	s.done.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for t := range s.waiting {
		t.Stop()
	}
	clear(s.waiting)
	return err
}

func (s *Server) serve() {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := s.conn.ReadFrom(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil { // such as a port of ours that nobody listens at
			time.Sleep(10 * time.Millisecond)
			continue
		}
		list, err := osc.Parse(buf[:n])
		if err != nil {
			s.count(0, 1)
			continue
		}
		for len(list) > 0 { // what has one time is done in order, by one timer
			n := 1
			for n < len(list) && list[n].At == list[0].At {
				n++
			}
			together := list[:n]
			s.at(list[0].At.When(), func() {
				for _, m := range together {
					s.hear(m.Message, from)
				}
			})
			list = list[n:]
		}
	}
}

// at does something when its time has come, which is now for what comes late.
func (s *Server) at(when time.Time, f func()) {
	ahead := time.Until(when)
	if when.IsZero() || ahead <= 0 {
		f()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || ahead > mostAhead || len(s.waiting) == mostWaiting {
		s.rejected++
		return
	}
	var t *time.Timer
	t = time.AfterFunc(ahead, func() {
		s.mu.Lock()
		_, ours := s.waiting[t]
		delete(s.waiting, t)
		s.mu.Unlock()
		if ours {
			f()
		}
	})
	s.waiting[t] = struct{}{}
}

func (s *Server) count(heard, rejected int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard += heard
	s.rejected += rejected
}

// hear asks for what a message says of each address that its pattern matches. A message without arguments to
// what is no trigger is a question, which is answered to its sender; nothing else is.
func (s *Server) hear(m osc.Message, from net.Addr) {
	matched := s.matched(m.Address)
	fits := false
	for _, a := range matched {
		if len(m.Args) == 0 && a.Kind != Trigger {
			s.queue.Put(Event{Path: a.Path, Answer: func(v any) { s.answer(a.Path, v, from) }}, a.Kind)
			fits = true
			continue
		}
		e, ok := a.event(m.Args)
		if ok {
			s.queue.Put(e, a.Kind)
		}
		fits = fits || ok || a.Kind == Trigger && len(m.Args) == 1
	}
	if fits {
		s.count(1, 0)
	} else {
		s.count(0, 1)
	}
}

// matched are the addresses of a pattern.
func (s *Server) matched(pattern string) []Address {
	if a, err := Find(pattern); err == nil {
		return []Address{a}
	}
	var list []Address
	for _, a := range s.addresses {
		if osc.Match(pattern, a.Path) {
			list = append(list, a)
		}
	}
	return list
}

// answer tells the one who asked. A packet that cannot be sent is lost, as UDP's may be.
func (s *Server) answer(path string, v any, to net.Addr) {
	_, _ = s.conn.WriteTo(osc.Message{Address: path, Args: []any{v}}.Bytes(), to)
}

// event is what arguments ask of an address, if they ask something of it.
func (a Address) event(args []any) (e Event, ok bool) {
	e = Event{Path: a.Path, Value: 1}
	if a.Kind == Trigger {
		if len(args) == 0 {
			return e, true
		}
		e.Value, ok = number(args[0])
		return e, ok && e.Value != 0
	}
	if len(args) == 0 {
		return e, false
	}
	if text, is := args[0].(string); is {
		e.Text = text
		return e, a.Kind == Text && len(text) <= mostText
	}
	if e.Value, ok = number(args[0]); !ok {
		return e, false
	}
	switch a.Kind {
	case Share:
		e.Value = min(max(e.Value, 0), 1)
	case Number:
		e.Value = min(max(e.Value, a.Min), a.Max)
	case Text: // by number, as a row of buttons sends it
		e.Text = fmt.Sprint(int64(e.Value))
	}
	return e, true
}

// number is an argument as a finite number.
func number(arg any) (v float64, ok bool) {
	switch n := arg.(type) {
	case int32:
		v = float64(n)
	case int64:
		v = float64(n)
	case float32:
		v = float64(n)
	case float64:
		v = n
	case bool:
		if n {
			v = 1
		}
	case osc.Impulse:
		v = 1
	default:
		return 0, false
	}
	return v, math.Abs(v) <= math.MaxFloat32
}
