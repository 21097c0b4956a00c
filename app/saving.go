package app

import (
	"context"
	"fmt"
	"image"
	"path/filepath"
	"strings"

	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/chooser"
	"zalgoscope/app/dossier"
	"zalgoscope/app/dream"
	"zalgoscope/app/enlarge"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/app/visible"
	"zalgoscope/app/widget"
	"zalgoscope/nn"

	eimage "github.com/ebitenui/ebitenui/image"
)

// saving is the sheet that asks how to save the frame that was shown when it opened.
type saving struct {
	open    bool
	size    int  // one of the sizes below
	dossier bool // a print in black and white, with a caption
	frame   dreamed
	net     *nn.Net     // that dreamed it
	window  image.Point // the size at which it was seen
	caption []string
	root    *ewidget.Container
	tabs    *widget.Block
	print   *widget.Block
	buttons []*widget.Button
}

// The sizes to save at, in the order of their words.
const (
	saveCanvas = iota
	saveWindow
	saveDouble
	saveFourfold
	saveA3
)

var (
	saveWords = []string{"canvas", "window", "2×", "4×", "A3"}
	saveHelps = []string{
		"canvas: the picture as it is dreamed",
		"window: the picture as large as it is seen, enlarged along its edges",
		"2×: twice as large, with detail of its own that is dreamed for it",
		"4×: four times as large, with detail of its own that is dreamed for it",
		"A3: as large as a sheet of A3 at 300 dots an inch, with detail of its own that is dreamed for it",
	}
)

// a3Dots is how many dots an inch a sheet of A3 has.
const a3Dots = 300

// of is the size that a frame is saved at.
func (v *saving) of(f *dream.Frame) image.Point {
	size := f.Image.Rect.Size()
	switch v.size {
	case saveWindow:
		return v.window
	case saveDouble:
		return size.Mul(2)
	case saveFourfold:
		return size.Mul(4)
	case saveA3:
		const long, short = 4961, 3508 // 420 mm and 297 mm
		w, h := float64(max(size.X, size.Y)), float64(min(size.X, size.Y))
		s := min(long/w, short/h)
		return image.Pt(int(s*float64(size.X)+0.5), int(s*float64(size.Y)+0.5))
	}
	return size
}

// dreams tells whether detail is dreamed for that size.
func (v *saving) dreams(f *dream.Frame) bool {
	size, own := v.of(f), f.Image.Rect.Size()
	return v.size >= saveDouble && size.X > own.X && size.Y > own.Y
}

// newSaving makes the sheet's widgets, open as the one before was.
func newSaving(s *studio, before saving) saving {
	t := s.look
	v := before
	c := t.Column(4, t.Insets(6, 12))
	v.root = ewidget.NewContainer(
		ewidget.ContainerOpts.BackgroundImage(eimage.NewNineSliceColor(widget.ColourPanel)),
		ewidget.ContainerOpts.Layout(ewidget.NewRowLayout(ewidget.RowLayoutOpts.Direction(ewidget.DirectionVertical))),
	)
	v.tabs = t.Tabs(saveWords, saveHelps, " size", func() int { return s.saving.size }, func(i int) { s.saving.size = i; s.drawn.stale = true })
	v.print = t.Toggle("as a dossier's print: black and white, captioned", "print it as it goes into a file of cases, with what the net takes it for below",
		func() bool { return s.saving.dossier }, func(on bool) { s.saving.dossier = on })
	button := func(label, help string, run func()) *widget.Button {
		b := t.Button(label, help, func() { run(); s.ui.ClearFocus() })
		v.buttons = append(v.buttons, b)
		return b
	}
	v.buttons = nil
	c.AddChild(
		t.Heading("Save the picture"), v.tabs, t.Note(s.savingText), v.print,
		t.Row(3, button("Save as", "choose the file, as Enter does", s.saveSheet),
			button("Stop", "stop what is dreamed in the background for files", s.stopJobs), button("Cancel", "do not save, as Esc does not", s.closeSaving)),
	)
	v.root.AddChild(c)
	setVisible(v.root.GetWidget(), v.open)
	return v
}

// savingText says what the choice comes to.
func (s *studio) savingText() string {
	v := &s.saving
	if v.frame.Frame == nil {
		return ""
	}
	size := v.of(v.frame.Frame)
	text := fmt.Sprintf("%d × %d", size.X, size.Y)
	switch {
	case v.dreams(v.frame.Frame):
		text += ", dreamed in the background"
	case v.size >= saveDouble:
		text += ", which is no larger than the canvas"
	}
	return text
}

// saveDialog opens the sheet for the present frame, or saves as it says where it is open. The frame is the one of the key
// press, however long it stays open.
func (s *studio) saveDialog() {
	v := &s.saving
	if s.shown.Frame == nil || s.panel == nil {
		return
	}
	if v.open {
		s.saveSheet()
		return
	}
	v.open, v.frame, v.net, v.window, v.caption = true, s.shown, s.session.net, s.canvas.rect.Size(), s.caption()
	setVisible(v.root.GetWidget(), true)
	s.relayout()
}

