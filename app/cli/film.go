package cli

import (
	"context"
	"errors"
	"image"
	"sync"

	"zalgoscope/app/record"
)

// film is a recording whose frames come from a goroutine that may be in the midst of a long step when the
// recording has to end.
type film struct {
	mu    sync.Mutex
	rec   record.Recorder // guarded by mu
	added int             // frames; guarded by mu
	over  bool            // guarded by mu
}

func (f *film) add(m *image.RGBA) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.over {
		return context.Canceled
	}
	f.added++
	return f.rec.Add(m)
}

func (f *film) close() (frames int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
	return f.added, f.rec.Close()
}

// record writes the frames that work adds. Whatever ends work, the file is finished with those so far; where
// work does not see that the context has ended, as within a long step, it is finished before.
func (f *recordFlags) record(ctx context.Context, frames int, recipe func() record.Recipe, work func(add func(*image.RGBA) error) error) error {
	whole := false
	o := f.options(recipe)
	o.Cut = func() bool { return !whole }
	rec, err := record.Create(numbered(f.out, frames), o)
	if err != nil {
		return err
	}
	film := &film{rec: rec}
	worked := make(chan error, 1)
	go func() { worked <- work(film.add) }()
	waiting := false
	select {
	case err = <-worked:
		whole = err == nil
	case <-late(ctx):
		waiting = true
	}
	added, cerr := film.close()
	if waiting {
		err = <-worked // which the end of the program may come before: see stoppable
	}
	switch {
	case errors.Is(cerr, record.ErrEmpty) && err != nil, cerr == nil && err != nil:
		return err
	case cerr == nil && f.session != "":
		return f.writeSession(recipe(), added)
	case errors.Is(err, context.Canceled):
		say(cerr.Error())
		return err
	case err == nil || errors.Is(cerr, err):
		return cerr
	}
	return errors.Join(err, cerr)
}
