package record

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// gifReader walks over a GIF's blocks without decoding its pixels.
type gifReader struct {
	*bufio.Reader
	found  copies
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
	return g.found.text(), g.frames, nil
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
	if label != 0xfe || g.found.whole() {
		return g.subBlocks(nil)
	}
	var comment bytes.Buffer
	if err := g.subBlocks(&comment); err != nil {
		return err
	}
	if g.found.now.Len() > 0 || begins(comment.Bytes()) {
		return g.found.add(comment.Bytes())
	}
	return nil
}

// subBlocks reads blocks up to the empty one into out, or past them where out is nil.
func (g *gifReader) subBlocks(out *bytes.Buffer) error {
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
			if out.Len()+g.found.all > mostFilm {
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
