package app

import (
	"image"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/adrg/xdg"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/assets"
	"zalgoscope/nn"
)

// gallery holds the thumbnails of the present net: those the program carries, those
// in the user's cache folder, and those that it has the loop dream when there is a moment.
type gallery struct {
	studio   *studio
	session  *session
	pictures map[thumb]*image.RGBA // nil while it is not known whether the cache has it
	textures map[thumb]*ebiten.Image
	wanted   []thumb // asked for by the last drawing, most wanted first
	busy     bool    // one is being read or dreamed
	next     time.Time
}

func newGallery(s *studio) *gallery {
	return &gallery{studio: s, pictures: map[thumb]*image.RGBA{}, textures: map[thumb]*ebiten.Image{}}
}

// serve turns to another net.
func (g *gallery) serve(ses *session) {
	g.forgetTextures()
	g.session, g.busy = ses, false
	g.wanted = nil
	clear(g.pictures)
}

func (g *gallery) forgetTextures() {
	for _, t := range g.textures {
		t.Deallocate()
	}
	clear(g.textures)
}

// texture is the thumbnail's picture, nil while there is none; asking is wishing for it.
func (g *gallery) texture(t thumb) *ebiten.Image {
	if img := g.textures[t]; img != nil {
		return img
	}
	m := g.pictures[t]
	if m == nil {
		if !slices.Contains(g.wanted, t) {
			g.wanted = append(g.wanted, t)
		}
		return nil
	}
	img := ebiten.NewImageFromImage(m)
	g.textures[t] = img
	return img
}

// work starts on the next wish when the last one is done.
func (g *gallery) work(s *studio) {
	if g.busy || len(g.wanted) == 0 || time.Now().Before(g.next) || s.shown.Frame == nil {
		return
	}
	t := g.wanted[0]
	g.wanted = g.wanted[1:]
	g.busy = true
	ses := g.session
	path := cachePath(ses, t)
	s.background(func() {
		m, err := carried(ses, t)
		if err != nil {
			m, err = picture.Open(path)
		}
		s.post(func() {
			switch {
			case g.session != ses || s.closing:
			case err == nil:
				g.done(t, m)
			default:
				g.dream(ses, t, path)
			}
		})
	})
}

func (g *gallery) done(t thumb, m *image.RGBA) {
	g.pictures[t] = m
	g.busy = false
	g.studio.drawn.stale = true
}

// dream has the loop dream a thumbnail, one short frame at a time with pauses between.
func (g *gallery) dream(ses *session, t thumb, path string) {
	s := g.studio
	var d *dream.Dream
	var frame func()
	frame = func() {
		ses.loop.Do(func(*dream.Dream) error {
			began := time.Now()
			m, err := t.step(&d, ses)
			cost := time.Since(began)
			s.post(func() {
				switch {
				case g.session != ses || s.closing:
				case err != nil:
					g.busy = false
					s.warn(err)
				case m != nil:
					g.done(t, m)
					g.next = time.Now().Add(2 * cost)
					s.background(func() { keep(path, m) })
				default:
					// A quarter of the engine's time at most.
					s.background(func() {
						time.Sleep(min(3*cost, time.Second))
						s.post(frame)
					})
				}
			})
			return nil
		})
	}
	frame()
}

// step dreams the thumbnail's next frame on the loop's goroutine; the picture comes with the last one.
func (t thumb) step(d **dream.Dream, ses *session) (*image.RGBA, error) {
	var err error
	if *d == nil {
		if *d, err = t.dream(ses.net, ses.engine); err != nil {
			return nil, err
		}
	}
	if _, err = (*d).Frame(dream.Fixed(t.settings())); err == nil && (*d).Frames() < thumbFrames {
		return nil, nil
	}
	(*d).Release()
	return (*d).Image(), err
}

// carried gives a thumbnail that the program brings along for its own nets.
func carried(ses *session, t thumb) (*image.RGBA, error) {
	if t.channel != nn.AllChannels {
		return nil, os.ErrNotExist
	}
	data, err := assets.Thumb(ses.id.Name, t.file())
	if err != nil {
		return nil, err
	}
	return picture.Decode(data)
}

// cachePath is where a thumbnail is kept between sessions; "" for a net without checksum.
func cachePath(ses *session, t thumb) string {
	if len(ses.id.SHA256) < 16 {
		return ""
	}
	return filepath.Join(xdg.CacheHome, "zalgoscope", "thumbs", ses.id.SHA256[:16], t.file())
}

// keep saves a thumbnail. A cache that cannot be written is no reason to bother anyone.
func keep(path string, m *image.RGBA) {
	if path != "" && os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		_ = picture.Save(path, m)
	}
}
