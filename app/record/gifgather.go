package record

import (
	"io"

	"zalgoscope/app/beside"
)

// span is a part of a file.
type span struct{ at, size int64 }

// gather puts the whole recipe, a comment, where the first of its parts is, leaves out the parts in the midst of
// the frames, and keeps the last one, which is whole too: programs that rewrite a GIF keep the first comment or
// the last. The file is copied, in a little memory.
func (g *gifRecorder) gather(whole []byte) error {
	s, err := beside.Scratch(g.place.Folder())
	if err != nil {
		return err
	}
	if err := g.copyGathered(s, whole); err != nil {
		s.Discard()
		return err
	}
	return g.place.Replace(s)
}

func (g *gifRecorder) copyGathered(to io.Writer, whole []byte) error {
	info, err := g.place.Stat()
	if err != nil {
		return err
	}
	at := int64(0)
	upTo := func(end int64) error {
		_, err := io.Copy(to, io.NewSectionReader(g.place, at, end-at))
		return err
	}
	for i, t := range g.texts[:len(g.texts)-1] {
		if err := upTo(t.at); err != nil {
			return err
		}
		at = t.at + t.size
		if i > 0 {
			continue
		}
		if _, err := to.Write(whole); err != nil {
			return err
		}
	}
	return upTo(info.Size())
}
