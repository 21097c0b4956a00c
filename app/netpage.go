package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/adrg/xdg"
	ewidget "github.com/ebitenui/ebitenui/widget"
	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/visible"
	"zalgoscope/assets"
	"zalgoscope/nn/disk"
	"zalgoscope/nn/zoo"
)

// netEntry is a net that can be had.
type netEntry struct {
	name, about string
	spec        string  // what opens it, "" while it has to be downloaded
	public      zoo.Net // what is downloaded
	insecure    string  // why it might not be what its makers made, "" for nothing
	own         bool
}

// download is a net on its way.
type download struct {
	cancel      context.CancelFunc
	done, total atomic.Int64
}

// findNets looks up in the background which nets there are.
func (s *studio) findNets() {
	s.background(func() {
		list := knownNets()
		s.post(func() {
			if s.library != nil {
				s.library.nets = list
				s.library.scroller.RequestRelayout()
				s.drawn.stale = true
			}
		})
	})
}

// knownNets are the nets that are built in, the public ones, and the user's own.
func knownNets() (list []netEntry) {
	for _, n := range assets.Nets {
		list = append(list, netEntry{name: n.Name, about: n.About, spec: n.Name})
	}
	for _, n := range zoo.Nets {
		e := netEntry{name: n.Name, about: n.About, public: n}
		if _, ok := zoo.Installed(n.Name); ok {
			e.spec = n.Name
		}
		for _, f := range n.Files {
			if why := f.Insecure(); why != "" {
				e.insecure = why
			}
		}
		list = append(list, e)
	}
	for _, path := range ownNets() {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			list = append(list, netEntry{name: shortName(path), about: path, spec: path, own: true})
		}
	}
	return list
}

// netCards are the nets, those that are here first as they are listed.
func (l *library) netCards() (list []card) {
	s := l.studio
	for _, e := range l.nets {
		if !matches(e.name+" "+e.about, l.search.Text) {
			continue
		}
		k := card{
			name: visible.Line(e.name), about: e.about, thumb: netThumb(e.spec), none: e.spec == "", help: e.name + ": dream with this net",
			chosen: s.session.id.Name == e.name, run: func() { s.openNet(e.spec); l.picked() },
		}
		if e.own {
			k.actions = []action{{"forget", "take " + e.name + " off this list; the file stays", func() { s.forgetNet(e.spec) }}}
		}
		if e.spec == "" {
			l.forDownload(&k, e)
		}
		list = append(list, k)
	}
	return list
}

// sizeOf is how large files are together behind a comma, nothing where that is not known of all.
func sizeOf(files []zoo.File) string {
	size := int64(0)
	for _, f := range files {
		if f.Size == 0 {
			return ""
		}
		size += f.Size
	}
	return ", " + byteText(float64(size))
}

// forDownload makes a card that of a net that is not here yet.
func (l *library) forDownload(k *card, e netEntry) {
	s := l.studio
	k.about = "not downloaded" + sizeOf(e.public.Files) + " · " + e.about
	k.help = e.name + ": download it to " + zoo.Dir()
	k.run = func() { s.download(e) }
	if d := s.downloads[e.name]; d != nil {
		done, total := d.done.Load(), d.total.Load()
		k.share = max(float64(done)/float64(max(total, 1)), 0.01)
		k.about = fmt.Sprintf("%s of %s", byteText(float64(done)), byteText(float64(total)))
		k.help = e.name + ": is on its way"
		k.run = func() {}
		k.actions = []action{{"stop", "stop the download of " + e.name + "; the next one goes on from there", d.cancel}}
	}
}

// download brings a net in the background. One that somebody on the way could exchange is asked for twice.
func (s *studio) download(e netEntry) {
	if s.downloads[e.name] != nil {
		return
	}
	if e.insecure != "" && s.presets.sure != e.name {
		s.presets.sure = e.name
		s.warn(fmt.Errorf("app: %s: %s, so that somebody on the way could exchange it; click again to take it all the same", e.name, e.insecure))
		return
	}
	s.presets.sure = ""
	ctx := s.cfg.Context
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithCancel(ctx)
	d := &download{cancel: cancel}
	if s.downloads == nil {
		s.downloads = map[string]*download{}
	}
	s.downloads[e.name] = d
	s.background(func() {
		err := zoo.Get(ctx, e.public, zoo.Dir(), zoo.Options{Insecure: e.insecure != "", Client: s.cfg.Client, Progress: func(done, total int64) {
			d.done.Store(done)
			d.total.Store(total)
		}})
		cancel()
		s.post(func() {
			delete(s.downloads, e.name)
			s.findNets()
			switch {
			case err == nil:
				s.tell(e.name + " is there: click on it to dream with it")
			case errors.Is(err, context.Canceled):
				s.tell("the download of " + e.name + " is stopped; the next one goes on from there")
			default:
				s.warn(err)
			}
		})
	})
}

// stopDownloads ends those that are on their way.
func (s *studio) stopDownloads() {
	for _, d := range s.downloads {
		d.cancel()
	}
}

// openNet dreams on with a net, of a name or in a file.
func (s *studio) openNet(spec string) {
	if s.opening {
		s.warn(errBusy)
		return
	}
	s.opening = true
	s.tell("opening " + shortName(spec))
	s.background(func() {
		o, err := s.readNet(spec)
		s.post(func() {
			s.opening = false
			if err != nil {
				s.warn(err)
				return
			}
			s.dreamOn(o)
		})
	})
}

// netFoot is how to bring other nets.
func (l *library) netFoot() *ewidget.Container {
	c := l.studio.look.Column(2, nil)
	c.AddChild(l.studio.look.Row(3, l.button("Open a file", "dream with a net of your own: ONNX, or Caffe", l.studio.openDialog),
		l.button("Teach a folder", "teach a net the pictures of your own folders", l.studio.teachDialog), l.button("Close", closeHelp, l.studio.closeLibrary)))
	return c
}

// ownFile is the list of the net files that were opened.
func ownFile() string { return filepath.Join(xdg.StateHome, "zalgoscope", "nets.toml") }

// mostOwn is how many net files are remembered.
const mostOwn = 24

type ownList struct {
	Net []string `toml:"net"`
}

func ownNets() []string {
	var list ownList
	if data, err := disk.Read(ownFile(), mostPresets); err != nil || toml.Unmarshal(data, &list) != nil {
		return nil // whoever adds to it is told
	}
	return list.nets()
}

// nets are those of a list, without what is none.
func (l *ownList) nets() []string {
	nets := slices.DeleteFunc(l.Net, func(path string) bool { return !isNet(path) })
	return nets[:min(len(nets), mostOwn)]
}

// rememberNet puts a net's file at the head of the list of own ones.
func (s *studio) rememberNet(path string) {
	if whole, err := filepath.Abs(path); err == nil && !strings.HasPrefix(whole, zoo.Dir()+string(filepath.Separator)) {
		s.keepNets(func(list []string) []string {
			return slices.Insert(slices.DeleteFunc(list, func(p string) bool { return p == whole }), 0, whole)
		})
	}
}

func (s *studio) forgetNet(path string) {
	s.keepNets(func(list []string) []string { return slices.DeleteFunc(list, func(p string) bool { return p == path }) })
}

func (s *studio) keepNets(change func([]string) []string) {
	s.write(func() {
		err := updateTOML(ownFile(), func(list *ownList) {
			list.Net = change(list.nets())
			list.Net = list.nets()
		})
		s.post(func() {
			if err != nil && !errors.Is(err, fs.ErrPermission) {
				s.warn(err)
			}
			s.findNets()
		})
	})
}
