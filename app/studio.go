// Package app is what people see: the studio, a window in which the dream runs live
// and every knob turns it. The window's goroutine owns everything here that has no
// comment to the contrary; it never waits for the engine, which belongs to the dream's loop.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"net/http"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ebitenui/ebitenui"
	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"
	"gitlab.com/gomidi/midi/v2/drivers"

	"zalgoscope/app/beside"
	"zalgoscope/app/control/crowd"
	"zalgoscope/app/dream"
	"zalgoscope/app/glide"
	"zalgoscope/app/icon"
	"zalgoscope/app/record"
	"zalgoscope/app/teach"
	"zalgoscope/app/widget"
	"zalgoscope/nn"
)

// Config is what a studio begins with.
type Config struct {
	Context context.Context // closes the window when it is done; nil for never

	Net   *nn.Net
	NetID record.Net // the net's name and checksum, for recipes
	// Open makes an engine for a net. It is called on a goroutine of its own.
	Open func(*nn.Net) (nn.Engine, error)
	// Load reads a net that was opened or dropped; nil forbids it.
	Load func(spec string) (*nn.Net, record.Net, error)
	// Recall reads the net that a recipe names, found by its name in these folders or where nets are known
	// by their names; nil forbids it.
	Recall func(want record.Net, folders []string) (*nn.Net, record.Net, error)

	Start       *dream.Still // start picture; nil for what StartFile says
	StartFile   string       // static, clouds, or what a path or name opens; "" for static
	Seed        uint64
	Adjust      func(*dream.Settings) // what the command line says, on top of the last session's knobs; may be nil
	Fresh       bool                  // ignore the last session's knobs
	FullScreen  bool
	Stream      string                         // where the dream is sent as it comes; "" for nowhere
	StreamSound string                         // the file whose sound goes along; "" for silence
	Learn       teach.OpenLearner              // computes what nets are taught by; nil where nothing does
	Sound       string                         // what modulators listen to, see sound.Listen; empty for what the computer plays, "off" for nothing
	Chat        string                         // whose votes choose what is dreamed, see crowd.ParseChannel; empty for none
	ChatBlock   []string                       // words that the chat cannot name
	MIDI        func() (drivers.Driver, error) // opens the driver of MIDI devices; nil where there are none
	OSC         string                         // where OSC is heard, such as 127.0.0.1:9000; empty for nowhere
	Client      *http.Client                   // downloads nets; nil for the usual one
	Program     string                         // version, for recipes
	// Output is the program as a second window for a studio on the monitor of that number; nil forbids it.
	Output func(monitor int) *exec.Cmd
	Exit   func() // ends the program at once, where an engine that is being opened does not come back; nil waits for it
}

// studio is the window.
type studio struct {
	cfg     Config
	look    *widget.Theme
	ui      *ebitenui.UI
	root    *ewidget.Container
	panel   *panel // nil until the first session
	built   extent // what the widgets were made for
	session *session
	want    dream.Settings // as the user has them; Width and Height are 0, size has them
	sent    dream.Settings // as last given to the loop
	base    dream.Settings // what a double click goes back to

	canvas    canvas
	glide     glide.Glide
	size      sizer
	meter     meter
	shown     dreamed // the frame that is shown, with no Frame before the first
	marks     widget.Zalgo
	toasts    widget.Toasts
	history   history
	sights    sights
	picker    *picker
	browser   *browser
	gallery   *gallery
	starts    starts
	hints     firstHints
	output    *output // nil while there is no second window
	presets   presetList
	library   *library   // nil until the first session
	lesson    *lesson    // nil for none
	teaching  sync.Mutex // held while a lesson runs or winds down
	show      show
	brush     brush
	saving    saving
	downloads map[string]*download // of nets, by name
	rack      rack
	tempo     tempo
	remote    remote
	audience  audience
	ears      ears
	silent    string // what is listened to again when sound is switched on
	surfaces  surfaces
	beats     beats
	known     reading
	walk      *walk
	recorder  recorder
	streaming streaming
	fed       fed
	pacer     pacer
	free      func() float64 // bytes of memory that a canvas may take

	folded   bool
	buttons  bool // a low window shows all of them
	help     bool
	sheeted  bool   // something lies over the controls, or has until a button that is still down went down
	decoding string // how far a picture is decoded, empty while none is
	opening  bool   // a file is being read or a session made
	making   bool   // a session is
	failed   error  // why there is no session and will be none
	asking   bool   // a file dialog is open
	closing  bool
	closed   time.Time   // when that began
	left     atomic.Bool // the same as closing, for any goroutine
	before   bool        // the start picture is shown instead of the dream
	steering bool        // the vanishing point follows the pointer

	frame   image.Rectangle // of the window, in device pixels
	scale   float64         // device pixels in a logical one, 0 before the first Layout
	placed  windowPlace     // where the window was the last time
	last    time.Time       // of the last Update
	touched time.Time       // when somebody last did something to the window
	pointer image.Point     // where the pointer was then
	focused bool            // the window has the keyboard
	keys    [8]ebiten.Key   // room for those that are down
	drawn   drawn

	work  atomic.Int64 // goroutines that the end waits for, but not long
	files atomic.Int64 // those that write what the user asked for, which the end waits for however long it takes
	inbox struct {
		sync.Mutex
		jobs []func() // guarded by the mutex
	}
}

