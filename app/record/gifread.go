package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// gifReader walks over a GIF's blocks without decoding its pixels.
type gifReader struct {
	*bufio.Reader
	text   strings.Builder // of the recipe
	frames int
}

// gifRecipe collects the recipe's text from a GIF's comments and counts its frames. A GIF
// that is cut off gives what there is.
func gifRecipe(f *bufio.Reader) (text string, frames int, err error) {
	g := gifReader{Reader: f}
	head := make([]byte, 13)
	if _, err := io.ReadFull(g, head); err != nil {
		return "", 0, errors.New("record: the GIF is cut off")
	}
	if err = g.skipTable(head[10]); err == nil {
		err = g.blocks()
	}
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return "", 0, err
	}
	return g.text.String(), g.frames, nil
}

func (g *gifReader) blocks() error {
	for {
		kind, err := g.ReadByte()
		if err != nil {
			return err
		}
		switch kind {
		case 0x21: // an extension
			label, err := g.ReadByte()
			if err != nil {
				return err
			}
			if err := g.extension(label); err != nil {
				return err
			}
		case 0x2c: // a frame
			var d [9]byte
			if _, err := io.ReadFull(g, d[:]); err != nil {
				return err
			}
			if err := g.skipTable(d[8]); err != nil {
				return err
			}
			if _, err := g.ReadByte(); err != nil {
				return err
			}
			if err := g.subBlocks(nil); err != nil {
				return err
			}
			g.frames++
		case 0x3b:
			return nil
		default:
			return fmt.Errorf("record: the GIF is damaged: it has a block of kind %#x", kind)
		}
	}
}

// extension keeps the comments that belong to the recipe: from the one that begins
// with its first line.
func (g *gifReader) extension(label byte) error {
	if label != 0xfe {
		return g.subBlocks(nil)
	}
	var comment strings.Builder
	if err := g.subBlocks(&comment); err != nil {
		return err
	}
	if g.text.Len() > 0 || strings.HasPrefix(comment.String(), textMark) {
		g.text.WriteString(comment.String())
	}
	return nil
}

// subBlocks reads blocks up to the empty one into out, or past them where out is nil.
func (g *gifReader) subBlocks(out *strings.Builder) error {
	var block [255]byte
	for {
		n, err := g.ReadByte()
		if err != nil || n == 0 {
			return err
		}
		if out == nil {
			_, err = g.Discard(int(n))
		} else if _, err = io.ReadFull(g, block[:n]); err == nil {
			out.Write(block[:n])
			if out.Len()+g.text.Len() > mostFilm {
				err = errLong
			}
		}
		if err != nil {
			return err
		}
	}
}

// skipTable reads past the colour table that the flags announce.
func (g *gifReader) skipTable(flags byte) error {
	if flags&0x80 == 0 {
		return nil
	}
	_, err := g.Discard(3 << (flags&7 + 1))
	return err
}
