package app

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/adrg/xdg"

	"zalgoscope/app/capture"
	"zalgoscope/app/chooser"
	"zalgoscope/app/desk"
	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
)

// ask shows a file dialog on a goroutine of its own, one dialog at a time, and hands
// the chosen path to then on the window's goroutine.
func (s *studio) ask(choose func() (string, error), then func(path string)) {
	if s.asking {
		return
	}
	s.asking = true
	go func() { // which the end of the program does not wait for: the window may be closed beside a dialog
		chooser.Over = desk.OwnWindow()
		path, err := choose()
		s.post(func() {
			s.asking = false
			switch {
			case errors.Is(err, chooser.ErrCancelled):
			case err != nil:
				s.warn(fmt.Errorf("app: %w", err))
			default:
				then(path)
			}
		})
	}()
}

// openDialog opens a picture, a net or a saved dream.
func (s *studio) openDialog() {
	s.ask(func() (string, error) {
		return chooser.Open("Open a picture, a film or a net",
			chooser.Filter{Name: "Pictures, films, dreams and nets", Endings: slices.Concat([]string{"onnx", "caffemodel", "prototxt"}, picture.Endings, capture.Endings)},
			chooser.Filter{Name: "All files", Endings: []string{"*"}})
	}, s.openFile)
}

// guideDialog chooses the guide picture.
func (s *studio) guideDialog() {
	s.ask(func() (string, error) {
		return chooser.Open("Choose a guide", chooser.Filter{Name: "Pictures", Endings: picture.Endings})
	}, s.follow)
}

// follow makes a picture the guide.
func (s *studio) follow(path string) {
	s.change(func(w *dream.Settings) { w.Guide, w.Channel, w.Class = path, "", "" })
}

// saveFolder is the user's folder for pictures, or the home folder where there is none.
func saveFolder() string {
	if _, err := os.Stat(xdg.UserDirs.Pictures); err == nil {
		return xdg.UserDirs.Pictures
	}
	return xdg.Home
}

func saveName() string { return time.Now().Format("dream-2006-01-02-150405.png") }
