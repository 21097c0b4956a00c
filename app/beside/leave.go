package beside

import (
	"os"
	"sync"
)

var (
	mu      sync.Mutex
	present = map[*File]bool{} // files that have not ended; guarded by mu
)

func (f *File) registered() *File {
	mu.Lock()
	defer mu.Unlock()
	present[f] = true
	return f
}

// end does what ends a file, once; Leave comes before it or after. Where it fails, the file has not ended.
func (f *File) end(last func() error) error {
	mu.Lock()
	defer mu.Unlock()
	if !present[f] {
		return nil
	}
	err := last()
	if err == nil {
		delete(present, f)
		_ = f.Close() // what was written is on disk, or not wanted
	}
	return err
}

// Leave is for the moment before the program ends in the midst of everything: of films there stays what there
// is, all other files are removed, and no other begins or takes its place any more. It gives the names
// of the films that could not stay in their place.
func Leave() (parts []string) {
	mu.Lock() // and never unlocked
	for f := range present {
		info, err := os.Lstat(f.at) // f may be closed
		if err != nil || !f.film || info.Size() == 0 {
			_ = removeOpen(f.File, f.at)
		} else if path, err := f.part(); err == nil && path != f.asked {
			parts = append(parts, path)
		}
	}
	return parts
}
