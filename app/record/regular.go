package record

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Regular tells whether a path leads to a regular file of this machine. It asks the system for nothing that lies elsewhere,
// not by links either, to files or to folders: a name in somebody's picture must not make this machine call another one.
func Regular(path string) bool {
	folder, err := os.Getwd()
	if err != nil || away(path) {
		return false
	}
	const most = 40 // links, as on Linux
	at, rest := from(folder, path)
	if at == folder { // which may have links in it
		at, rest = from("", folder+string(filepath.Separator)+path)
	}
	mode := fs.ModeDir
	for links := 0; len(rest) > 0; {
		name := rest[0]
		rest = rest[1:]
		switch {
		case !mode.IsDir() && mode&fs.ModeIrregular == 0: // which are the junctions of Windows
			return false
		case name == "" || name == ".":
			continue
		case name == "..":
			at, mode = filepath.Dir(at), fs.ModeDir
			continue
		}
		next := filepath.Join(at, name)
		if !filepath.IsLocal(name) || madeUp(next, runtime.GOOS == "darwin") {
			return false
		}
		info, err := os.Lstat(next)
		if err != nil {
			return false
		}
		if mode = info.Mode(); mode&fs.ModeSymlink == 0 {
			at = next
			continue
		}
		target, err := os.Readlink(next)
		if links++; err != nil || away(target) || links > most {
			return false
		}
		var more []string
		at, more = from(at, target)
		rest, mode = append(more, rest...), fs.ModeDir
	}
	return mode.IsRegular()
}

// from divides a path that is read in a folder: into the folder where it begins, which is a root unless folder has
// no links in it, and the names from there.
func from(folder, path string) (root string, names []string) {
	volume := filepath.VolumeName(path)
	switch path = filepath.ToSlash(path[len(volume):]); {
	case volume == "" && !strings.HasPrefix(path, "/"):
		root = folder
	case volume == "":
		root = filepath.VolumeName(folder) + string(filepath.Separator)
	default:
		root = volume + string(filepath.Separator)
	}
	return root, strings.Split(path, "/")
}

// away tells whether a path as it is written leads to another machine: as a share, which \\host\share and //host/share
// are, or as an address. A path of Windows that counts from where a drive stands leads nowhere that is known here.
func away(path string) bool {
	slashes := strings.ReplaceAll(path, `\`, "/")
	return strings.ContainsRune(path, 0) || filepath.VolumeName(path) != "" && !filepath.IsAbs(path) || strings.Contains(path, "://") ||
		strings.HasPrefix(slashes, "//") || strings.HasPrefix(slashes, "/??/")
}

// madeUp tells whether a whole path is one of shares as systems mount them under /net, of devices, or of what the
// kernel makes up; fold where the case of letters does not count.
func madeUp(path string, fold bool) bool {
	if fold {
		path = strings.ToLower(path)
	}
	for _, folder := range []string{"/net", "/dev", "/proc", "/sys"} {
		if path == folder || strings.HasPrefix(path, folder+"/") {
			return true
		}
	}
	return false
}
