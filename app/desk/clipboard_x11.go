//go:build !windows && !darwin

package desk

import (
	"errors"
	"time"

	"github.com/jezek/xgb/xproto"
)

// Clipboard is the text that another program has copied (ICCCM, 2.4), of a few thousand letters. It waits for that program, for a
// second at most.
func Clipboard() (string, error) {
	s := connect()
	if s == nil {
		return "", errors.New("desk: there is no clipboard here")
	}
	defer s.Close()
	late := time.AfterFunc(time.Second, s.Close)
	defer late.Stop()
	id, err := xproto.NewWindowId(s.Conn)
	if err != nil {
		return "", err
	}
	xproto.CreateWindow(s.Conn, 0, id, s.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil)
	text, place := s.atom("UTF8_STRING"), s.atom("ZALGOSCOPE_CLIPBOARD")
	xproto.ConvertSelection(s.Conn, id, s.atom("CLIPBOARD"), text, place, xproto.TimeCurrentTime)
	for {
		event, fault := s.WaitForEvent()
		if event == nil && fault == nil {
			return "", errors.New("desk: the program that has copied something does not answer")
		}
		if e, ok := event.(xproto.SelectionNotifyEvent); !ok {
			continue
		} else if e.Property == 0 {
			return "", errNoText
		}
		p, err := xproto.GetProperty(s.Conn, true, id, place, xproto.GetPropertyTypeAny, 0, mostClipboard/4).Reply()
		if err != nil || p.Type != text { // a long text comes in pieces, and is of another type then
			return "", errNoText
		}
		return string(p.Value), nil
	}
}
