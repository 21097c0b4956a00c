package app

import (
	"encoding/gob"
	"image"
	"image/color"
	"io"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"zalgoscope/app/glide"
	"zalgoscope/app/icon"
)

// outputWindow is the other end of an output.
type outputWindow struct {
	canvas   canvas
	glide    glide.Glide
	pacer    pacer
	messages chan message // closed when there are no more
	now      message      // the last one
	last     time.Time
	white    *ebiten.Image
	moved    bool
	clicked  int64 // tick of the last click
}

// Output is the whole of the process of a second window, which shows what a studio tells it until that ends: on the whole of
// another monitor than the studio's, which is that of a number, or, where there is no other, in a window that can be taken to one.
func Output(from io.Reader, studio int) error {
	c, err := newCanvas()
	if err != nil {
		return err
	}
	w := &outputWindow{canvas: c, pacer: newPacer(), messages: make(chan message, 4)}
	go func() {
		defer close(w.messages)
		for decoder := gob.NewDecoder(from); ; {
			var m message
			if decoder.Decode(&m) != nil {
				return
			}
			w.messages <- m
		}
	}()
	preferGLX()
	ebiten.SetWindowTitle("Zalgoscope: the picture")
	ebiten.SetWindowIcon([]image.Image{icon.Draw(16), icon.Draw(32), icon.Draw(48)})
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowSize(800, 500)
	ebiten.SetScreenClearedEveryFrame(false)
	ebiten.SetRunnableOnUnfocused(true)
	for i, m := range ebiten.AppendMonitors(nil) {
		if i != studio {
			ebiten.SetMonitor(m)
			ebiten.SetFullscreen(true)
			break
		}
	}
	return ebiten.RunGameWithOptions(w, &ebiten.RunGameOptions{X11ClassName: "Zalgoscope", X11InstanceName: "zalgoscope-output", InitUnfocused: true})
}

func (w *outputWindow) Layout(width, height int) (int, int) {
	scale := 1.0
	if m := ebiten.Monitor(); m != nil {
		scale = m.DeviceScaleFactor()
	}
	r := image.Rect(0, 0, int(float64(width)*scale), int(float64(height)*scale))
	if r != w.canvas.area {
		w.canvas.area, w.moved = r, true
	}
	return r.Dx(), r.Dy()
}

// Update takes what there is to be shown. The window's keys are those of its size and of its end.
func (w *outputWindow) Update() error {
	now := time.Now()
	dt := min(now.Sub(w.last).Seconds(), 0.1)
	w.last = now
	for more := true; more; {
		select {
		case m, open := <-w.messages:
			if !open {
				return ebiten.Termination
			}
			w.take(m)
		default:
			more = false
		}
	}
	if !w.now.Paused && w.glide.Advance(dt) {
		w.moved = true
	}
	full := ebiten.IsFullscreen()
	double := false
	if inpututil.IsMouseButtonJustPressed(ebiten.MouseButtonLeft) {
		const apart = 20 // ticks
		double = ebiten.Tick()-w.clicked < apart
		w.clicked = ebiten.Tick()
	}
	escape := inpututil.IsKeyJustPressed(ebiten.KeyEscape)
	switch {
	case double, inpututil.IsKeyJustPressed(ebiten.KeyF11), inpututil.IsKeyJustPressed(ebiten.KeyF), escape && full:
		ebiten.SetFullscreen(!full)
	case escape, inpututil.IsKeyJustPressed(ebiten.KeyO): // which opened it, and window managers often give it the keys
		return ebiten.Termination
	}
	mode := ebiten.CursorModeVisible
	if full {
		mode = ebiten.CursorModeHidden
	}
	if ebiten.CursorMode() != mode {
		ebiten.SetCursorMode(mode)
	}
	return nil
}

// take takes a message.
func (w *outputWindow) take(m message) {
	if m.Pixels != nil {
		if m.Begun != w.now.Begun {
			w.glide = glide.Glide{} // nothing leads from one dream to another
		}
		w.glide.Arrive(m.frame())
	}
	m.Pixels = nil
	w.now, w.moved = m, true
}

func (w *outputWindow) Draw(offscreen *ebiten.Image) {
	w.moved = w.pacer.wait(w.now.Paused && !w.moved, 1500*time.Millisecond) || w.moved
	if w.moved {
		// Only a touched offscreen is presented; this pixel is never shown.
		offscreen.SubImage(image.Rect(0, 0, 1, 1)).(*ebiten.Image).Clear()
		w.moved = false
	}
}

// DrawFinalScreen draws the picture, and black beside it.
func (w *outputWindow) DrawFinalScreen(screen ebiten.FinalScreen, _ *ebiten.Image, _ ebiten.GeoM) {
	if w.white == nil {
		w.white = ebiten.NewImage(3, 3)
		w.white.Fill(color.White)
	}
	w.canvas.shapeless = w.now.Covers
	if w.glide.Newest() != nil {
		w.canvas.show(screen, &w.glide, w.now.Shape)
	}
	for _, r := range around(w.canvas.area, w.canvas.rect) {
		if r.Empty() {
			continue
		}
		op := &ebiten.DrawImageOptions{Blend: ebiten.BlendCopy}
		op.GeoM.Scale(float64(r.Dx())/3, float64(r.Dy())/3)
		op.GeoM.Translate(float64(r.Min.X), float64(r.Min.Y))
		op.ColorScale.Scale(0, 0, 0, 1)
		screen.DrawImage(w.white, op)
	}
}
