package capture

import (
	"errors"
	"fmt"
	"image"
	"io"
	"slices"
	"sync"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/app/ffmpeg"
)

// Player plays a film by the clock as an input: a frame of a dream has the picture that is due. Its methods may be called
// from any goroutine.
type Player struct {
	Info
	newest
	source Source
	most   int
	note   func(string)
	ended  chan struct{} // closed when the goroutine has ended

	state struct {
		sync.Mutex
		wake   chan struct{} // holds a token when something below changed; made once
		at     float64       // seconds; guarded by the mutex
		seek   float64       // where to go, -1 for nowhere; guarded by the mutex
		loop   bool          // guarded by the mutex
		paused bool          // guarded by the mutex
		over   bool          // it stands at its end; guarded by the mutex
		closed bool          // guarded by the mutex
	}
	reader *reader // owned by the goroutine
}

// Play opens a film and plays it, over and over. Pictures are of at most so many pixels on the longer side. note hears, on another
// goroutine, what is wrong with it.
func Play(path string, most int, note func(string)) (*Player, error) {
	if err := ffmpeg.Check(); err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	s, err := Find(path)
	if err != nil {
		return nil, err
	}
	if s.Live {
		return nil, fmt.Errorf("capture: %s is no film", s.Name)
	}
	p := &Player{source: s, most: most, note: note, ended: make(chan struct{})}
	if p.Info, err = Probe(s); err != nil {
		return nil, err
	}
	p.source = s.as(p.Info)
	p.state.wake, p.state.seek, p.state.loop = make(chan struct{}, 1), -1, true
	if err := p.open(0); err != nil {
		return nil, err
	}
	m, err := p.reader.next()
	if err != nil {
		p.reader.Close()
		if errors.Is(err, io.EOF) {
			err = fmt.Errorf("capture: %s has no picture that can be read", s.Name)
		}
		return nil, err
	}
	p.put(m)
	if s.gap != "" {
		note(s.gap)
	}
	go p.run()
	return p, nil
}

func (p *Player) Name() string             { return p.source.Spec }
func (p *Player) Rate() float64            { return p.Info.Rate }
func (p *Player) Identity() dream.Identity { return asPlayed(p.source.Spec, &p.newest, p.Info.Rate) }

// open begins to read at a second. Where that fails the reader before stays, if there was one.
func (p *Player) open(at float64) error {
	var before []string
	if at > 0 {
		before = []string{"-ss", fmt.Sprintf("%.3f", at)}
	}
	if p.source.series {
		before = append(before, "-framerate", fmt.Sprint(p.Info.Rate))
	}
	r, err := open(p.source, before, slices.Concat([]string{p.steadied(p.Info.Rate)}, fitted(p.most), p.tone)...)
	if err == nil {
		p.reader = r
	}
	return err
}

// set changes the state.
func (p *Player) set(change func()) {
	p.state.Lock()
	change()
	p.state.Unlock()
	select {
	case p.state.wake <- struct{}{}:
	default:
	}
}

// At is where it is, in seconds.
func (p *Player) At() float64 {
	p.state.Lock()
	defer p.state.Unlock()
	if p.state.seek >= 0 {
		return p.state.seek
	}
	return p.state.at
}

// Seek goes to a second.
func (p *Player) Seek(at float64) {
	if p.Duration > 0 {
		at = min(at, max(p.Duration-1/p.Info.Rate, 0))
	}
	p.set(func() { p.state.seek = max(at, 0) })
}

// Loop tells whether it begins anew at its end, SetLoop sets that.
func (p *Player) Loop() bool {
	p.state.Lock()
	defer p.state.Unlock()
	return p.state.loop
}

func (p *Player) SetLoop(on bool) { p.set(func() { p.state.loop = on }) }

// Pause stands still, or goes on.
func (p *Player) Pause(on bool) { p.set(func() { p.state.paused = on }) }

// Close ends it.
func (p *Player) Close() {
	p.set(func() { p.state.closed = true })
	<-p.ended
}

// run plays until Close.
func (p *Player) run() {
	defer close(p.ended)
	defer func() { p.reader.Close() }()
	began, base, n := time.Now(), 0.0, 1 // when and from which second it was read, and the picture that is due next
	// stop has it stand where it cannot be read on. Where not even its beginning can be read it does not begin anew.
	stop := func(err error) {
		none := n == 0 && base == 0
		switch {
		case none:
			p.note(fmt.Sprintf("%s cannot be read again (%s); its last picture stays", p.source.Name, p.source.reason(err)))
		case !errors.Is(err, io.EOF):
			p.note(err.Error())
		}
		p.set(func() {
			p.state.over = true
			p.state.loop = p.state.loop && !none
		})
	}
	restart := func(at float64) {
		p.reader.Close()
		err := p.open(at)
		began, base, n = time.Now(), at, 0
		if err == nil {
			err = p.step(&n) // shown although it stands still
		}
		if err != nil {
			stop(err)
		}
	}
	for {
		p.state.Lock()
		seek, still, over, closed, loop := p.state.seek, p.state.paused, p.state.over, p.state.closed, p.state.loop
		p.state.seek = -1
		if seek >= 0 {
			p.state.at, p.state.over = seek, false
		}
		p.state.Unlock()
		switch {
		case closed:
			return
		case seek >= 0:
			restart(seek)
			continue
		case over && loop:
			p.set(func() { p.state.at, p.state.over = 0, false })
			restart(0)
			continue
		case still || over:
			stood := time.Now()
			<-p.state.wake
			began = began.Add(time.Since(stood))
			continue
		}
		due := began.Add(time.Duration(float64(n) / p.Info.Rate * float64(time.Second)))
		if wait := time.Until(due); wait > 0 {
			select {
			case <-time.After(wait):
			case <-p.state.wake:
				continue
			}
		} else if wait < -time.Second {
			began = began.Add(-wait) // the machine is too slow for it, or slept
		}
		if err := p.step(&n); err != nil {
			stop(err)
			continue
		}
		at := base + float64(n)/p.Info.Rate
		p.state.Lock()
		p.state.at = at
		p.state.Unlock()
	}
}

// step shows the next picture. After the last one the error is io.EOF.
func (p *Player) step(n *int) error {
	m, err := p.reader.next()
	if err != nil {
		return err
	}
	p.put(m)
	*n++
	return nil
}

// Image is the newest picture.
func (p *Player) Image() *image.RGBA { return p.newest.Image() }
