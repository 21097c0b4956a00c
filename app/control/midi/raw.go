package midi

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"gitlab.com/gomidi/midi/v2"
	"gitlab.com/gomidi/midi/v2/drivers"
)

// raw is the driver of one device whose bytes are read from a file, such as /dev/snd/midiC1D0, or from a pipe.
type raw struct {
	path string

	mu   sync.Mutex
	file *os.File // nil while it is closed; guarded by mu
}

// Raw is the driver of the device at a path, which may come and go.
func Raw(path string) drivers.Driver { return &raw{path: path} }

func (r *raw) Ins() ([]drivers.In, error) {
	if _, err := os.Stat(r.path); err != nil {
		return nil, nil // it has gone, or not yet come
	}
	return []drivers.In{r}, nil
}

func (r *raw) Outs() ([]drivers.Out, error) {
	info, err := os.Stat(r.path)
	if err != nil || info.Mode()&os.ModeNamedPipe != 0 {
		return nil, nil // a pipe would give us back what we say
	}
	return []drivers.Out{r}, nil
}

func (r *raw) String() string          { return filepath.Base(r.path) }
func (r *raw) Number() int             { return 0 }
func (r *raw) Underlying() interface{} { return nil }

func (r *raw) Open() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file != nil {
		return nil
	}
	info, err := os.Stat(r.path)
	if err != nil {
		return err
	}
	if info.Mode()&(os.ModeCharDevice|os.ModeNamedPipe) == 0 {
		return fmt.Errorf("it is no device")
	}
	r.file, err = openRaw(r.path)
	return err
}

func (r *raw) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}

func (r *raw) IsOpen() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.file != nil
}

func (r *raw) Send(b []byte) error {
	r.mu.Lock()
	file := r.file
	r.mu.Unlock()
	if file == nil {
		return drivers.ErrPortClosed
	}
	_, err := file.Write(b)
	return err
}

// Listen reads on a goroutine until the file is closed or the device gone.
func (r *raw) Listen(hear func(b []byte, milliseconds int32), config drivers.ListenConfig) (stop func(), err error) {
	r.mu.Lock()
	file := r.file
	r.mu.Unlock()
	if file == nil {
		return nil, drivers.ErrPortClosed
	}
	p := newParser(func(m midi.Message) { hear(m, 0) })
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		buf := make([]byte, 1024)
		for {
			n, err := file.Read(buf)
			p.write(buf[:n])
			if err != nil {
				if !errors.Is(err, os.ErrClosed) && config.OnErr != nil {
					config.OnErr(err)
				}
				r.forget(file)
				return
			}
		}
	}()
	return func() {
		r.forget(file)
		<-ended
	}, nil
}

// forget closes a file that is the open one.
func (r *raw) forget(file *os.File) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.file == file {
		r.file = nil
	}
	_ = file.Close() // nothing is written that could be lost
}
