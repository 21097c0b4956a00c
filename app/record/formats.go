package record

import (
	"bufio"
	"fmt"
	"image"
	"path/filepath"
	"slices"
	"strings"
)

// Format is a kind of file that frames are recorded to: one row of the table from which recordings, estimates, the
// search for recipes, the studio's panel, the flags' help and the README's list are made.
type Format struct {
	Name    string   // as people call it
	Endings []string // of files' names, the usual one first
	Film    bool     // all frames are in one file; else each is a file of its own
	Sound   bool     // it has a place for sound
	Note    string   // what it is good for

	// check reports why it cannot be recorded with those options, at a size that is 0,0 where it is not known yet.
	check  func(path string, o Options, size image.Point) error
	create func(path string, o Options) (Recorder, error)
	// cost is about how many bytes a frame like m takes.
	cost func(m *image.RGBA, o Options) (int, error)
	// magic is what a file begins with, where find knows how the recipe's text lies in it, and the number of frames
	// where they can be counted; in a file of any other beginning the text is looked for anywhere.
	magic string
	find  func(*bufio.Reader) (text string, frames int, err error)
}

// Formats is the one table of them.
var Formats = []Format{
	{Name: "GIF", Endings: []string{".gif"}, Film: true, Note: "a film that everything shows, of at most 50 frames a second",
		check: checkGIF, create: newGIF, cost: costOfGIF, magic: "GIF8", find: gifRecipe},
	{Name: "APNG", Endings: []string{".apng"}, Film: true, Note: "a film without loss, which browsers show",
		check: checkPlace, create: newAPNG, cost: costAs(".png"), magic: pngMagic, find: pngRecipe},
	{Name: "MP4", Endings: []string{".mp4"}, Film: true, Sound: true, Note: "a film as H.264, by the ffmpeg program",
		check: checkVideo(".mp4"), create: videoTo(".mp4"), cost: costOfVideo},
	{Name: "WebM", Endings: []string{".webm"}, Film: true, Sound: true, Note: "a film as VP9, by the ffmpeg program",
		check: checkVideo(".webm"), create: videoTo(".webm"), cost: costOfVideo},
	{Name: "PNG", Endings: []string{".png"}, Note: "a picture without loss; several frames are numbered",
		check: checkPictures, create: newPictures, cost: costAs(".png"), magic: pngMagic, find: pngRecipe},
	{Name: "JPEG", Endings: []string{".jpg", ".jpeg"}, Note: "a small picture; several frames are numbered",
		check: checkPictures, create: newPictures, cost: costAs(".jpg"), magic: "\xff\xd8\xff", find: jpegRecipe},
}

// FormatOf is the row of the table that a file's name asks for.
func FormatOf(path string) (*Format, error) {
	ending := strings.ToLower(filepath.Ext(path))
	i := slices.IndexFunc(Formats, func(f Format) bool { return slices.Contains(f.Endings, ending) })
	if i < 0 {
		all := append(Endings(true), Endings(false)...)
		return nil, fmt.Errorf("record: cannot record to %q: the name must end in %s", path, Either(all))
	}
	return &Formats[i], nil
}

// HasSound tells whether the kind of file that a name asks for has a place for sound, or else says so: of what there is no place, and which have one.
func HasSound(path, of string) (ok bool, note string) {
	if f, err := FormatOf(path); err == nil && f.Sound {
		return true, ""
	}
	var have []string
	for _, f := range Formats {
		if f.Sound {
			have = append(have, f.Endings[0])
		}
	}
	return false, fmt.Sprintf("%s has no place for %s; %s have", filepath.Ext(path), of, strings.Join(have, " and "))
}

// Endings are the usual endings of films' names, or of those of pictures.
func Endings(film bool) (out []string) {
	for _, f := range Formats {
		if f.Film == film {
			out = append(out, f.Endings[0])
		}
	}
	return out
}

// Names are what people call films, or pictures, that can be recorded.
func Names(film bool) (out []string) {
	for _, f := range Formats {
		if f.Film == film {
			out = append(out, f.Name)
		}
	}
	return out
}

// Either names words as a choice: a, b or c.
func Either(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// findIn gives a recipe's text, "" for none, and the number of frames where it can be counted, of a file that
// begins so.
func findIn(f *bufio.Reader, beginning []byte) (text string, frames int, err error) {
	for _, format := range Formats {
		if format.magic != "" && strings.HasPrefix(string(beginning), format.magic) {
			return format.find(f)
		}
	}
	text, err = scan(f)
	return text, 0, err
}
