package app

import (
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"strings"

	"zalgoscope/app/record"
	"zalgoscope/nn"
)

// filmAgain dreams the last film again from its recipe, at twice the size, in the background.
func (s *studio) filmAgain() {
	path := s.recorder.last
	if path == "" {
		s.warn(errors.New("app: no film has been written yet; v records one"))
		return
	}
	ending := filepath.Ext(path)
	out := s.recorder.unusedPath(strings.TrimSuffix(path, ending)+"-2x", ending)
	j := &job{name: filepath.Base(out)}
	ctx := s.jobContext(j)
	ses, folders := s.session, s.folders(path)
	s.finish(j, func() (string, error) {
		recipe, err := record.ReadRecipe(path)
		if err != nil {
			return "", err
		}
		net := ses.net
		if !sameNet(recipe.Net, ses.id) {
			if s.cfg.Recall == nil {
				return "", errors.New("app: nets cannot be opened here")
			}
			if net, _, err = s.cfg.Recall(recipe.Net, folders); err != nil {
				return "", err
			}
		}
		engine, err := s.cfg.Open(net)
		if err != nil {
			return "", err
		}
		defer engine.Close()
		size := recipe.Size().Mul(2)
		o := recipe.Options()
		whole := false
		o.Cut = func() bool { return !whole }
		o.Recipe = func() record.Recipe {
			r := recipe.Resized(size)
			r.Device, r.Precision = engine.Device(), nn.PrecisionOf(engine)
			return r
		}
		rec, err := record.Create(out, o)
		if err != nil {
			return "", err
		}
		frames := 0
		err = record.Replay(ctx, recipe, net, engine, record.ReplayOptions{Size: size, Find: record.Find(folders...)}, func(m *image.RGBA) error {
			frames++
			return rec.Add(m)
		}, j.progress)
		whole = err == nil
		if cerr := rec.Close(); err == nil {
			err = cerr
		}
		return fmt.Sprintf("dreamed %d frames again, twice as large, to %s", frames, out), err
	})
}
