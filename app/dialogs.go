package app

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/adrg/xdg"
	"github.com/sqweek/dialog"

	"zalgoscope/app/dream"
	"zalgoscope/app/picture"
	"zalgoscope/app/record"
)

// ask shows a file dialog on a goroutine of its own, one dialog at a time, and hands
// the chosen path to then on the window's goroutine.
func (s *studio) ask(choose func() (string, error), then func(path string)) {
	if s.asking {
		return
	}
	s.asking = true
	go func() { // which the end of the program does not wait for: the window may be closed beside a dialog
		runtime.LockOSThread() // the toolkit's dialogs stay on the thread that they began on
		defer runtime.UnlockOSThread()
		path, err := choose()
		s.post(func() {
			s.asking = false
			switch {
			case errors.Is(err, dialog.ErrCancelled):
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
		return dialog.File().Title("Open a picture or a net").
			Filter("Pictures, dreams and nets", append([]string{"onnx", "caffemodel", "prototxt"}, picture.Endings...)...).
			Filter("All files", "*").Load()
	}, s.openFile)
}

// guideDialog chooses the guide picture.
func (s *studio) guideDialog() {
	s.ask(func() (string, error) {
		return dialog.File().Title("Choose a guide").Filter("Pictures", picture.Endings...).Load()
	}, s.follow)
}

// follow makes a picture the guide.
func (s *studio) follow(path string) {
	s.change(func(w *dream.Settings) { w.Guide, w.Channel, w.Class = path, "", "" })
}

// saveDialog saves the present frame. The frame is the one of the key press, however
// long the dialog stays open.
func (s *studio) saveDialog() {
	if s.shown.Frame == nil {
		return
	}
	picture, recipe := s.shown.Picture(), s.shown.recipe()
	s.ask(func() (string, error) {
		return dialog.File().Title("Save the picture").SetStartDir(saveFolder()).
			SetStartFile(saveName()).Filter("PNG or JPEG", "png", "jpg", "jpeg").Save()
	}, func(path string) {
		if filepath.Ext(path) == "" {
			path += ".png"
		}
		s.save(path, picture, recipe)
	})
}

// save writes a picture with its recipe in the background.
func (s *studio) save(path string, m *image.RGBA, recipe record.Recipe) {
	s.write(func() {
		err := record.Save(path, m, recipe)
		s.post(func() {
			if err != nil {
				s.warn(err)
			} else {
				s.tell("saved " + path)
			}
		})
	})
}

// saveFolder is the user's folder for pictures, or the home folder where there is none.
func saveFolder() string {
	if _, err := os.Stat(xdg.UserDirs.Pictures); err == nil {
		return xdg.UserDirs.Pictures
	}
	return xdg.Home
}

func saveName() string { return time.Now().Format("dream-2006-01-02-150405.png") }
