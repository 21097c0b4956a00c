package teach

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/adrg/xdg"
	"golang.org/x/image/draw"

	"zalgoscope/app/beside"
	"zalgoscope/app/picture"
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

// fill decodes a folder's pictures into a cache file.
func fill(ctx context.Context, path string, f *Folder, side int, progress func(done, total int)) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("teach: %w", err)
	}
	sweep(filepath.Dir(path))
	return beside.Write(path, func(w io.Writer) error { return pour(ctx, w, f.Sources, side, progress) })
}

// pour writes a cache: the pictures' pixels, then their index.
func pour(ctx context.Context, w io.Writer, sources []Source, side int, progress func(done, total int)) error {
	decoding, end := context.WithCancel(ctx)
	defer end()
	ix, at := index{}, int64(0)
	for d := range decodeAll(decoding, sources, side) {
		if d.err != nil {
			ix.Skipped = append(ix.Skipped, d.err.Error())
		} else {
			if _, err := w.Write(d.pix); err != nil {
				return err
			}
			ix.Pictures = append(ix.Pictures, Picture{Name: d.path, W: d.w, H: d.h, At: at})
			at += int64(len(d.pix))
		}
		if progress != nil {
			progress(len(ix.Pictures)+len(ix.Skipped), len(sources))
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	text, err := json.Marshal(ix)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%08x%s", text, len(text), cacheMagic)
	return err
}

// decoded is a picture at its size, or why there is none.
type decoded struct {
	path string
	pix  []byte
	w, h int
	err  error
}

// decodeAll decodes files on all cores and gives them in their order. It ends early with the context.
func decodeAll(ctx context.Context, sources []Source, side int) <-chan decoded {
	out := make(chan decoded)
	go func() {
		defer close(out)
		n := runtime.GOMAXPROCS(0)
		for from := 0; from < len(sources) && ctx.Err() == nil; from += n {
			part := sources[from:min(from+n, len(sources))]
			results := make([]decoded, len(part))
			var wait sync.WaitGroup
			for i, s := range part {
				wait.Go(func() { results[i] = decode(s.Path, side) })
			}
			wait.Wait()
			for _, d := range results {
				select {
				case out <- d:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}

// decode opens a picture so that its shorter side is an eighth longer than side, if it has as much, and its longer one
// at most half as long again as the shorter.
func decode(path string, side int) decoded {
	m, err := picture.Options{Most: 4 * side}.Open(path)
	if err != nil {
		return decoded{err: err}
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	cw, ch := min(w, h*3/2), min(h, w*3/2)
	if cw < 1 || ch < 1 {
		return decoded{err: fmt.Errorf("picture: %s: of %dx%d pixels nothing is learnt", path, w, h)}
	}
	part := image.Rect(0, 0, cw, ch).Add(image.Pt((w-cw)/2, (h-ch)/2))
	short := min(cw, ch)
	dw, dh := cw, ch
	if most := side + side/8; short > most {
		dw, dh = max(cw*most/short, 1), max(ch*most/short, 1)
	}
	small := image.NewRGBA(image.Rect(0, 0, dw, dh))
	if dw == cw && dh == ch {
		draw.Copy(small, image.Point{}, m, part, draw.Src, nil)
	} else {
		draw.CatmullRom.Scale(small, small.Rect, m, part, draw.Src, nil)
	}
	pix := make([]byte, 0, 3*dw*dh)
	for i := 0; i < len(small.Pix); i += 4 {
		pix = append(pix, small.Pix[i:i+3]...)
	}
	return decoded{path: path, pix: pix, w: dw, h: dh}
}

// sweep removes what was not used for a month.
func sweep(dir string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && time.Since(info.ModTime()) > 30*24*time.Hour {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
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
