package app

import (
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/chooser"
	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
	"zalgoscope/app/widget"
)

// starts is what a dream can begin with: what is made, the pictures that were opened last, and those of a folder.
type starts struct {
	recent []string // paths, the last first
	folder []string // paths of its pictures
	first  int      // row at the top

	thumbs   map[string]*image.RGBA // by the picture's name; nil for one that cannot be opened
	textures map[string]*ebiten.Image
	wanted   string // the next to be made, of those in sight
	busy     bool   // one is being made
}

const (
	mostRecent = 12
	mostFolder = 500
	startRows  = 3 // in sight at once
)

// used notes what a dream has begun with.
func (t *starts) used(start *dream.Still) {
	if name := start.Name(); name != "" && !start.Made() {
		t.offer([]string{name})
	}
}

// offer puts pictures before the others.
func (t *starts) offer(paths []string) {
	for _, p := range slices.Backward(paths) {
		if whole, err := filepath.Abs(p); err == nil {
			p = whole
		}
		t.recent = slices.DeleteFunc(t.recent, func(old string) bool { return old == p })
		t.recent = slices.Insert(t.recent, 0, p)
	}
	t.recent = t.recent[:min(len(t.recent), mostRecent)]
}

// recall takes up the pictures of the last session that are still there.
func (t *starts) recall(paths []string) {
	t.recent = slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !record.Regular(p) })
	t.recent = t.recent[:min(len(t.recent), mostRecent)]
}

// list names everything on offer; "" is the way to a folder.
func (t *starts) list() []string {
	all := slices.Concat(dream.MadeNames(), []string{""}, t.recent)
	for _, p := range t.folder {
		if !slices.Contains(t.recent, p) {
			all = append(all, p)
		}
	}
	return all
}

// begin has the dream begin anew with one of the list.
func (s *studio) begin(name string) {
	switch {
	case name == "":
		s.ask(func() (string, error) { return chooser.Folder("Choose a folder of pictures") }, s.openFolder)
	case slices.Contains(dream.MadeNames(), name):
		s.makeInput(name)
	default:
		s.openFile(name)
	}
}

// openFolder offers a folder's pictures as start pictures.
func (s *studio) openFolder(path string) {
	s.background(func() {
		entries, err := os.ReadDir(path)
		var found []string
		for _, e := range entries {
			ending := strings.TrimPrefix(strings.ToLower(filepath.Ext(e.Name())), ".")
			if e.Type().IsRegular() && slices.Contains(picture.Endings, ending) && len(found) < mostFolder {
				found = append(found, filepath.Join(path, e.Name()))
			}
		}
		s.post(func() {
			switch {
			case err != nil:
				s.warn(fmt.Errorf("app: %w", err))
			case len(found) == 0:
				s.warn(fmt.Errorf("app: there is no picture in %s", path))
			default:
				s.starts.folder, s.starts.first = found, 0
				if s.panel != nil {
					s.panel.scroller.RequestRelayout()
				}
				s.drawn.stale = true
			}
		})
	})
}

// work makes the thumbnail that was wished for, one at a time.
func (t *starts) work(s *studio) {
	if t.busy || t.wanted == "" {
		return
	}
	name := t.wanted
	t.wanted, t.busy = "", true
	s.background(func() {
		m, err := startThumb(name)
		if err != nil {
			m = nil
		}
		s.post(func() {
			t.busy = false
			if t.thumbs == nil {
				t.thumbs, t.textures = map[string]*image.RGBA{}, map[string]*ebiten.Image{}
			}
			t.thumbs[name] = m
			s.drawn.stale = true
		})
	})
}

// startThumb is the picture of that name, small and square.
func startThumb(name string) (*image.RGBA, error) {
	const side = 96
	if start := dream.Make(name, side, side, 1); start != nil {
		return start.Image(), nil
	}
	return picture.Options{Width: side, Height: side}.Open(name)
}

// texture is a thumbnail on the graphics card, nil while there is none; asking is wishing for it.
func (t *starts) texture(name string) *ebiten.Image {
	if img := t.textures[name]; img != nil {
		return img
	}
	m, known := t.thumbs[name]
	switch {
	case !known && t.wanted == "":
		t.wanted = name
	case m != nil:
		t.textures[name] = ebiten.NewImageFromImage(m)
	}
	return t.textures[name]
}

// startGrid is the table of what a dream can begin with.
func (p *panel) startGrid() *widget.Block {
	s := p.studio
	g := newGrid(s, p.width)
	t := &s.starts
	rows := func() int { return (len(t.list()) + g.columns - 1) / g.columns }
	g.block = widget.NewBlock(func() int { return min(rows(), startRows) * g.cell }, nil)
	g.block.Wheel = func(by float64) {
		t.first = min(max(t.first-int(math.Copysign(1, by)), 0), max(rows()-startRows, 0))
		s.drawn.stale = true
	}
	g.block.Rests = func() bool { return rows() <= startRows }
	g.block.Spots = func() (list []widget.Spot) {
		t.first = min(t.first, max(rows()-startRows, 0))
		for i, name := range t.list() {
			if i -= t.first * g.columns; i < 0 || i >= startRows*g.columns {
				continue
			}
			at := image.Pt(i%g.columns*g.cell, i/g.columns*g.cell)
			list = append(list, widget.Spot{Name: "start " + name, Help: startHelp(name), Run: func() { s.begin(name) },
				Rect: image.Rectangle{Min: at, Max: at.Add(image.Pt(g.cell-g.gap, g.cell-g.gap))}})
		}
		return list
	}
	g.block.Draw = func(dst *ebiten.Image, r image.Rectangle) {
		t.wanted = ""
		present := ""
		if s.session != nil {
			present = s.session.latest().start.Name()
		}
		for i, sp := range g.block.Spots() {
			name := strings.TrimPrefix(sp.Name, "start ")
			weight, label := 0.0, shortName(name)
			if name == present {
				weight = 1
			}
			var img *ebiten.Image
			if name == "" {
				label = "folder…"
			} else {
				img = t.texture(name)
			}
			g.drawCell(dst, r, i, img, label, weight)
			if name == "" {
				middle := sp.Rect.Add(r.Min)
				colour := widget.ColourDim
				if pointed, ok := g.block.PointedSpot(); ok && pointed.Name == sp.Name {
					colour = widget.ColourText
				}
				s.look.Write(dst, "+", s.look.Strong, (middle.Min.X+middle.Max.X)/2, (middle.Min.Y+middle.Max.Y)/2-s.look.Px(5), colour, widget.AlignCentre)
			}
		}
	}
	return g.block
}

func startHelp(name string) string {
	switch name {
	case "":
		return "show the pictures of a folder here"
	case "static":
		return "begin with static, the snow of an empty television channel: the dream comes from nothing"
	case "clouds":
		return "begin with coloured clouds: the dream comes from soft shapes"
	}
	return "begin with " + name
}
