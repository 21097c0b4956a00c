package load

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// trusted is a folder that links may lead into, as it is named and as it is without links.
type trusted struct{ named, real string }

func trust(dir string) (t trusted, err error) {
	if t.named, err = filepath.Abs(dir); err != nil {
		return t, err
	}
	t.real, err = filepath.EvalSymlinks(t.named)
	return t, err
}

// follow tells where a location in a place leads to: to which trusted folder, without links, and to what inside. It
// looks at nothing that lies outside of the trusted folders, where a link could make this machine call another one.
func follow(place, location string) (dir, inside string, err error) {
	own, err := trust(place)
	if err != nil {
		return "", "", err
	}
	all, names := []trusted{own}, []string{place}
	if store := hubStore(place); store != "" {
		t, err := trust(store)
		if err != nil {
			return "", "", err
		}
		all, names = append(all, t), append(names, store)
	}
	const most = 40 // links, as on Linux
	dir, inside = own.real, filepath.Clean(location)
	for range most {
		to, err := firstLink(dir, inside)
		if err != nil || to == "" {
			return dir, inside, err
		}
		found := false
		if dir, inside, found = divide(all, to); !found {
			return "", "", fmt.Errorf("it leads to %q, and only what lies in %q is trusted", to, names)
		}
	}
	return "", "", errors.New("too many links")
}

// firstLink is the whole path to which the first link on the way from dir to what is inside leads, "" without a link.
func firstLink(dir, inside string) (string, error) {
	names := strings.Split(inside, string(filepath.Separator))
	for i, name := range names {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			to, err := os.Readlink(path)
			if err != nil {
				return "", err
			}
			if !filepath.IsAbs(to) {
				to = filepath.Join(dir, to)
			}
			return filepath.Join(append([]string{to}, names[i+1:]...)...), nil
		}
		dir = path
	}
	return "", nil
}

// divide cuts a path at the trusted folder that it lies in.
func divide(all []trusted, path string) (dir, inside string, found bool) {
	for _, t := range all {
		for _, dir := range []string{t.real, t.named} {
			if inside, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(inside) {
				return t.real, inside, true
			}
		}
	}
	return "", "", false
}
