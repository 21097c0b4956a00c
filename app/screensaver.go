package app

import (
	"context"
	"errors"
	"image"
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"zalgoscope/app/saver"
)

// Saver is the screensaver in a window of the toolkit's, on the whole of the monitor where
// it comes up: for systems without X11. It returns when somebody touches keyboard or mouse.
func Saver(ctx context.Context, cfg saver.Config) error {
	e, err := newEnlarger()
	if err != nil {
		return err
	}
	cfg.Look()
	w, h := ebiten.Monitor().Size()
	scale := ebiten.Monitor().DeviceScaleFactor()
	show, err := saver.NewShow(cfg, image.Pt(int(float64(w)*scale), int(float64(h)*scale)))
	if err != nil {
		return err
	}
	saver.Politely()
	show.Start()
	ebiten.SetWindowTitle("Zalgoscope")
	ebiten.SetWindowDecorated(false)
	ebiten.SetFullscreen(true)
	ebiten.SetCursorMode(ebiten.CursorModeHidden)
	ebiten.SetRunnableOnUnfocused(true)
	ebiten.SetScreenClearedEveryFrame(false)
	g := &saverGame{ctx: ctx, show: show, last: time.Now(), enlarger: e}
	preferGLX()
	err = ebiten.RunGameWithOptions(g, &ebiten.RunGameOptions{
		X11ClassName: "Zalgoscope", X11InstanceName: "zalgoscope-saver", SkipTaskbar: true,
	})
	return errors.Join(err, show.Close())
}

// saverGame shows a show.
type saverGame struct {
	ctx     context.Context
	show    *saver.Show
	leaving saver.Leaving
	last    time.Time
	size    image.Point // of the window, in device pixels

	enlarger enlarger
	picture  texture
	shown    *ebiten.Image // the picture as it is drawn, nil before the first
}

func (g *saverGame) Layout(w, h int) (int, int) {
	scale := ebiten.Monitor().DeviceScaleFactor()
	size := image.Pt(int(float64(w)*scale), int(float64(h)*scale))
	if size != g.size {
		g.size = size
		g.show.Resize(size)
	}
	return size.X, size.Y
}

func (g *saverGame) Update() error {
	now := time.Now()
	x, y := ebiten.CursorPosition()
	if g.ctx.Err() != nil || ebiten.IsWindowBeingClosed() || g.leaving.Moved(image.Pt(x, y), now) ||
		len(inpututil.AppendJustPressedKeys(nil)) > 0 || pressed() {
		return ebiten.Termination
	}
	m, changed, err := g.show.Tick(now, min(now.Sub(g.last).Seconds(), 0.5))
	g.last = now
	if changed {
		g.picture.of = nil // the picture is always the same one, with other colours
		g.shown, _ = g.picture.load(m, g.covering(m.Rect.Size()), &g.enlarger)
	}
	return err
}

// covering is the size of a picture that fills the window. A processor that draws has no time to enlarge at each drawing.
func (g *saverGame) covering(m image.Point) image.Point {
	if softwareGL() {
		return m
	}
	s := max(float64(g.size.X)/float64(m.X), float64(g.size.Y)/float64(m.Y))
	return image.Pt(int(s*float64(m.X)+0.5), int(s*float64(m.Y)+0.5))
}

func pressed() bool {
	for b := ebiten.MouseButtonLeft; b <= ebiten.MouseButtonMax; b++ {
		if inpututil.IsMouseButtonJustPressed(b) {
			return true
		}
	}
	return false
}

// Draw fills the screen with the picture, scaled up.
func (g *saverGame) Draw(screen *ebiten.Image) {
	m := g.shown
	if m == nil {
		screen.Clear()
		return
	}
	from, to := m.Bounds().Size(), screen.Bounds().Size()
	s := max(float64(to.X)/float64(from.X), float64(to.Y)/float64(from.Y))
	op := &ebiten.DrawImageOptions{Blend: ebiten.BlendCopy, Filter: ebiten.FilterLinear}
	op.GeoM.Scale(s, s)
	op.GeoM.Translate((float64(to.X)-s*float64(from.X))/2, (float64(to.Y)-s*float64(from.Y))/2)
	screen.DrawImage(m, op)
}
