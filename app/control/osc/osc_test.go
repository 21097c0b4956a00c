package osc

import (
	"bytes"
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func bundle(at Time, parts ...[]byte) []byte {
	b := binary.BigEndian.AppendUint64([]byte("#bundle\x00"), uint64(at))
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	return b
}

// The specification's own examples, byte for byte.
func TestSpecification(t *testing.T) {
	for _, c := range []struct {
		want Message
		data string
	}{
		{Message{"/oscillator/4/frequency", []any{float32(440)}}, "/oscillator/4/frequency\x00,f\x00\x00\x43\xdc\x00\x00"},
		{Message{"/foo", []any{int32(1000), int32(-1), "hello", float32(1.234), float32(5.678)}},
			"/foo\x00\x00\x00\x00,iisff\x00\x00\x00\x00\x03\xe8\xff\xff\xff\xffhello\x00\x00\x00\x3f\x9d\xf3\xb6\x40\xb5\xb2\x2d"},
	} {
		got, err := Parse([]byte(c.data))
		if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], Timed{Now, c.want}) {
			t.Errorf("got %v, %v, want %v", got, err, c.want)
		}
		if data := c.want.Bytes(); string(data) != c.data {
			t.Errorf("%v is %q, want %q", c.want, data, c.data)
		}
	}
}

// Every type of argument comes back as it was; old senders leave the list of types out.
func TestArguments(t *testing.T) {
	m := Message{"/a", []any{int32(-7), int64(1) << 40, float32(0.5), math.Pi, "", "né", []byte{1, 2, 3}, []byte{}, true, false, nil, Time(5), Word{0, 0x90, 60, 127}, Impulse{}}}
	got, err := Parse(m.Bytes())
	if err != nil || !reflect.DeepEqual(got[0].Message, m) {
		t.Errorf("got %v, %v, want %v", got, err, m)
	}
	if got, err := Parse([]byte("/tap\x00\x00\x00\x00")); err != nil || got[0].Address != "/tap" || got[0].Args != nil {
		t.Errorf("without types: %v, %v", got, err)
	}
	if got, err := Parse([]byte("/a\x00\x00,[ii]\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02")); err != nil || len(got[0].Args) != 2 {
		t.Errorf("an array: %v, %v", got, err)
	}
}

// Bundles hold bundles, each with its own time, and what follows one is not taken into it.
func TestBundle(t *testing.T) {
	a, b, c := Message{Address: "/a"}, Message{Address: "/b"}, Message{Address: "/c"}
	got, err := Parse(bundle(10, a.Bytes(), bundle(20, b.Bytes()), c.Bytes()))
	want := []Timed{{10, a}, {20, b}, {10, c}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	var many [][]byte
	for range 2000 {
		many = append(many, Message{"/knob/zoom", []any{float32(1)}}.Bytes())
	}
	if got, err := Parse(bundle(Now, many...)); err != nil || len(got) != 2000 {
		t.Errorf("a bundle of 56 kB: %d messages, %v", len(got), err)
	}
}

func TestTime(t *testing.T) {
	at := time.Date(2026, 11, 30, 9, 30, 15, 250_000_000, time.UTC)
	if got := Time(0xeeb7c0a7<<32 | 1<<30).When(); got.Sub(at).Abs() > time.Nanosecond {
		t.Errorf("got %v, want %v", got, at)
	}
	if !Now.When().IsZero() {
		t.Error("what is to be done at once has a time")
	}
}

// What is not a packet is an error, whatever it claims.
func TestBad(t *testing.T) {
	deep := Message{Address: "/a"}.Bytes()
	for range mostDepth + 1 {
		deep = bundle(Now, deep)
	}
	for name, data := range map[string]string{
		"nothing":               "",
		"three bytes":           "/ab",
		"no end":                "/abc",
		"no slash":              "abc\x00",
		"no comma":              "/abc\x00\x00\x00\x00f\x00\x00\x00",
		"unknown type":          "/a\x00\x00,z\x00\x00",
		"argument missing":      "/a\x00\x00,f\x00\x00",
		"blob beyond the end":   "/a\x00\x00,b\x00\x00\x7f\xff\xff\xff",
		"blob of -1 bytes":      "/a\x00\x00,b\x00\x00\xff\xff\xff\xff",
		"text without an end":   "/a\x00\x00,s\x00\x00abcd",
		"not UTF-8":             "/\xff\x00\x00",
		"bundle without a time": "#bundle\x00\x00\x00\x00\x00",
		"element too long":      string(bundle(Now)) + "\x00\x00\x01\x00/a\x00\x00",
		"element of odd length": string(bundle(Now)) + "\x00\x00\x00\x03/a\x00\x00",
		"other bundle":          "#bungle\x00" + strings.Repeat("\x00", 8),
		"bundles without end":   string(deep),
	} {
		if got, err := Parse([]byte(data)); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		pattern, address string
		want             bool
	}{
		{"/knob/zoom", "/knob/zoom", true},
		{"/knob/zoom", "/knob/zoo", false},
		{"/knob/*", "/knob/zoom", true},
		{"/knob/*", "/knob/zoom/value", false}, // a star crosses no slash
		{"/*", "/knob/zoom", false},
		{"/knob?zoom", "/knob/zoom", false}, // nor does a question mark
		{"/knob/z??m", "/knob/zoom", true},
		{"/knob/z?m", "/knob/zoom", false},
		{"/knob/{pan-x,pan-y}", "/knob/pan-y", true},
		{"/knob/{pan,zoom}", "/knob/pan-y", false},
		{"/knob/pan-{x,y}/value", "/knob/pan-x/value", true},
		{"/bend/[1-3]/amount", "/bend/2/amount", true},
		{"/bend/[1-3]/amount", "/bend/4/amount", false},
		{"/bend/[!1-3]/amount", "/bend/4/amount", true},
		{"/bend/[12]/amount", "/bend/2/amount", true},
		{"/bend/[3-1]/amount", "/bend/2/amount", true},
		{"/a/[a-]", "/a/-", true},
		{"/a/*b*c", "/a/xbxbc", true},
		{"/a/*b*c", "/a/xbxb", false},
		{"/a/[b", "/a/b", false},
		{"/a/{b", "/a/b", false},
		{"/a/.", "/a/b", false}, // no regular expression
		{"/a/" + strings.Repeat("*a", 40) + "b", "/a/" + strings.Repeat("a", 60), false},
	} {
		if got := Match(c.pattern, c.address); got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.address, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(Message{"/a", []any{int32(1), "x", []byte{1}, 2.5}}.Bytes())
	f.Add(bundle(7, Message{Address: "/a"}.Bytes(), bundle(8)))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := Parse(data)
		if err != nil {
			return
		}
		for _, m := range list {
			Match(m.Address, "/knob/zoom")
			again, err := Parse(m.Bytes())
			if err != nil || len(again) != 1 || !bytes.Equal(again[0].Bytes(), m.Bytes()) {
				t.Fatalf("%q does not come back: %v, %v", m.Bytes(), again, err)
			}
		}
	})
}
