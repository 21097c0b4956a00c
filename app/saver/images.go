package saver

import (
	"fmt"
	"image"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"zalgoscope/app/picture"
)

// images are the pictures of a folder in random order, again and again.
type images struct {
	paths []string
	next  int
}

// mostImages is the number of pictures looked at in a folder.
const mostImages = 10000

// openImages lists the picture files in and below a folder.
func openImages(folder string, rng *rand.Rand) (*images, error) {
	in := &images{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == folder {
				return err
			}
			return nil // a part that cannot be read is left out
		}
		if slices.Contains(picture.Endings, strings.ToLower(strings.TrimPrefix(filepath.Ext(path), "."))) {
			if in.paths = append(in.paths, path); len(in.paths) >= mostImages {
				return fs.SkipAll
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("saver: images: %w", err)
	}
	if len(in.paths) == 0 {
		return nil, fmt.Errorf("saver: images: there is no picture in %q", folder)
	}
	rng.Shuffle(len(in.paths), func(i, j int) { in.paths[i], in.paths[j] = in.paths[j], in.paths[i] })
	return in, nil
}

// open gives the next picture that can be read, at a size, nil where none can.
func (in *images) open(w, h int) *image.RGBA {
	for range min(len(in.paths), 20) {
		path := in.paths[in.next%len(in.paths)]
		in.next++
		if m, err := (picture.Options{Width: w, Height: h}).Open(path); err == nil {
			return m
		}
	}
	return nil
}
