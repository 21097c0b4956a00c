// Package grimoire draws the pictures that the net of that name is taught: letters of many scripts, stacked with marks the
// Zalgo way, in fonts of the system.
package grimoire

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/runenames"
)

// scripts are the letters that are drawn, each a class, and the files of the faces that they are drawn in, all of Debian's
// fonts-noto-core.
var scripts = []struct {
	name    string
	letters string
	faces   []string
}{
	{"latin", "ABEGKMQRSWagkqxz&", []string{"NotoSans-Regular", "NotoSans-Bold", "NotoSerif-Regular", "NotoSerif-Bold", "NotoSerif-Italic", "NotoSansMono-Regular", "NotoSerifDisplay-Regular"}},
	{"greek", "ΞΨΩβθξφ", []string{"NotoSans-Regular", "NotoSans-Bold", "NotoSerif-Regular", "NotoSerif-Bold", "NotoSerif-Italic"}},
	{"cyrillic", "БДЖФЩЮЯ", []string{"NotoSans-Regular", "NotoSans-Bold", "NotoSerif-Regular", "NotoSerif-Bold", "NotoSerif-Italic"}},
	{"hebrew", "אלמעפש", []string{"NotoSansHebrew-Regular", "NotoSansHebrew-Bold", "NotoSerifHebrew-Regular", "NotoSerifHebrew-Bold", "NotoRashiHebrew-Regular"}},
	{"arabic", "جسصعكه", []string{"NotoSansArabic-Regular", "NotoSansArabic-Bold", "NotoNaskhArabic-Regular", "NotoKufiArabic-Regular"}},
	{"devanagari", "अकझशह", []string{"NotoSansDevanagari-Regular", "NotoSansDevanagari-Bold", "NotoSerifDevanagari-Regular"}},
	{"tamil", "அகஞழ", []string{"NotoSansTamil-Regular", "NotoSansTamil-Bold", "NotoSerifTamil-Regular"}},
	{"thai", "กฌณฮ", []string{"NotoSansThai-Regular", "NotoSerifThai-Regular", "NotoLoopedThai-Regular"}},
	{"georgian", "ბმჟჯ", []string{"NotoSansGeorgian-Regular", "NotoSerifGeorgian-Regular"}},
	{"armenian", "ԳՖՔք", []string{"NotoSansArmenian-Regular", "NotoSerifArmenian-Regular"}},
	{"ethiopic", "ሀሐፀፐ", []string{"NotoSansEthiopic-Regular", "NotoSerifEthiopic-Regular"}},
	{"cherokee", "ᎦᎯᏍᏣ", []string{"NotoSansCherokee-Regular"}},
	{"runic", "ᚠᛉᛗᛟ", []string{"NotoSansRunic-Regular"}},
	{"glagolitic", "ⰀⰆⰗⰩ", []string{"NotoSansGlagolitic-Regular"}},
	{"hieroglyphs", "𓁹𓃠𓅓𓆣", []string{"NotoSansEgyptianHieroglyphs-Regular"}},
	{"cuneiform", "𒀀𒀭𒂗𒈗", []string{"NotoSansCuneiform-Regular"}},
}

// The marks, of NotoSans: those that stand above a letter and those below.
const (
	above = "\u0300\u0301\u0302\u0303\u0306\u0307\u0308\u030a\u030b\u030c\u0311\u0313\u033e\u0342\u0346\u034a\u034c\u0350\u0357\u035b"
	below = "\u0316\u0317\u0323\u0324\u0325\u032d\u032e\u0330\u0333\u033a\u033b\u033c\u0347\u0349\u034d\u034e\u0353\u0359"
)

const markFace = "NotoSans-Regular"

// Class is a letter.
type Class struct {
	Name   string
	letter rune
	faces  []*sfnt.Font
}

// Name is a letter's name in Unicode without the words that say what kind of sign it is, so that every keyboard types it and every
// font shows it: "thai ko kai", "latin capital a".
func Name(letter rune) string {
	words := slices.DeleteFunc(strings.Fields(strings.ToLower(runenames.Name(letter))), func(word string) bool {
		return slices.Contains([]string{"letter", "character", "syllable", "sign"}, word)
	})
	return strings.Join(words, " ")
}

// Book is all letters that the fonts of a folder have.
type Book struct {
	Classes []Class
	marks   *sfnt.Font // the face of the marks, above and below
	above   []rune
	below   []rune
}

// Open reads the fonts of a folder.
func Open(folder string) (*Book, error) {
	fonts := map[string]*sfnt.Font{}
	read := func(name string) (*sfnt.Font, error) {
		if f := fonts[name]; f != nil {
			return f, nil
		}
		data, err := os.ReadFile(filepath.Join(folder, name+".ttf"))
		if err != nil {
			return nil, fmt.Errorf("grimoire: %w; Debian's fonts-noto-core has it", err)
		}
		f, err := sfnt.Parse(data)
		if err != nil {
			return nil, fmt.Errorf("grimoire: %s: %w", name, err)
		}
		fonts[name] = f
		return f, nil
	}
	b := &Book{above: []rune(above), below: []rune(below)}
	var err error
	if b.marks, err = read(markFace); err != nil {
		return nil, err
	}
	var buf sfnt.Buffer
	for _, s := range scripts {
		for _, letter := range s.letters {
			c := Class{Name: Name(letter), letter: letter}
			for _, name := range s.faces {
				f, err := read(name)
				if err != nil {
					return nil, err
				}
				if g, err := f.GlyphIndex(&buf, letter); err == nil && g != 0 {
					c.faces = append(c.faces, f)
				}
			}
			if len(c.faces) == 0 {
				return nil, fmt.Errorf("grimoire: no font of %s has the letter %c", s.name, letter)
			}
			b.Classes = append(b.Classes, c)
		}
	}
	return b, nil
}
