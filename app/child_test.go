package app

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"gitlab.com/gomidi/midi/v2/drivers"

	"zalgoscope/app/control/midi"
	"zalgoscope/app/dream"
	"zalgoscope/app/record"
	"zalgoscope/app/widget"
	"zalgoscope/nn"
)

// The tests run the real window in a process of its own, this test binary called with
// childVar set: it obeys requests on its standard input, one JSON object a line, and
// answers each with the studio's state. Mouse and keys come from the X server.
const childVar = "ZALGOSCOPE_TEST_STUDIO"

// patientVar has the hints of the first start stay until they are done.
const patientVar = "ZALGOSCOPE_TEST_PATIENT"

// midiVar is the pipe by which a MIDI device speaks, chatVar the chat that is read.
const (
	midiVar = "ZALGOSCOPE_TEST_MIDI"
	chatVar = "ZALGOSCOPE_TEST_CHAT"
)

func TestMain(m *testing.M) {
	if kind := os.Getenv(childVar); kind != "" {
		if err := runChild(kind); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// request is what a test asks of the window's process.
type request struct {
	Do   string // "" asks for the state only; save, guide, reveal, recorder, another net, kill, measure
	Path string
	Name string // of a slider, its knob, or a spot
	Wait bool   // the test waits for something, which leaves the processor to that

	Seconds, Side float64 // of a film
}

// child is the studio with an ear for requests.
type child struct {
	*studio
	requests chan request
	since    time.Time

	told   []string
	draws  int        // drawings
	begun  int        // dreams seen
	seen   *beginning // the last of them
	levels []level
	paused *atomic.Bool
	stands bool
	climb  int64 // gradient step of the slow engine
	within int   // updates in it
	most   int
	worked time.Duration
	rests  bool // it is drawn less often, as the test only waits
	whole  bool // it is always drawn as often as can be, as that is measured
}

// Update serves at most one request a tick.
func (c *child) Update() error {
	c.stand()
	runtime.LockOSThread()
	began := threadTime()
	err := c.studio.Update()
	c.worked = max(c.worked, threadTime()-began)
	runtime.UnlockOSThread()
	if err != nil {
		return err
	}
	c.look()
	select {
	case r, ok := <-c.requests:
		if !ok {
			c.closing = true
			return ebiten.Termination
		}
		c.serve(r)
	default:
	}
	return nil
}

func (c *child) Draw(screen *ebiten.Image) {
	c.studio.Draw(screen)
	c.draws++
	if c.rests && !c.whole {
		time.Sleep(30 * time.Millisecond) // few enough for every update to be made
	}
}

// stand finds out whether the loop has finished what it was about when it was paused. It is called
// before the studio hears the loop's frames, so that it has heard of all of them.
func (c *child) stand() {
	if c.session == nil || !c.session.loop.Paused() {
		c.paused, c.stands = nil, false
		return
	}
	if c.paused == nil {
		done := new(atomic.Bool)
		c.paused = done
		c.session.loop.Do(func(*dream.Dream) error { done.Store(true); return nil })
	}
	c.stands = c.paused.Load()
}

// look notes what comes and goes.
func (c *child) look() {
	for _, n := range c.toasts.Texts() {
		if !slices.Contains(c.told, n) {
			c.told = append(c.told, n)
		}
	}
	if c.shown.Frame != nil && c.shown.of != c.seen {
		c.seen = c.shown.of
		c.begun++
	}
	if f := c.shown.Frame; f != nil && (len(c.levels) == 0 || c.levels[len(c.levels)-1].Frame != f.Number) {
		c.levels = append(c.levels, level{f.Number, f.Done, middle(f.Image)})
	}
	if now := climbs.Load(); now != c.climb {
		c.climb, c.within = now, 0
	} else if now > 0 {
		c.within++
		c.most = max(c.most, c.within)
	}
}

func (c *child) serve(r request) {
	c.rests = r.Wait
	switch r.Do {
	case "save":
		c.saveAs(r.Path, saving{frame: c.shown})
	case "guide": // what the dialog does with the chosen path
		c.follow(r.Path)
	case "recorder": // its kind of file, length of film, and longer side
		c.recorder.kind, c.recorder.length, c.recorder.side = r.Name, r.Seconds, r.Side
	case "another net":
		ses := c.session
		last := ses.latest()
		c.open(opening{net: ses.net, id: record.Net{Name: "another"}, start: last.start, seed: last.seed})
	case "reveal":
		for _, s := range c.panel.sliders {
			if called(s, r.Name) && s.Style != widget.Grand {
				c.panel.scroller.Reveal(s.GetWidget().Rect)
			}
		}
		if at, ok := c.spots()[r.Name]; ok {
			c.panel.scroller.Reveal(at)
			if c.library.open {
				c.library.scroller.Reveal(at)
			}
		}
	case "save as": // what the dialog does with the chosen path
		v := c.saving
		c.closeSaving()
		c.saveAs(r.Path, v)
	case "export":
		for _, p := range c.presets.list {
			if p.Name == r.Name {
				c.export(r.Path, p)
			}
		}
	case "go on": // seconds of each scene, and of the fade
		c.show.Every, c.show.Fade, c.show.left = r.Seconds, r.Side, 0.1
	case "scroll": // to the panel's top
		c.panel.scroller.ScrollBy(-c.panel.scroller.Offset())
	case "kill": // the device
		deadly.Store(true)
	case "measure":
		c.whole = true
		c.meter.updates, c.meter.frames, c.meter.over, c.meter.longest, c.meter.total = 0, 0, 0, 0, 0
		c.meter.gap, c.meter.stalls, c.levels, c.worked = 0, 0, nil, 0
		c.since = time.Now()
	}
	data, err := json.Marshal(c.state(r.Name))
	if err != nil {
		panic(err)
	}
	fmt.Println(string(data))
}

// runChild is the whole of the window's process.
func runChild(kind string) error {
	if kind == "output" {
		return Output(os.Stdin, 0)
	}
	if os.Getenv(patientVar) != "" {
		hintTime = time.Hour
	}
	if kind == largeKind {
		return runEnlarging()
	}
	cfg, err := childConfig(kind)
	if err != nil {
		return err
	}
	cfg.Output = func(int) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childVar+"=output")
		return cmd
	}
	if path := os.Getenv(midiVar); path != "" {
		cfg.MIDI = func() (drivers.Driver, error) { return midi.Raw(path), nil }
	}
	cfg.Chat = os.Getenv(chatVar)
	s, err := newStudio(cfg)
	if err != nil {
		return err
	}
	if kind == "small" {
		s.free = func() float64 { return 256 << 20 }
	}
	c := &child{studio: s, requests: make(chan request), since: time.Now()}
	go func() {
		defer close(c.requests)
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			var r request
			if json.Unmarshal(in.Bytes(), &r) != nil {
				return
			}
			c.requests <- r
		}
	}()
	if err := s.run(c); err != nil {
		return err
	}
	if kind == "stubborn" {
		return nil // its step goes on
	}
	return leaks()
}

// slow is an engine that takes its time over every gradient step.
type slow struct {
	nn.Engine
	step time.Duration
}

// climbs counts the gradient steps that slow engines have begun.
var climbs atomic.Int64

func (s slow) Ascend(c nn.Canvas, obj nn.Objective, step nn.Step) (float32, error) {
	climbs.Add(1)
	time.Sleep(s.step)
	return s.Engine.Ascend(c, obj, step)
}
