package teach

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/adrg/xdg"
)

// Set is pictures decoded to about the size at which they are learnt, in a file of the cache folder.
type Set struct {
	Classes  []string
	Pictures []Picture
	Skipped  []string // files that are no whole pictures, with the reason
	Sum      string   // differs where anything differs

	file *os.File
}

// Picture is one of a set: w x h pixels of three bytes.
type Picture struct {
	Name  string
	Class int
	Test  bool
	W, H  int
	At    int64 // in the file
}

// index is what the file's end says of the pictures before.
type index struct {
	Pictures []Picture
	Skipped  []string
}

// cacheDir is where sets and checkpoints lie.
func cacheDir() string { return filepath.Join(xdg.CacheHome, "zalgoscope", "teach") }

// OpenSet decodes a folder's pictures for a side, or takes them from the cache if no file has changed since. progress,
// which may be nil, hears how many are done.
func OpenSet(ctx context.Context, f *Folder, side int, progress func(done, total int)) (*Set, error) {
	h := sha256.New()
	fmt.Fprintln(h, 1, side) // the version of what is cached
	for _, s := range f.Sources {
		fmt.Fprintln(h, s.Path, s.stamp)
	}
	path := filepath.Join(cacheDir(), hex.EncodeToString(h.Sum(nil)[:12])+".pixels")
	ix, file, err := openCache(path)
	if err != nil {
		if err := fill(ctx, path, f, side, progress); err != nil {
			return nil, err
		}
		if ix, file, err = openCache(path); err != nil {
			return nil, fmt.Errorf("teach: the cache of pictures: %w", err)
		}
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // so that it is not swept
	s := &Set{Classes: f.Classes, Skipped: slices.Concat(f.Skipped, ix.Skipped), file: file}
	of := map[string]Source{}
	for _, src := range f.Sources {
		of[src.Path] = src
	}
	for _, p := range ix.Pictures {
		p.Class, p.Test = of[p.Name].Class, of[p.Name].Test
		s.Pictures = append(s.Pictures, p)
		fmt.Fprintln(h, p.Class, p.Test)
	}
	s.Sum = hex.EncodeToString(h.Sum(nil))
	return s, nil
}

// Close closes the file.
func (s *Set) Close() error { return s.file.Close() }

const cacheMagic = "zalgoscope pixels 1\n"

// openCache reads a cache's index.
func openCache(path string) (*index, *os.File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	ix, err := readIndex(file)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return ix, file, nil
}

func readIndex(file *os.File) (*index, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	tail := make([]byte, len(cacheMagic)+8)
	if info.Size() < int64(len(tail)) {
		return nil, errors.New("it is cut short")
	}
	if _, err := file.ReadAt(tail, info.Size()-int64(len(tail))); err != nil {
		return nil, err
	}
	var n int64
	if _, err := fmt.Sscanf(string(tail[:8]), "%08x", &n); err != nil || string(tail[8:]) != cacheMagic || n > info.Size()-int64(len(tail)) {
		return nil, errors.New("it is damaged")
	}
	text := make([]byte, n)
	if _, err := file.ReadAt(text, info.Size()-int64(len(tail))-n); err != nil {
		return nil, err
	}
	ix := &index{}
	return ix, json.Unmarshal(text, ix)
}

// Pixels reads a picture's bytes. Several goroutines may.
func (s *Set) Pixels(p *Picture) ([]byte, error) {
	pix := make([]byte, 3*p.W*p.H)
	if _, err := s.file.ReadAt(pix, p.At); err != nil {
		return nil, fmt.Errorf("teach: the cache of pictures: %w", err)
	}
	return pix, nil
}

// Sorted has the set's classes made by group where its folder's subfolders are none, and holds a tenth of each back.
// A set that cannot be learnt from is closed.
func (s *Set) Sorted(f *Folder, group func() error) (*Set, error) {
	var err error
	if f.Flat && len(s.Pictures) > 0 {
		err = group()
	}
	if err == nil {
		s.Share(0.1)
		err = s.Check()
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Check tells why nothing can be learnt from a set.
func (s *Set) Check() error {
	some, one := 0, ""
	for c, n := range s.learnt() {
		if n > 0 {
			some++
			one = s.Classes[c]
		}
	}
	switch {
	case len(s.Pictures) == 0 && len(s.Skipped) > 0:
		return fmt.Errorf("teach: none of the %d files is a picture that opens; the first: %s", len(s.Skipped), s.Skipped[0])
	case some == 0:
		return errors.New("teach: there is no picture to learn from")
	case some == 1:
		return fmt.Errorf("teach: there is one class alone, %q; a net learns to tell two or more apart: add a subfolder of other pictures, or let them be grouped, all in one folder", one)
	}
	return nil
}

// Share puts a share of each class's pictures, those spread over their order, aside for trying, where a class has at least ten
// and nothing is aside yet. Classes of which nothing can be learnt are dropped, with what there is to try of them.
func (s *Set) Share(share float64) {
	aside := false
	counts := make([]int, len(s.Classes))
	for _, p := range s.Pictures {
		aside = aside || p.Test
		counts[p.Class]++
	}
	if !aside && share > 0 {
		every := max(int(1/share+0.5), 2)
		seen := make([]int, len(s.Classes))
		for i := range s.Pictures {
			c := s.Pictures[i].Class
			if seen[c]++; counts[c] >= 10 && seen[c]%every == 0 {
				s.Pictures[i].Test = true
			}
		}
	}
	learnt := s.learnt()
	s.Pictures = slices.DeleteFunc(s.Pictures, func(p Picture) bool { return learnt[p.Class] == 0 })
	to, names := make([]int, len(s.Classes)), []string(nil)
	for c, n := range learnt {
		to[c] = len(names)
		if n > 0 {
			names = append(names, s.Classes[c])
		}
	}
	s.Classes = names
	for i := range s.Pictures {
		s.Pictures[i].Class = to[s.Pictures[i].Class]
	}
}

// learnt is how many pictures of each class are learnt from.
func (s *Set) learnt() []int {
	counts := make([]int, len(s.Classes))
	for _, p := range s.Pictures {
		if !p.Test {
			counts[p.Class]++
		}
	}
	return counts
}
