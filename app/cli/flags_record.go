package cli

import (
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"zalgoscope/app/beside"
	"zalgoscope/app/record"
)

// recordFlags are the flags by which a command writes frames.
type recordFlags struct {
	out, session          string
	fps                   float64
	dither, palette, loop string
	sound                 *record.Sound // that goes along; nil for none
}

func (f *recordFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.out, "out", "o", "", "file to write: "+record.Either(record.Endings(false))+", numbered where there are several frames (at %05d where the name has one), "+record.Either(record.Endings(true)))
	fs.Float64Var(&f.fps, "fps", record.DefaultFPS, "frames a second of a film")
	fs.StringVar(&f.loop, "loop", record.Forever, "how a film goes on: "+strings.Join(record.Loops, ", "))
	fs.StringVar(&f.dither, "dither", record.Diffusion, "how GIF mixes colours: "+strings.Join(record.Dithers, ", "))
	fs.StringVar(&f.palette, "palette", record.PerFrame, "what a GIF palette serves, one frame or those of a second: "+strings.Join(record.Palettes, ", "))
	fs.StringVar(&f.session, "session", "", "write the recipe as readable TOML to this file too")
	_ = cmd.MarkFlagRequired("out")
}

// options are how the file is written.
func (f *recordFlags) options(recipe func() record.Recipe) record.Options {
	return record.Options{FPS: f.fps, Dither: f.dither, Palette: f.palette, Loop: f.loop, Recipe: recipe, Sound: f.sound}
}

// check reports, before any work is done, why frames of a size cannot be written.
func (f *recordFlags) check(frames int, size image.Point) error {
	if f.fps == 0 { // which an Options takes for the default
		return errors.New("--fps is 0, but frames a second go from 0.1 to 240")
	}
	if err := record.Check(numbered(f.out, frames), f.options(nil), size); err != nil || f.session == "" {
		return err
	}
	if same(f.out, f.session) {
		return fmt.Errorf("--session and --out are one file, %q; give the recipe another name", f.session)
	}
	return beside.Check(f.session)
}

// same tells whether two paths are of one file, which need not be there.
func same(a, b string) bool {
	p, perr := filepath.Abs(a)
	q, qerr := filepath.Abs(b)
	if perr == nil && qerr == nil && p == q {
		return true
	}
	m, merr := os.Stat(a)
	n, nerr := os.Stat(b)
	return merr == nil && nerr == nil && os.SameFile(m, n)
}

func (f *recordFlags) writeSession(r record.Recipe, frames int) error {
	r.Frames, r.FPS, r.Dither, r.Palette, r.Loop = frames, f.fps, f.dither, f.palette, f.loop
	text := r.Encode()
	return beside.Write(f.session, func(w io.Writer) error {
		_, err := fmt.Fprint(w, text)
		return err
	})
}

// numbered gives a picture's name a place for a number where there will be several.
func numbered(out string, frames int) string {
	if f, err := record.FormatOf(out); err != nil || f.Film || frames < 2 || strings.Contains(out, "%") {
		return out
	}
	ext := filepath.Ext(out)
	return strings.TrimSuffix(out, ext) + "-%05d" + ext
}
