// Package teach trains nets on folders of pictures: it gathers them, takes a model through them, keeps what it has come to,
// and tells how it went.
package teach

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Folder is the pictures of a folder by their classes.
type Folder struct {
	Path    string
	Classes []string
	Sources []Source
	Flat    bool     // without subfolders: the pictures are still to be grouped
	Loose   int      // files that lie beside the subfolders of classes, and are not looked at
	Skipped []string // links and the like that lead to no file, with the reason
}

// Source is a file that may be a picture.
type Source struct {
	Path  string
	Class int
	Test  bool // learnt nothing from, only tried
	stamp string
}

// Names that the two halves of a set have, as its subfolders.
var (
	trainNames = []string{"train", "training"}
	testNames  = []string{"test", "val", "valid", "validation"}
)

// mostFiles bounds what is looked at of a folder.
const mostFiles = 200_000

// Look lists a folder's files by class. It has a subfolder for each class; or two, train and test, that have; or none, and the
// pictures are grouped by likeness.
func Look(path string) (*Folder, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f := &Folder{Path: path}
	folders, files, err := f.list(path)
	if err != nil {
		return nil, err
	}
	learn, test := half(folders, trainNames), half(folders, testNames)
	switch {
	case learn != "" && test != "":
		f.Loose = len(files)
		if err := f.classes(filepath.Join(path, learn), false); err != nil {
			return nil, err
		}
		err = f.classes(filepath.Join(path, test), true)
	case len(folders) > 0:
		f.Skipped = nil // classes lists the folder again
		err = f.classes(path, false)
	default:
		f.Flat, f.Classes = true, []string{"all"}
		err = f.add(path, files, 0, false)
	}
	if err != nil {
		return nil, err
	}
	if len(f.Sources) == 0 && len(f.Skipped) > 0 {
		return nil, fmt.Errorf("teach: there is no picture that opens in %s; the first: %s", path, f.Skipped[0])
	}
	if len(f.Sources) == 0 {
		return nil, fmt.Errorf("teach: there is no picture in %s", path)
	}
	return f, nil
}

// Warning tells of files that lie beside the subfolders, "" for none.
func (f *Folder) Warning() string {
	if f.Loose == 0 {
		return ""
	}
	return fmt.Sprintf("files beside the subfolders of %s are not learnt: %d; move them into a subfolder of their class", f.Path, f.Loose)
}

// half is the folder that one of the names is of.
func half(folders, names []string) string {
	for _, d := range folders {
		if slices.Contains(names, strings.ToLower(d)) {
			return d
		}
	}
	return ""
}

// classes adds a folder's subfolders as classes, those that the test half alone has not.
func (f *Folder) classes(path string, test bool) error {
	folders, files, err := f.list(path)
	if err != nil {
		return err
	}
	f.Loose += len(files)
	for _, name := range folders {
		class := slices.Index(f.Classes, name)
		if class < 0 {
			if test {
				continue
			}
			class = len(f.Classes)
			f.Classes = append(f.Classes, name)
		}
		if err := f.below(filepath.Join(path, name), class, test); err != nil {
			return err
		}
	}
	return nil
}

// below adds the files of a folder and of those in it. Links to folders are not followed.
func (f *Folder) below(path string, class int, test bool) error {
	folders, files, err := f.list(path)
	if err != nil {
		return err
	}
	if err := f.add(path, files, class, test); err != nil {
		return err
	}
	for _, d := range folders {
		if err := f.below(filepath.Join(path, d), class, test); err != nil {
			return err
		}
	}
	return nil
}

func (f *Folder) add(path string, files []fs.FileInfo, class int, test bool) error {
	for _, info := range files {
		if len(f.Sources) == mostFiles {
			return fmt.Errorf("teach: %s has more than %d files", f.Path, mostFiles)
		}
		f.Sources = append(f.Sources, Source{
			Path: filepath.Join(path, info.Name()), Class: class, Test: test, stamp: fmt.Sprint(info.Size(), " ", info.ModTime().UnixNano()),
		})
	}
	return nil
}

// list gives the folders and files of a folder in order, but for hidden ones, folders of servers' own such as @eaDir, and texts,
// which lie beside pictures. A link that leads nowhere is skipped.
func (f *Folder) list(path string) (folders []string, files []fs.FileInfo, err error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, nil, fmt.Errorf("teach: %w", err)
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || e.IsDir() && strings.HasPrefix(name, "@") {
			continue
		}
		info, err := os.Stat(filepath.Join(path, name))
		switch {
		case err != nil:
			f.Skipped = append(f.Skipped, err.Error())
		case e.IsDir():
			folders = append(folders, name)
		case info.Mode().IsRegular() && !slices.Contains(noPictures, strings.ToLower(filepath.Ext(name))):
			files = append(files, named{info, name})
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return cmp.Compare(a.Name(), b.Name()) })
	return folders, files, nil
}

// named is a file's properties by the name that it has in its folder, which may be a link's.
type named struct {
	fs.FileInfo
	name string
}

func (n named) Name() string { return n.name }

// noPictures are the endings of what commonly lies beside pictures and is not missed.
var noPictures = []string{".txt", ".md", ".json", ".csv", ".xml", ".ini", ".db", ".onnx", ".zip"}
