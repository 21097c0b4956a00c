// Package chooser shows the desktop's file dialogs, by sqweek/dialog. On Linux their toolkit is loaded when the
// first one is shown: the program starts without it, and where it is missing.
package chooser

import (
	"errors"
	"runtime"

	"github.com/sqweek/dialog"
)

// ErrCancelled is the error of a dialog that was left without a choice.
var ErrCancelled = dialog.ErrCancelled

// Over is the X11 window that dialogs belong to, 0 for none: the window manager keeps them above it. It is set before
// a dialog is shown. On Windows a dialog belongs to none.
var Over uint32

// A Filter is a kind of file that a dialog offers, by the endings without the dot; "*" is any file.
type Filter struct {
	Name    string
	Endings []string
}

// Open lets the user choose a file that is there.
func Open(title string, filters ...Filter) (string, error) {
	return show(title, func() (string, error) { return file(title, filters).Load() })
}

// Save lets the user choose where to write a file; folder and name are what it begins with.
func Save(title, folder, name string, filters ...Filter) (string, error) {
	return show(title, func() (string, error) {
		return file(title, filters).SetStartDir(folder).SetStartFile(name).Save()
	})
}

// Folder lets the user choose a folder.
func Folder(title string) (string, error) {
	return show(title, func() (string, error) { return dialog.Directory().Title(title).Browse() })
}

func file(title string, filters []Filter) *dialog.FileBuilder {
	b := dialog.File().Title(title)
	for _, f := range filters {
		b.Filter(f.Name, f.Endings...)
	}
	return b
}

// show runs a dialog on one thread from its beginning to its end, as toolkits want it.
func show(title string, choose func() (string, error)) (string, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := load(title, Over); err != nil {
		return "", err
	}
	path, err := choose()
	if err == nil && path == "" {
		err = errors.New("chooser: the dialog gave a file that has no path")
	}
	return path, err
}
