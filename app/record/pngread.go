package record

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// pngReader walks over a PNG's chunks without decoding its pixels, and keeps only the recipe's.
type pngReader struct {
	*bufio.Reader
	found  copies
	packed int  // bytes that were inflated, of whatever came of them, and some for each chunk
	film   bool // it is an APNG, which may have more
	frames int
}

// pngRecipe collects the recipe's text from the chunks of a PNG or APNG, in whatever kind of text
// chunk other programs may have rewritten it. A file that is cut off gives what there is.
func pngRecipe(f *bufio.Reader) (text string, frames int, err error) {
	p := pngReader{Reader: f}
	if _, err = p.Discard(len(pngMagic)); err == nil {
		err = p.chunks()
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	if err == nil && !p.film && p.found.all > mostStill {
		err = errLong
	}
	return p.found.text(), max(p.frames, 1), err
}

func (p *pngReader) chunks() error {
	for {
		head, err := p.Peek(8)
		if err != nil {
			return err
		}
		left, kind := int64(binary.BigEndian.Uint32(head))+4, [4]byte(head[4:]) // with its check sum
		if _, err := p.Discard(len(head)); err != nil {
			return err
		}
		switch string(kind[:]) {
		case "IEND":
			return nil
		case "acTL":
			p.film = true
		case "fcTL":
			p.frames++
		case "tEXt", "zTXt", "iTXt":
			body, own, err := p.ours(left - 4)
			if err != nil {
				return err
			}
			if body != nil {
				left = 4
				if err := p.keep(string(kind[:]), body, own); err != nil && own {
					return err
				}
			}
		}
		if _, err := p.Discard(int(left)); err != nil {
			return err
		}
	}
}

// ours reads the body of n bytes of a text chunk that may hold the recipe, after its keyword, and tells whether it is
// our own keyword. It reads nothing of another's.
func (p *pngReader) ours(n int64) (body []byte, own bool, err error) {
	start, err := p.Peek(int(min(n, int64(len(pngKeyword)+1))))
	if err != nil {
		return nil, false, err
	}
	keyword, _, ended := bytes.Cut(start, []byte{0})
	own = string(keyword) == pngKeyword
	if p.found.whole() || !ended || !own && !strings.EqualFold(string(keyword), pngComment) {
		return nil, false, nil
	}
	skip := len(keyword) + 1
	switch long := n > mostFilm+int64(skip)+64; { // for what iTXt says of itself
	case long && own:
		return nil, true, errLong
	case long:
		return nil, false, nil
	}
	body = make([]byte, n)
	_, err = io.ReadFull(p, body)
	return body[skip:], own, err
}

// packedCost is what a packed chunk counts for beside its bytes, as unpacking takes much for the least of them.
const packedCost = 1 << 10

// keep adds a text chunk to the recipe. A comment may be somebody else's.
func (p *pngReader) keep(kind string, body []byte, own bool) error {
	body, packed, err := pngTextBody(kind, body)
	if err != nil {
		return err
	}
	if packed {
		if p.packed > mostStill {
			return fmt.Errorf("record: the PNG's %s chunk: %w", kind, errLong)
		}
		body, err = inflate(body, mostStill-p.packed)
		p.packed += len(body) + packedCost
		if err != nil {
			return fmt.Errorf("record: the PNG's %s chunk: %w", kind, err)
		}
	}
	if !own && !begins(body) {
		return nil
	}
	return p.found.add(body)
}

var errShort = errors.New("record: a text chunk of the PNG is too short")

// pngTextBody is a text chunk's text after its keyword, and whether it is packed.
func pngTextBody(kind string, rest []byte) (text []byte, packed bool, err error) {
	packed = kind == "zTXt"
	switch {
	case kind == "zTXt" && len(rest) > 0:
		rest = rest[1:]
	case kind == "iTXt" && len(rest) > 1:
		packed = rest[0] == 1
		parts := bytes.SplitN(rest[2:], []byte{0}, 3)
		if len(parts) < 3 {
			return nil, false, errShort
		}
		rest = parts[2]
	case kind != "tEXt":
		return nil, false, errShort
	}
	return rest, packed, nil
}

// inflate unpacks at most so many bytes.
func inflate(data []byte, most int) ([]byte, error) {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, int64(most)+1))
	if err == nil && len(text) > most {
		err = errLong
	}
	return text, err
}
