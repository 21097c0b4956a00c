package app

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// desktop is what a desktop does to a window that xdotool cannot: asking it to
// close, and dropping files on it.
type desktop struct {
	t    testing.TB
	conn *xgb.Conn
	root xproto.Window
}

func (w *window) desktop() *desktop { w.t.Helper(); return desktopOf(w.t, w.display) }

func desktopOf(t testing.TB, display string) *desktop {
	t.Helper()
	xgb.Logger.SetOutput(io.Discard) // it tells of every server that ends
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return &desktop{t, conn, xproto.Setup(conn).DefaultScreen(conn).Root}
}

func (d *desktop) atom(name string) xproto.Atom {
	d.t.Helper()
	r, err := xproto.InternAtom(d.conn, false, uint16(len(name)), name).Reply()
	if err != nil {
		d.t.Fatal(err)
	}
	return r.Atom
}

// studio finds the studio's window: the one that speaks of dropping files, which a window manager has put into a frame.
func (d *desktop) studio() xproto.Window {
	d.t.Helper()
	aware := d.atom("XdndAware")
	var find func(in xproto.Window) xproto.Window
	find = func(in xproto.Window) xproto.Window {
		tree, err := xproto.QueryTree(d.conn, in).Reply()
		if err != nil {
			return 0 // it has gone meanwhile
		}
		for _, c := range tree.Children {
			if p, err := xproto.GetProperty(d.conn, false, c, aware, xproto.AtomAtom, 0, 1).Reply(); err == nil && p.ValueLen > 0 && d.class(c) != outputClass {
				return c
			}
			if w := find(c); w != 0 {
				return w
			}
		}
		return 0
	}
	w := find(d.root)
	if w == 0 {
		d.t.Fatal("there is no window that files can be dropped on")
	}
	return w
}

// outputClass is the class of the second window, as class gives it.
const outputClass = "zalgoscope-output"

// class is the first word of a window's class.
func (d *desktop) class(w xproto.Window) string {
	p, err := xproto.GetProperty(d.conn, false, w, xproto.AtomWmClass, xproto.AtomString, 0, 64).Reply()
	if err != nil {
		return ""
	}
	word, _, _ := strings.Cut(string(p.Value), "\x00")
	return word
}

func (d *desktop) send(to xproto.Window, kind string, data ...uint32) {
	d.t.Helper()
	data = append(data, make([]uint32, 5-len(data))...)
	e := xproto.ClientMessageEvent{Format: 32, Window: to, Type: d.atom(kind), Data: xproto.ClientMessageDataUnionData32New(data)}
	if err := xproto.SendEventChecked(d.conn, false, to, xproto.EventMaskNoEvent, string(e.Bytes())).Check(); err != nil {
		d.t.Fatal(err)
	}
}

// quit asks the window to close, as the button in its frame does.
func (d *desktop) quit() {
	d.send(d.studio(), "WM_PROTOCOLS", uint32(d.atom("WM_DELETE_WINDOW")))
}

// drop is the source's side of the XDND protocol: it offers a list of files, hovers, drops, and
// hands the list over when the window asks for the selection.
func (d *desktop) drop(paths ...string) {
	d.t.Helper()
	to := d.studio()
	from, err := xproto.NewWindowId(d.conn)
	if err != nil {
		d.t.Fatal(err)
	}
	if err := xproto.CreateWindowChecked(d.conn, 0, from, d.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil).Check(); err != nil {
		d.t.Fatal(err)
	}
	uris, selection := d.atom("text/uri-list"), d.atom("XdndSelection")
	xproto.SetSelectionOwner(d.conn, from, selection, xproto.TimeCurrentTime)
	d.send(to, "XdndEnter", uint32(from), 5<<24, uint32(uris))
	d.send(to, "XdndPosition", uint32(from), 0, 300<<16|300, 0, uint32(d.atom("XdndActionCopy")))
	dropped := false
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		event, err := d.conn.PollForEvent()
		if err != nil {
			d.t.Fatal(err)
		}
		switch e := event.(type) {
		case xproto.ClientMessageEvent:
			switch e.Type {
			case d.atom("XdndStatus"):
				if !dropped {
					dropped = true
					d.send(to, "XdndDrop", uint32(from), 0, 0)
				}
			case d.atom("XdndFinished"):
				return
			}
		case xproto.SelectionRequestEvent:
			list := ""
			for _, path := range paths {
				list += "file://" + path + "\r\n"
			}
			xproto.ChangeProperty(d.conn, xproto.PropModeReplace, e.Requestor, e.Property, uris, 8, uint32(len(list)), []byte(list))
			note := xproto.SelectionNotifyEvent{Time: e.Time, Requestor: e.Requestor, Selection: e.Selection, Target: e.Target, Property: e.Property}
			xproto.SendEvent(d.conn, false, e.Requestor, xproto.EventMaskNoEvent, string(note.Bytes()))
		}
	}
	d.t.Fatal("the window did not take the files that were dropped")
}

// copy is what a program does that has copied a text: it is asked for it from then on.
func (d *desktop) copy(text string) {
	d.t.Helper()
	id, err := xproto.NewWindowId(d.conn)
	if err != nil {
		d.t.Fatal(err)
	}
	xproto.CreateWindow(d.conn, 0, id, d.root, 0, 0, 1, 1, 0, xproto.WindowClassInputOnly, 0, 0, nil)
	xproto.SetSelectionOwner(d.conn, id, d.atom("CLIPBOARD"), xproto.TimeCurrentTime)
	kind := d.atom("UTF8_STRING")
	go func() {
		for {
			event, fault := d.conn.WaitForEvent()
			if event == nil && fault == nil {
				return // the connection is closed
			}
			r, ok := event.(xproto.SelectionRequestEvent)
			if !ok {
				continue
			}
			answer := xproto.SelectionNotifyEvent{Time: r.Time, Requestor: r.Requestor, Selection: r.Selection, Target: r.Target}
			if r.Target == kind {
				xproto.ChangeProperty(d.conn, xproto.PropModeReplace, r.Requestor, r.Property, kind, 8, uint32(len(text)), []byte(text))
				answer.Property = r.Property
			}
			xproto.SendEvent(d.conn, false, r.Requestor, 0, string(answer.Bytes()))
		}
	}()
}