func (s *studio) closeSaving() {
	s.saving.open, s.saving.frame, s.saving.net = false, dreamed{}, nil
	setVisible(s.saving.root.GetWidget(), false)
	s.relayout()
}

// rect is where the sheet stands, in the middle of the picture; empty while it is closed.
func (v *saving) rect(s *studio) image.Rectangle {
	if !v.open || v.root == nil {
		return image.Rectangle{}
	}
	area := s.canvasArea()
	if area.Empty() {
		area = s.frame
	}
	w, h := min(s.look.Px(440), area.Dx()), s.look.Px(158)
	at := image.Pt((area.Min.X+area.Max.X-w)/2, max((area.Min.Y+area.Max.Y-h)/2, area.Min.Y))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(w, h))}
}

// saveSheet asks for a file and saves as the sheet says.
func (s *studio) saveSheet() {
	v := s.saving
	s.closeSaving()
	s.ask(func() (string, error) {
		return chooser.Save("Save the picture", saveFolder(), saveName(),
			chooser.Filter{Name: "PNG or JPEG", Endings: []string{"png", "jpg", "jpeg"}})
	}, func(path string) {
		s.saveAs(s.ended(path, ".png"), v)
	})
}

// ended gives a chosen path without an ending this one. The dialog has asked about the path without, so that what stands at
// the whole one is never replaced: there is a number then.
func (s *studio) ended(path, ending string) string {
	if filepath.Ext(path) != "" {
		return path
	}
	return s.recorder.unusedPath(path, ending)
}

// saveAs saves a frame as the sheet says, in the background.
func (s *studio) saveAs(path string, v saving) {
	f, recipe, dots := v.frame, v.frame.recipe(), 0
	if v.size == saveA3 {
		dots = a3Dots
	}
	finish := func(m *image.RGBA) error {
		if v.dossier {
			p, err := dossier.Print(m, v.caption, uint64(f.Number))
			if err != nil {
				return err
			}
			m = p
		}
		return record.Save(path, m, recipe, dots)
	}
	j := &job{name: filepath.Base(path)}
	size := v.of(f.Frame)
	if !v.dreams(f.Frame) {
		s.finish(j, func() (string, error) {
			m := f.Picture()
			switch own := m.Rect.Size(); {
			case v.size != saveWindow || size == own:
			case size.X > own.X:
				m = enlarge.To(m, size)
			default:
				m = picture.Cover(m, size.X, size.Y)
			}
			return "saved " + path, finish(m)
		})
		return
	}
	recipe.Large = size
	ctx := s.jobContext(j)
	s.finish(j, func() (string, error) {
		engine, err := s.cfg.Open(v.net)
		if err != nil {
			return "", err
		}
		defer engine.Close()
		m, err := dream.Larger(v.net, engine, f.Frame, size, dream.Options{Open: record.NewGuides().Open}, func(done, total int64) error {
			j.progress(int(done>>10), int(total>>10))
			return ctx.Err()
		})
		if err != nil {
			return "", err
		}
		return "saved " + path, finish(m)
	})
}

// jobContext ends when the job is stopped, or the program is told to end.
func (s *studio) jobContext(j *job) context.Context {
	ctx := s.cfg.Context
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, j.stop = context.WithCancel(ctx)
	return ctx
}

// stopJobs stops what is dreamed in the background for files.
func (s *studio) stopJobs() {
	n := 0
	for _, j := range s.recorder.jobs {
		if j.stop != nil {
			j.stop()
			n++
		}
	}
	if n == 0 {
		s.tell("nothing is dreamed in the background")
	}
	s.closeSaving()
}

// caption is what a print of the present picture says: what the net takes it for, and what made it.
func (s *studio) caption() []string {
	subject := "SUBJECT: NOT IDENTIFIED"
	for i, v := range s.sights.list {
		name := fmt.Sprintf("%s (%.0f %%)", strings.ToUpper(v.Label), 100*v.Share)
		switch {
		case i == 0:
			subject = "SUBJECT: " + name
		case i < 3 && v.Share >= 0.01:
			subject += ", OR " + name
		}
	}
	f := s.shown
	what := f.Settings.Layer
	if f.Settings.Class != "" {
		what = f.Settings.Class
	}
	return []string{
		visible.Line(subject),
		visible.Line(strings.ToUpper(fmt.Sprintf("exhibit %d-%05d. %s, %s. %s.", f.of.seed, f.Number, s.session.id.Name, what, s.presetName()))),
	}
}

// drawSaving draws what lies under the sheet's widgets and gives where.
func (s *studio) drawSaving(dst *ebiten.Image) image.Rectangle {
	r := s.saving.rect(s)
	if !r.Empty() {
		s.look.Fill(dst, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+max(s.look.Px(2), 1)), widget.ColourAccent)
	}
	return r
}
