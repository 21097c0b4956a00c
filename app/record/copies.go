package record

import (
	"errors"
	"strings"
	"unicode"
)

// errRest is of a text that other programs have shortened.
var errRest = errors.New("record: only the beginning of a recipe is in it: the program that rewrote the file has dropped the rest")

// copies collects the parts of a recipe in a file, where it may be several times and not always whole: each copy begins
// with the recipe's first line, and what comes without it goes on with the one before.
type copies struct {
	best string          // the longest of those before
	now  strings.Builder // the one that is collected
	all  int             // bytes of them together
}

// whole tells whether a copy has its end. What follows is not needed.
func (c *copies) whole() bool { return hasEnd(c.now.String()) }

// begins tells whether a part is a recipe's, wherever it stands.
func begins(part []byte) bool {
	return strings.HasPrefix(string(part[:min(len(part), len(textMark))]), textMark)
}

func (c *copies) add(part []byte) error {
	if c.whole() {
		return nil
	}
	if begins(part) && c.now.Len() > 0 {
		c.best = c.text()
		c.now = strings.Builder{}
	}
	if c.all += len(part); c.now.Len()+len(part) > mostFilm || c.all > 3*mostFilm {
		return errLong
	}
	c.now.Write(part)
	return nil
}

// text is the copy that is whole, or else the longest.
func (c *copies) text() string {
	if now := c.now.String(); c.whole() || len(now) > len(c.best) {
		return now
	}
	return c.best
}

func hasEnd(text string) bool {
	end := text[max(len(text)-2*len(textEnd), 0):] // a text of blanks is not searched again and again
	return strings.HasSuffix(strings.TrimRightFunc(end, unicode.IsSpace), strings.TrimSpace(textEnd))
}

// plainText is a text up to the first character that no text has: what follows it in a file is something else.
func plainText(text string) string {
	text = strings.ToValidUTF8(text, "\x00")
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }); i >= 0 {
		return text[:i]
	}
	return text
}
