package gpu

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// port is a place where the platform can make a context without a window.
type port interface {
	// open makes a 4.3 core context current on the calling thread, one that reports where debug is set.
	open(debug bool) (current, error)
}

// current is a context that is current on the thread that opened it.
type current interface {
	address(name string) unsafe.Pointer
	// sibling is a place where a context opens that has programs in common with this
	// one. Not every driver opens it while this one is current.
	sibling() port
	leave()
	enter() error
	close()
}

// context owns an OpenGL context and the one thread that it is current on.
type context struct {
	device Device
	cur    current // used on the thread
	calls  chan func()
	done   chan struct{}
}

// loading loads the functions' addresses once for the process: they are the
// same in every context of this driver stack, and go-gl keeps them globally.
var loading sync.Once
var loadError error

// openContext starts the thread and makes the port's context current on it.
func openContext(p port, debug bool) (*context, error) {
	c := &context{calls: make(chan func()), done: make(chan struct{})}
	opened := make(chan error)
	go c.serve(p, debug, opened)
	if err := <-opened; err != nil {
		return nil, err
	}
	return c, nil
}

// serve runs the calls; the thread is locked and ends with the goroutine.
func (c *context) serve(p port, debug bool, opened chan<- error) {
	runtime.LockOSThread()
	defer close(c.done)
	cur, err := p.open(debug)
	if err != nil {
		opened <- err
		return
	}
	loading.Do(func() { loadError = gl.InitWithProcAddrFunc(cur.address) })
	if loadError != nil {
		cur.close()
		opened <- fmt.Errorf("its OpenGL 4.3 is incomplete: %w", loadError)
		return
	}
	c.device, c.cur = describe(), cur
	opened <- nil
	for call := range c.calls {
		call()
	}
	cur.close()
}

// openSibling opens a context with a thread of its own that has programs in common
// with this one, on whose thread it is called.
func (c *context) openSibling() (*context, error) {
	c.cur.leave()
	s, err := openContext(c.cur.sibling(), false)
	if back := c.cur.enter(); back != nil {
		fail(&Error{Device: c.device.Renderer, Cause: fmt.Errorf("%w: %v", ErrLost, back)})
	}
	return s, err
}

// do runs f on the context's thread and waits for it. A failure that f throws
// with fail comes back as the error; any other panic is ours and goes on.
func (c *context) do(f func()) (err error) {
	ready := make(chan any)
	c.calls <- func() {
		defer func() { ready <- recover() }()
		err = catch(f)
	}
	if p := <-ready; p != nil {
		panic(p)
	}
	return err
}

func (c *context) close() {
	close(c.calls)
	<-c.done
}

// failure carries an error out of a call on the context's thread.
type failure struct{ err error }

func fail(err error) { panic(failure{err}) }

// catch runs f and gives the error that it throws with fail.
func catch(f func()) (err error) {
	defer func() {
		p := recover()
		if e, ok := p.(failure); ok {
			err = e.err
		} else if p != nil {
			panic(p)
		}
	}()
	f()
	return nil
}
