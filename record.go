package main

import (
	"fmt"
	"image"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"zalgoscope/app/picture"
	"zalgoscope/app/record"
)

// recordFlags are the flags by which a command writes frames.
type recordFlags struct {
	out, session          string
	fps                   float64
	dither, palette, loop string
}

func (f *recordFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.out, "out", "o", "", "file to write: .png or .jpg, numbered where there are several frames (at %05d where the name has one), .gif, .apng, .mp4 or .webm")
	fs.Float64Var(&f.fps, "fps", record.DefaultFPS, "frames a second of a film")
	fs.StringVar(&f.loop, "loop", record.Forever, "how a film goes on: "+strings.Join(record.Loops, ", "))
	fs.StringVar(&f.dither, "dither", record.Diffusion, "how GIF mixes colours: "+strings.Join(record.Dithers, ", "))
	fs.StringVar(&f.palette, "palette", record.PerFrame, "what a GIF palette serves, one frame or those of a second: "+strings.Join(record.Palettes, ", "))
	fs.StringVar(&f.session, "session", "", "write the recipe as readable TOML to this file too")
	_ = cmd.MarkFlagRequired("out")
}

// options are how the file is written.
func (f *recordFlags) options(recipe func() record.Recipe) record.Options {
	return record.Options{FPS: f.fps, Dither: f.dither, Palette: f.palette, Loop: f.loop, Recipe: recipe}
}

// record writes the frames that make adds. Whatever ends make, the file is finished with
// the frames so far.
func (f *recordFlags) record(frames int, recipe func() record.Recipe, make func(add func(*image.RGBA) error) error) error {
	rec, err := record.Create(numbered(f.out, frames), f.options(recipe))
	if err != nil {
		return err
	}
	added := 0
	err = make(func(m *image.RGBA) error {
		added++
		return rec.Add(m)
	})
	if cerr := rec.Close(); err == nil {
		err = cerr
	}
	if err == nil && f.session != "" {
		err = f.writeSession(recipe(), added)
	}
	return err
}

func (f *recordFlags) writeSession(r record.Recipe, frames int) error {
	r.Frames, r.FPS, r.Dither, r.Palette, r.Loop = frames, f.fps, f.dither, f.palette, f.loop
	text := r.Encode()
	return picture.Atomic(f.session, func(w io.Writer) error {
		_, err := fmt.Fprint(w, text)
		return err
	})
}

// numbered gives a picture's name a place for a number where there will be several.
func numbered(out string, frames int) string {
	ext := filepath.Ext(out)
	switch strings.ToLower(ext) {
	case ".png", ".jpg", ".jpeg":
		if frames > 1 && !strings.Contains(out, "%") {
			return strings.TrimSuffix(out, ext) + "-%05d" + ext
		}
	}
	return out
}
