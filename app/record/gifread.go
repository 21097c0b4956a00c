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
	found   copies
	comment bytes.Buffer // the one that is read
	frames  int
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
			d, err := g.Peek(9)
			if err != nil {
				return err
			}
			flags := d[8]
			if _, err := g.Discard(len(d)); err != nil {
				return err
			}
			if err := g.skipTable(flags); err != nil {
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
	g.comment.Reset()
	if err := g.subBlocks(&g.comment); err != nil {
		return err
	}
	if comment := g.comment.Bytes(); g.found.now.Len() > 0 || begins(comment) {
		return g.found.add(comment)
	}
	return nil
}

// subBlocks reads blocks up to the empty one into out, or past them where out is nil.
func (g *gifReader) subBlocks(out *bytes.Buffer) error {
	for {
		n, err := g.ReadByte()
		if err != nil || n == 0 {
			return err
		}
		if out != nil {
			block, err := g.Peek(int(n))
			if err != nil {
				return err
			}
			if out.Write(block); out.Len()+g.found.all > mostFilm {
				return errLong
			}
		}
		if _, err := g.Discard(int(n)); err != nil {
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
