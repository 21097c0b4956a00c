package saver

import (
	"context"
	"errors"
	"image"
	"runtime"
	"time"
	"unsafe"
)

// pane is a window that the saver draws into.
type pane struct {
	id     uintptr
	parent uintptr // somebody else's window, which the pane fills; 0 where it covers a monitor
	size   image.Point
}

// screenState is what the windows' procedure hears, on the thread that owns them.
var screenState struct {
	leaving Leaving
	preview bool
	leave   bool // somebody wants the screen back
	stale   bool // something needs to be drawn again
}

// Run shows the dream on every monitor or in the target's window, until the context ends, the
// window is gone or, on the monitors, somebody touches keyboard or mouse.
func Run(ctx context.Context, cfg Config, t Target) error {
	if err := cfg.check(); err != nil {
		return err
	}
	runtime.LockOSThread() // windows belong to the thread that opened them
	defer runtime.UnlockOSThread()
	cfg.Look()
	panes, err := openPanes(t)
	defer func() {
		for _, p := range panes {
			destroyWindow.Call(p.id)
		}
	}()
	if err != nil {
		return err
	}
	Politely()
	show, err := NewShow(cfg, largestPane(panes))
	if err != nil {
		return err
	}
	show.Start()
	return errors.Join(showPanes(ctx, show, panes), show.Close())
}

// openPanes fills the target's window or covers every monitor.
func openPanes(t Target) (panes []*pane, err error) {
	const (
		popup, child, visible = 0x80000000, 0x40000000, 0x10000000
		topmost, toolWindow   = 0x8, 0x80
		perMonitorV2          = ^uintptr(3) // -4
	)
	screenState.preview = t.Window != 0
	if t.Window != 0 {
		parent := uintptr(t.Window)
		size, ok := clientSize(parent)
		if !ok {
			return nil, errors.New("saver: there is no window of that number")
		}
		id, err := open(child|visible, 0, parent, rect{right: int32(size.X), bottom: int32(size.Y)})
		if err != nil {
			return nil, err
		}
		return []*pane{{id: id, parent: parent, size: size}}, nil
	}
	if setDPIContext.Find() == nil { // since Windows 10
		setDPIContext.Call(perMonitorV2)
	}
	for _, r := range monitorRects() {
		id, err := open(popup|visible, topmost|toolWindow, 0, r)
		if err != nil {
			return panes, err
		}
		panes = append(panes, &pane{id: id, size: r.size()})
	}
	if len(panes) == 0 {
		return nil, errors.New("saver: there is no monitor")
	}
	setForeground.Call(panes[0].id)
	return panes, nil
}

func largestPane(panes []*pane) (most image.Point) {
	for _, p := range panes {
		if p.size.X*p.size.Y > most.X*most.Y {
			most = p.size
		}
	}
	return most
}

// showPanes is the loop of the display.
func showPanes(ctx context.Context, show *Show, panes []*pane) error {
	var (
		beat beat
		buf  []uint32
	)
	for ctx.Err() == nil && pump() && follow(panes, show) {
		now := time.Now()
		m, changed, err := beat.turn(now, show)
		if err != nil {
			return err
		}
		if changed || screenState.stale {
			screenState.stale = false
			buf = words(buf, m)
			for _, p := range panes {
				paint(p.id, p.size, m.Rect.Size(), buf)
			}
		}
		const allInput = 0x04FF
		waitForMessages.Call(0, 0, 0, uintptr(beat.rest(now).Milliseconds()), allInput)
	}
	return nil
}

// pump lets the windows hear what has happened, and tells whether to go on.
func pump() bool {
	const remove, quit = 1, 0x12
	var m message
	for {
		if ok, _, _ := peekMessage.Call(uintptr(unsafe.Pointer(&m)), 0, 0, 0, remove); ok == 0 {
			return !screenState.leave
		}
		if m.id == quit {
			return false
		}
		dispatchMessage.Call(uintptr(unsafe.Pointer(&m)))
	}
}

// follow takes the sizes of windows that panes fill, and tells whether they are all there.
func follow(panes []*pane, show *Show) bool {
	for _, p := range panes {
		if p.parent == 0 {
			continue
		}
		size, ok := clientSize(p.parent)
		if here, _, _ := isWindow.Call(p.id); !ok || here == 0 {
			return false
		}
		if size != p.size {
			p.size = size
			moveWindow.Call(p.id, 0, 0, uintptr(size.X), uintptr(size.Y), 0)
			show.Resize(size)
		}
	}
	return true
}

// windowProc is what the system calls with a window's messages.
func windowProc(id, msg, wide, long uintptr) uintptr {
	const (
		destroy, paintMsg, closeMsg, erase = 0x02, 0x0F, 0x10, 0x14
		activateApp, setCursorMsg          = 0x1C, 0x20
		keyDown, sysKeyDown, sysCommand    = 0x100, 0x104, 0x112
		mouseMove, leftDown, rightDown     = 0x200, 0x201, 0x204
		middleDown, wheel, otherDown       = 0x207, 0x20A, 0x20B
		screenSave                         = 0xF140 // of sysCommand: we are it already
	)
	s := &screenState
	own := !s.preview
	switch msg {
	case destroy, closeMsg:
		s.leave = true
		return 0
	case paintMsg:
		validateRect.Call(id, 0)
		s.stale = true
		return 0
	case erase:
		if s.stale {
			return 1
		}
	case setCursorMsg:
		if own {
			setCursor.Call(0)
			return 1
		}
	case keyDown, sysKeyDown, leftDown, rightDown, middleDown, otherDown, wheel:
		s.leave = s.leave || own
	case activateApp:
		s.leave = s.leave || own && wide == 0
	case mouseMove:
		var at struct{ x, y int32 }
		if ok, _, _ := getCursorPos.Call(uintptr(unsafe.Pointer(&at))); ok != 0 && own {
			s.leave = s.leave || s.leaving.Moved(image.Pt(int(at.x), int(at.y)), time.Now())
		}
	case sysCommand:
		if own && wide&0xFFF0 == screenSave {
			return 0
		}
	}
	r, _, _ := defWindowProc.Call(id, msg, wide, long)
	return r
}
