package control

import (
	"encoding/binary"
	"net"
	"reflect"
	"slices"
	"testing"
	"time"

	"zalgoscope/app/control/osc"
)

// listen starts a server and a sender.
func listen(t *testing.T) (*Server, *Queue, net.Conn) {
	t.Helper()
	q := &Queue{}
	s, err := Listen("127.0.0.1:0", q)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	c, err := net.Dial("udp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return s, q, c
}

func send(t *testing.T, c net.Conn, m osc.Message) {
	t.Helper()
	if _, err := c.Write(m.Bytes()); err != nil {
		t.Fatal(err)
	}
}

// settled waits until so many messages were heard or thrown away.
func settled(t *testing.T, s *Server, n int) (heard, rejected int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if heard, rejected = s.Counts(); heard+rejected >= n {
			return heard, rejected
		}
	}
	t.Fatalf("%d heard and %d rejected of %d", heard, rejected, n)
	return 0, 0
}

func TestServer(t *testing.T) {
	for _, c := range []struct {
		name string
		m    osc.Message
		want []Event
	}{
		{"a share", osc.Message{Address: "/knob/zoom", Args: []any{float32(0.75)}}, []Event{{Path: "/knob/zoom", Value: 0.75}}},
		{"a share beyond one", osc.Message{Address: "/knob/zoom", Args: []any{int32(7)}}, []Event{{Path: "/knob/zoom", Value: 1}}},
		{"a value", osc.Message{Address: "/knob/step/value", Args: []any{2.5}}, []Event{{Path: "/knob/step/value", Value: 2.5}}},
		{"a value out of range", osc.Message{Address: "/knob/steps/value", Args: []any{int32(-3)}}, []Event{{Path: "/knob/steps/value", Value: 1}}},
		{"a text", osc.Message{Address: "/class", Args: []any{"spider"}}, []Event{{Path: "/class", Value: 1, Text: "spider"}}},
		{"a scene by number", osc.Message{Address: "/scene", Args: []any{int32(3)}}, []Event{{Path: "/scene", Value: 3, Text: "3"}}},
		{"a bend", osc.Message{Address: "/bend/2/amount", Args: []any{float32(0.5)}}, []Event{{Path: "/bend/2/amount", Value: 0.5}}},
		{"a trigger", osc.Message{Address: "/tap"}, []Event{{Path: "/tap", Value: 1}}},
		{"a button pressed", osc.Message{Address: "/scene/next", Args: []any{float32(1)}}, []Event{{Path: "/scene/next", Value: 1}}},
		{"a button let go", osc.Message{Address: "/scene/next", Args: []any{float32(0)}}, nil},
		{"a pattern", osc.Message{Address: "/knob/pan-{x,y}", Args: []any{float32(0.5)}}, []Event{{Path: "/knob/pan-x", Value: 0.5}, {Path: "/knob/pan-y", Value: 0.5}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, q, conn := listen(t)
			send(t, conn, c.m)
			if heard, _ := settled(t, s, 1); heard != 1 {
				t.Error("not heard")
			}
			if got, _ := q.Take(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// What is no message, of no address or of another type asks for nothing and is answered by nothing.
func TestStrangers(t *testing.T) {
	s, q, conn := listen(t)
	packets := [][]byte{
		[]byte("GET / HTTP/1.0\r\n\r\n\x00\x00"), {}, []byte("#bundle\x00"),
		osc.Message{Address: "/knob/none", Args: []any{float32(1)}}.Bytes(),
		osc.Message{Address: "/knob/zoom", Args: []any{"much"}}.Bytes(),
		osc.Message{Address: "/nothing"}.Bytes(),
		osc.Message{Address: "/class", Args: []any{long(300)}}.Bytes(),
	}
	for _, p := range packets {
		if _, err := conn.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if heard, rejected := settled(t, s, len(packets)); heard != 0 || rejected != len(packets) {
		t.Errorf("%d heard, %d rejected", heard, rejected)
	}
	if got, _ := q.Take(); got != nil {
		t.Errorf("they asked for %v", got)
	}
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := conn.Read(make([]byte, 100)); err == nil {
		t.Errorf("an answer of %d bytes", n)
	}
}

func long(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'a'
	}
	return string(b)
}

// A question is answered to the one who asked.
func TestQuestion(t *testing.T) {
	s, q, conn := listen(t)
	send(t, conn, osc.Message{Address: "/knob/zoom/value"})
	settled(t, s, 1)
	events, _ := q.Take()
	if len(events) != 1 || events[0].Answer == nil {
		t.Fatalf("got %v", events)
	}
	events[0].Answer(float32(0.25))
	buf := make([]byte, 100)
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	n, err := conn.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	got, err := osc.Parse(buf[:n])
	if want := (osc.Message{Address: "/knob/zoom/value", Args: []any{float32(0.25)}}); err != nil || !reflect.DeepEqual(got[0].Message, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// Bundles wait for their time, late ones do not, and one that is hours ahead is a wrong clock.
func TestBundles(t *testing.T) {
	s, q, _ := listen(t)
	asked := make(chan time.Time, 3)
	began := time.Now()
	s.at(began.Add(-time.Hour), func() { asked <- time.Now() })
	if len(asked) != 1 {
		t.Error("what comes late is not done at once")
	}
	s.at(began.Add(100*time.Millisecond), func() { asked <- time.Now() })
	s.at(began.Add(24*time.Hour), func() { asked <- time.Now() })
	<-asked
	if after := (<-asked).Sub(began); after < 100*time.Millisecond {
		t.Errorf("done after %v", after)
	}
	if _, rejected := s.Counts(); rejected != 1 {
		t.Errorf("%d rejected, want the one of tomorrow", rejected)
	}
	s.at(time.Now().Add(time.Minute), func() { q.Put(Event{Path: "/tap"}, Trigger) })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(s.waiting) != 0 {
		t.Error("what waits outlives the server")
	}
}

// What a bundle holds is done in its order.
func TestBundleInOrder(t *testing.T) {
	s, q, conn := listen(t)
	const since1900 = 2208988800 // seconds before 1970
	soon := time.Now().Add(50 * time.Millisecond)
	b := binary.BigEndian.AppendUint64([]byte("#bundle\x00"), uint64(soon.Unix()+since1900)<<32|uint64(soon.Nanosecond())<<32/1e9)
	var want []string
	for _, a := range s.addresses {
		if a.Kind == Trigger {
			m := osc.Message{Address: a.Path}.Bytes()
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(m))), m...)
			want = append(want, a.Path)
		}
	}
	if _, err := conn.Write(b); err != nil {
		t.Fatal(err)
	}
	settled(t, s, len(want))
	var got []string
	events, _ := q.Take()
	for _, e := range events {
		got = append(got, e.Path)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Between two looks the last setting of a control counts, and every trigger.
func TestQueue(t *testing.T) {
	var q Queue
	for i := range 1000 {
		q.Put(Event{Path: "/knob/zoom", Value: float64(i)}, Share)
		if i < 3 {
			q.Put(Event{Path: "/tap"}, Trigger)
		}
	}
	got, lost := q.Take()
	want := []Event{{Path: "/knob/zoom", Value: 999}, {Path: "/tap"}, {Path: "/tap"}, {Path: "/tap"}}
	if !reflect.DeepEqual(got, want) || lost != 0 {
		t.Errorf("got %v and %d lost", got, lost)
	}
	for range most + 5 {
		q.Put(Event{Path: "/tap"}, Trigger)
	}
	if got, lost := q.Take(); len(got) != most || lost != 5 {
		t.Errorf("%d kept, %d lost", len(got), lost)
	}
}

// A port that is taken is one line.
func TestTaken(t *testing.T) {
	s, _, _ := listen(t)
	if _, err := Listen(s.Addr().String(), &Queue{}); err == nil {
		t.Error("two servers at one port")
	}
}
