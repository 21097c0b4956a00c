package record

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// A recipe names its pictures and nets by their file's name and checksum and not by where they lie, which is
// nobody else's business and no help elsewhere. Who replays it looks in folders for a file of that name. Older
// recipes have whole paths, which still lead to the file on the machine that they were made on.

// NameOf is what a recipe calls a file, or a start picture that is none.
func NameOf(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(path)
}

// Finder gives the files that a recipe may mean by a name: regular ones that exist here, the likeliest first.
type Finder func(name string) []string

// Find looks in folders, and for an older recipe where its path leads.
func Find(folders ...string) Finder {
	return func(name string) []string {
		var found []string
		look := func(path string) {
			if !slices.Contains(found, path) && Regular(path) {
				found = append(found, path)
			}
		}
		if strings.ContainsAny(name, `/\`) {
			look(name)
		}
		for _, base := range bases(name) {
			for _, folder := range folders {
				look(filepath.Join(folder, base))
			}
		}
		return found
	}
}

// bases are the last element of a path as this system and as Windows, where it may come from, divide it; none
// that means something else than a file in a folder.
func bases(path string) (out []string) {
	for _, base := range []string{filepath.Base(path), path[strings.LastIndexAny(path, `/\:`)+1:]} {
		if base != "." && !strings.ContainsRune(base, 0) && filepath.IsLocal(base) && !slices.Contains(out, base) {
			out = append(out, base)
		}
	}
	return out
}

// missing says that a file that a recipe names is nowhere, and what to do.
func missing(what, name, flag string) error {
	return fmt.Errorf("record: the %s %q is not to be found; put it beside the recording, or say where it is: --folder FOLDER or --%s FILE", what, NameOf(name), flag)
}
