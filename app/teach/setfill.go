package teach

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"golang.org/x/image/draw"

	"zalgoscope/app/beside"
	"zalgoscope/app/picture"
)

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