// post has f done by the window's goroutine. It may be called from any goroutine.
func (s *studio) post(f func()) {
	s.inbox.Lock()
	s.inbox.jobs = append(s.inbox.jobs, f)
	s.inbox.Unlock()
}

// background runs f on a goroutine.
func (s *studio) background(f func()) {
	s.work.Add(1)
	go func() {
		defer s.work.Add(-1)
		f()
	}()
}

// write runs f, which writes a file of the user's, on a goroutine.
func (s *studio) write(f func()) {
	s.files.Add(1)
	s.background(func() {
		defer s.files.Add(-1)
		f()
	})
}

// Run opens the studio and returns when its window has been closed. It must be
// called on the main goroutine.
func Run(cfg Config) error {
	s, err := newStudio(cfg)
	if err != nil {
		return err
	}
	return s.run(s)
}

// run opens the window on a game, the studio itself or one around it.
func (s *studio) run(game ebiten.Game) error {
	ebiten.SetWindowTitle("Zalgoscope")
	ebiten.SetWindowIcon([]image.Image{icon.Draw(16), icon.Draw(32), icon.Draw(48), icon.Draw(128)})
	preferGLX()
	s.placeWindow()
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowClosingHandled(true)
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetRunnableOnUnfocused(true)
	ebiten.SetFullscreen(s.cfg.FullScreen)
	err := ebiten.RunGameWithOptions(game, &ebiten.RunGameOptions{X11ClassName: "Zalgoscope", X11InstanceName: "zalgoscope"})
	return errors.Join(err, s.end())
}

// newStudio prepares a studio and begins its first session, which may come up
// before or after the window.
func newStudio(cfg Config) (*studio, error) {
	s := &studio{cfg: cfg, folded: cfg.FullScreen, free: available}
	var err error
	if s.canvas, err = newCanvas(); err != nil {
		return nil, err
	}
	if cfg.Chat != "" {
		if s.audience.channel, err = crowd.ParseChannel(cfg.Chat); err != nil {
			return nil, err
		}
	}
	s.surfaces.load(s)
	if cfg.OSC != "" {
		if err := s.remote.listen(cfg.OSC); err != nil {
			return nil, err
		}
		s.tell(fmt.Sprintf("OSC is heard at %v", s.remote.server.Addr()))
	}
	if cfg.Chat != "" {
		s.audience.read(s)
	}
	s.switchMIDI(true, false)
	s.gallery = newGallery(s)
	s.rack.open = -1
	s.brush.radius = firstBrush
	s.streaming = streaming{to: cfg.Stream, sound: cfg.StreamSound}
	if cfg.Stream != "" {
		s.toggleStream()
	}
	s.recorder, s.pacer = newRecorder(), newPacer()
	s.size.governed = true
	s.background(func() { beside.Sweep(saveFolder()) })
	s.presets.load(s)
	s.want = dream.Live()
	for i, p := range s.presets.list {
		if first, err := p.Apply(s.want, cfg.Net); err == nil {
			s.want, s.presets.at = first, i
			break
		}
	}
	s.base = s.want
	if !cfg.Fresh {
		s.hints.welcome()
		s.restore()
		s.setMeet(s.surfaces.meet)
	}
	s.adjust()
	start := cfg.Start
	if start == nil {
		start = s.madeStart(cmp.Or(cfg.StartFile, "static"), cfg.Seed)
	}
	if start == nil {
		s.first(cfg.StartFile)
		return s, nil
	}
	s.suit(start)
	start, s.cfg.Start = fit(start), nil // a larger one need not be kept
	s.open(opening{net: cfg.Net, id: cfg.NetID, start: start, seed: cfg.Seed})
	return s, nil
}

func (s *studio) warn(err error)   { s.toasts.Warn(err, time.Now()); s.drawn.stale = true }
func (s *studio) tell(text string) { s.toasts.Tell(text, time.Now()); s.drawn.stale = true }

// runPosted does what was posted and tells whether there was anything.
func (s *studio) runPosted() bool {
	s.inbox.Lock()
	jobs := s.inbox.jobs
	s.inbox.jobs = nil
	s.inbox.Unlock()
	for _, f := range jobs {
		f()
	}
	return len(jobs) > 0
}
