// Package gpu runs nets on OpenGL 4.3 compute shaders: the whole gradient
// ascent stays on the device, and only the finished 8-bit picture comes back.
//
// A Net becomes a plan for its targets and a canvas size: a list of passes, each
// one dispatch of a shader of package shaders, sorted into levels between which
// one memory barrier stands. Maps lie as NC4HW4: blocks of four channels (a
// vec4 for each cell), rows and columns padded with zeros so that convolutions
// test no bounds. A bend is passes like any other; its knobs are numbers that the device is sent when they
// turn. What a layer's fatigue remembers stays on the device as well. Every sum is taken in a fixed order, so the same calls give
// the same bits whatever kernel the tuner picks.
package gpu

import (
	"errors"

	"github.com/go-gl/gl/v4.3-core/gl"

	"zalgoscope/nn"
	"zalgoscope/nn/bend"
)

// Options say how an engine is opened; the zero value asks for the first
// hardware device as it is.
type Options struct {
	Device  string // part of the renderer's name; a software rasteriser is used only when named
	Library string // path of libEGL, where it is not the system's
	Limits  Limits // bounds below the device's own; 0 keeps the device's
	Tile    int    // longest side of a canvas that is dreamed in one piece; 0 asks the limits
	Cache   string // folder of compiled programs and tuning; "" is the user's cache folder, "-" none
	Fixed   bool   // keep the first choice of kernels rather than measure

	// Report hears what the driver has to say, and where it is an error makes the engine fail at
	// the layer that was at work; nil keeps the driver quiet and fast.
	Report func(text string)

	// Fault makes a pass of a layer, or an allocation of so many bytes, fail, to try what happens then.
	Fault func(layer string, bytes int64) error
}

// Engine runs one net on one device. It implements nn.Engine.
type Engine struct {
	opened  *nn.Net
	net     *nn.Net // a rewriting of it, or it itself
	context *context
	device  Device // with the limits that the options allow
	options Options

	// All below is owned by the context's thread.
	programs      map[string]*program
	weights       map[string]*weights
	plans         []*plan // the most recently used last
	canvases      map[*Picture]bool
	memories      map[*Memory]bool
	flows         map[*flowFinder]bool
	sums          *sums
	ring          *ring
	store         *store
	persistent    bool          // ARB_buffer_storage is there
	reset         func() uint32 // asks for a reset of the context; nil where the driver does not tell
	tuner         *tuner
	bending       *bending
	needs         map[string]need            // of the sizes met so far
	room          int64                      // bytes for one plan, 0 for no bound known
	query         uint32                     // that times a step
	queried       float64                    // FLOP of the step that it times
	rate          float64                    // FLOP/s of the steps so far
	caution       float64                    // the share of a submission's length that is aimed at, for what the estimate errs by
	layer, shader string                     // at work, where the driver reports
	broken        error                      // what ended the device's usefulness
	patch         func(source string) string // looks at a shader or damages it; for tests
	tiled         bool                       // dreams by the tile path even where the whole fits; for tests
}

var _ nn.Engine = (*Engine)(nil)

// Open runs net on the device that the options name.
func Open(net *nn.Net, o Options) (*Engine, error) {
	if err := bend.Runnable(net); err != nil {
		return nil, err
	}
	c, err := choose(o)
	if err != nil {
		return nil, err
	}
	e := &Engine{
		opened: net, net: net, context: c, device: c.device, options: o,
		programs: map[string]*program{}, weights: map[string]*weights{}, canvases: map[*Picture]bool{}, memories: map[*Memory]bool{}, flows: map[*flowFinder]bool{},
		needs: map[string]need{}, bending: newBending(net),
	}
	e.device.Limits = e.device.Limits.within(o.Limits)
	e.rate, e.caution = firstRate(e.device), 1
	e.room = e.device.Memory / 2 // the other half is the other octaves' and the desktop's
	err = e.do(func() {
		e.report()
		e.persistent = hasExtension("GL_ARB_buffer_storage")
		switch {
		case hasExtension("GL_KHR_robustness"):
			e.reset = gl.GetGraphicsResetStatus
		case hasExtension("GL_ARB_robustness"):
			e.reset = gl.GetGraphicsResetStatusARB
		}
		e.store = openStore(o.Cache, e.device)
		e.tuner = newTuner(e)
		e.sums = newSums(e)
		e.ring = newRing(e)
	})
	if err != nil {
		c.close()
		return nil, err
	}
	return e, nil
}

// Device names the device and its driver.
func (e *Engine) Device() string { return "gl " + e.device.String() }

// Describe tells what is known of the device.
func (e *Engine) Describe() Device { return e.device }

// Close frees everything on the device and the context.
func (e *Engine) Close() error {
	if e.context == nil {
		return nil
	}
	err := e.context.do(func() {
		e.tuner.save()
		e.tuner.builder.close()
		for _, p := range e.plans {
			p.free()
		}
		e.bending.free()
		for c := range e.canvases {
			c.free()
		}
		for m := range e.memories {
			m.free()
		}
		for f := range e.flows {
			f.free()
		}
		for _, w := range e.weights {
			w.free()
		}
		for _, p := range e.programs {
			p.free()
		}
		e.sums.free()
		e.ring.free()
	})
	e.context.close()
	e.context = nil
	return err
}

// do runs f on the context's thread. After a failure of the device every call
// fails with the same error: the net had better run elsewhere.
func (e *Engine) do(f func()) error {
	if e.context == nil {
		return errors.New("gpu: the engine is closed")
	}
	return e.context.do(func() {
		if e.broken != nil {
			fail(e.broken)
		}
		defer func() {
			p := recover()
			if f, ok := p.(failure); ok && errors.As(f.err, new(*Error)) {
				e.broken = f.err
			}
			if p != nil {
				panic(p)
			}
		}()
		f()
		e.listen()
	})
}

// failed makes a failure of the device while a layer was at work.
func (e *Engine) failed(layer string, cause error) {
	e.forgive()
	fail(&Error{Layer: layer, Device: e.device.Renderer, Cause: cause})
}

// suffer fails where a test wants it.
func (e *Engine) suffer(layer string, bytes int64) {
	if e.options.Fault == nil {
		return
	}
	if err := e.options.Fault(layer, bytes); err != nil {
		e.failed(layer, err)
	}
}
