package app

import (
	"image"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/adrg/xdg"
	"github.com/hajimehoshi/ebiten/v2"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/widget"
	"zalgoscope/assets"
)

// gallery holds the thumbnails of the present net: those the program carries, those
// in the user's cache folder, and those that it has the loop dream when there is a moment.
type gallery struct {
	studio   *studio
	session  *session
	pictures map[thumb]*image.RGBA // nil for one that cannot be dreamed
	textures map[thumb]*ebiten.Image
	wanted   []thumb        // asked for by the last drawing, most wanted first
	made     int            // textures that the last drawing made
	missing  map[thumb]bool // neither carried nor in the cache
	reading  bool           // one is being read
	dreaming bool           // one is being dreamed
	next     time.Time      // when another may be
}

func newGallery(s *studio) *gallery {
	return &gallery{studio: s, pictures: map[thumb]*image.RGBA{}, missing: map[thumb]bool{}, textures: map[thumb]*ebiten.Image{}}
}

// serve turns to another net.
func (g *gallery) serve(ses *session) {
	g.forgetTextures()
	g.session, g.reading, g.dreaming = ses, false, false
	g.wanted = nil
	clear(g.pictures)
	clear(g.missing)
}

func (g *gallery) forgetTextures() {
	for _, t := range g.textures {
		t.Deallocate()
	}
	clear(g.textures)
}

// mostTextures is how many textures a drawing makes, so that none takes long.
const mostTextures = 16

// begin is called before a drawing.
func (g *gallery) begin() { g.wanted, g.made = g.wanted[:0], 0 }

// texture is the thumbnail's picture, nil while there is none; asking is wishing for it.
func (g *gallery) texture(t thumb) *ebiten.Image {
	if img := g.textures[t]; img != nil {
		return img
	}
	m, known := g.pictures[t]
	if m == nil {
		if !known && !slices.Contains(g.wanted, t) {
			g.wanted = append(g.wanted, t)
		}
		return nil
	}
	if g.made++; g.made > mostTextures {
		g.studio.drawn.stale = true // the rest comes with the next drawings
		return nil
	}
	img := ebiten.NewImageFromImage(m)
	g.textures[t] = img
	return img
}

// work starts on the next wishes to be read, and on the next one to be dreamed, when the last are done.
func (g *gallery) work(s *studio) {
	if s.shown.Frame == nil {
		return
	}
	const most = 24 // read at a time
	var unread []thumb
	for _, t := range g.wanted {
		_, known := g.pictures[t]
		switch {
		case known:
		case !g.missing[t] && !g.reading && len(unread) < most:
			unread = append(unread, t)
		case g.missing[t] && !g.dreaming && !time.Now().Before(g.next) && s.attended():
			g.dreaming = true
			if ses := g.session; t.net != "" {
				g.dreamNet(ses, t, cachePath(ses, t))
			} else {
				g.dream(ses, t, cachePath(ses, t))
			}
		}
	}
	if len(unread) > 0 {
		g.reading = true
		g.read(unread)
	}
}

// attended tells whether somebody may wait for a thumbnail: a paused window that nobody looks after leaves the processor alone.
func (s *studio) attended() bool {
	return !s.stands() || time.Since(s.touched) < 5*time.Second || s.library != nil && s.library.open
}

// read looks for thumbnails among those that the program carries, and in the cache.
func (g *gallery) read(list []thumb) {
	s, ses := g.studio, g.session
	s.background(func() {
		found := map[thumb]*image.RGBA{}
		var missing []thumb
		for _, t := range list {
			if found[t] != nil {
				continue // it was on a sheet with another one
			}
			if all, err := carried(ses, t); err == nil {
				maps.Copy(found, all)
			} else if m, err := picture.Open(cachePath(ses, t)); err == nil {
				found[t] = m
			} else {
				missing = append(missing, t)
			}
		}
		s.post(func() {
			if g.session != ses || s.closing {
				return
			}
			g.reading = false
			g.show(found)
			for _, t := range missing {
				g.missing[t] = true
			}
		})
	})
}

// show makes pictures known, nil ones as such that cannot be had.
func (g *gallery) show(found map[thumb]*image.RGBA) {
	maps.Copy(g.pictures, found)
	g.studio.drawn.stale = true
}

// done ends the dreaming of a thumbnail.
func (g *gallery) done(t thumb, m *image.RGBA) {
	g.dreaming = false
	g.show(map[thumb]*image.RGBA{t: m})
}

// put makes a picture the thumbnail and keeps it.
func (g *gallery) put(t thumb, m *image.RGBA) {
	if old := g.textures[t]; old != nil {
		old.Deallocate()
		delete(g.textures, t)
	}
	g.pictures[t] = m
	path := cachePath(g.session, t)
	g.studio.background(func() { keep(path, m) })
}

// paint draws a thumbnail over a rectangle, as far as it is there.
func (g *gallery) paint(dst *ebiten.Image, r image.Rectangle, t thumb) {
	img := g.texture(t)
	if img == nil {
		return
	}
	widget.Paint(dst, r, img)
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
					g.done(t, nil)
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

// dreamNet opens another net for its thumbnail. One that cannot be opened has none: who clicks on it is told why.
func (g *gallery) dreamNet(ses *session, t thumb, path string) {
	s := g.studio
	s.background(func() {
		m, err := t.renderNet(s.cfg)
		if err == nil {
			keep(path, m)
		}
		s.post(func() {
			if g.session == ses && !s.closing {
				g.done(t, m)
			}
		})
	})
}

// step dreams the thumbnail's next frame on the loop's goroutine; the picture comes with the last one.
func (t thumb) step(d **dream.Dream, ses *session) (*image.RGBA, error) {
	var err error
	if *d == nil {
		if *d, err = t.dream(ses.net, ses.engine); err != nil {
			return nil, err
		}
	}
	if _, err = (*d).Frame(dream.Fixed(t.settings)); err == nil && (*d).Frames() < t.frames {
		return nil, nil
	}
	(*d).Release()
	return (*d).Image(), err
}

// carried gives a thumbnail that the program brings along for its own nets, with those that lie on the same sheet.
func carried(ses *session, t thumb) (map[thumb]*image.RGBA, error) {
	file, of := t.file, ses.id.Name
	switch {
	case t.net != "":
		file, of = "inception_4c.png", t.net
	case t.class > 0:
		file = "classes.jpg"
	case t.settings.Pace == dream.NominalPace:
		file = "scenes/" + file
	}
	data, err := assets.Thumb(of, file)
	if err != nil {
		return nil, err
	}
	m, err := picture.Decode(data)
	if err == nil && t.class > 0 {
		return cutClasses(ses.net, m), nil
	}
	return map[thumb]*image.RGBA{t: m}, err
}

// cachePath is where a thumbnail is kept between sessions; "" for a net without checksum.
func cachePath(ses *session, t thumb) string {
	if t.net != "" {
		return filepath.Join(xdg.CacheHome, "zalgoscope", "thumbs", "nets", t.file)
	}
	if len(ses.id.SHA256) < 16 {
		return ""
	}
	return filepath.Join(xdg.CacheHome, "zalgoscope", "thumbs", ses.id.SHA256[:16], t.file)
}

// keep saves a thumbnail. A cache that cannot be written is no reason to bother anyone.
func keep(path string, m *image.RGBA) {
	if path != "" && os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		_ = picture.Save(path, m)
	}
}
