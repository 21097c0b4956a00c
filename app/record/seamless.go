package record

import "image"

// seamless makes the end of a recording meet its beginning: the first frames are held
// back and the last ones fade into them, so that the frame after the last is the
// first one written. Both go on moving while they fade, so that a steady zoom or
// turn does not halt. A feedback zoom never repeats by itself: what has been dreamed into the
// picture is not what was zoomed out of sight, whatever the period; so it is faded.
type seamless struct {
	next  Recorder
	fade  int
	first []*image.RGBA // the frames held back from the beginning
	held  []*image.RGBA // the last frames, which may be the ones to fade
}

func (s *seamless) Add(m *image.RGBA) error {
	if len(s.first) < s.fade {
		s.first = append(s.first, m)
		return nil
	}
	s.held = append(s.held, m)
	if len(s.held) <= s.fade {
		return nil
	}
	oldest := s.held[0]
	s.held = append(s.held[:0], s.held[1:]...)
	return s.next.Add(oldest)
}

// Close writes the frames held back. A recording shorter than two fades is
// faded over half of its frames.
func (s *seamless) Close() error {
	err := s.flush()
	if cerr := s.next.Close(); err == nil {
		err = cerr
	}
	return err
}

// flush writes what is held: the middle, which is empty unless the recording is
// short, and the end as it turns into the beginning.
func (s *seamless) flush() error {
	all := append(s.first, s.held...)
	k := min(s.fade, len(all)/2)
	begin, end := all[:k], all[len(all)-k:]
	for _, m := range all[k : len(all)-k] {
		if err := s.next.Add(m); err != nil {
			return err
		}
	}
	for i := range k {
		if err := s.next.Add(mix(end[i], begin[i], (i+1)*256/(k+1))); err != nil {
			return err
		}
	}
	return nil
}

// mix is a with a share of b in 256ths.
func mix(a, b *image.RGBA, share int) *image.RGBA {
	out := image.NewRGBA(a.Rect)
	for i := range out.Pix {
		out.Pix[i] = uint8((int(a.Pix[i])*(256-share) + int(b.Pix[i])*share + 128) >> 8)
	}
	return out
}
