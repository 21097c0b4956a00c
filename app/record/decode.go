package record

import (
	"fmt"
	"strconv"
	"strings"

	"zalgoscope/app/visible"
)

// Decode reads what Encode wrote. Entries and knobs that this program does not know
// are named in Unknown, knobs that the text does not have stand as dream.Before has them; a text
// of a newer format is an error. It takes time in proportion to the text's length.
func Decode(text string) (Recipe, error) {
	if len(text) > mostFilm {
		return Recipe{}, errLong
	}
	d, err := parse([]byte(text))
	if err == nil && d.format == formatPacked && d.packed != "" {
		var whole []byte
		if whole, err = unpack(d.packed); err == nil {
			d, err = parse(whole)
		}
	}
	if err != nil {
		return Recipe{}, err
	}
	if d.format != format {
		return Recipe{}, fmt.Errorf("record: the recipe (of program %q) has format %d, but this program reads %d", visible.Short(d.recipe.Program, mostWord), d.format, format)
	}
	r := d.recipe
	if r.Seed, err = strconv.ParseUint(d.seed, 10, 64); err != nil {
		return Recipe{}, fmt.Errorf("record: the recipe's seed %q is not a whole number", visible.Short(d.seed, mostWord))
	}
	if d.png != "" {
		if r.Start.Picture, err = decodePicture(d.png); err != nil {
			return Recipe{}, err
		}
	}
	if r.Start.Memory, err = decodeMemory(d.memory["start.memory"]); err != nil {
		return Recipe{}, err
	}
	if r.Memory, err = decodeMemory(d.memory["memory"]); err != nil {
		return Recipe{}, err
	}
	if !d.settings {
		return Recipe{}, errNoSettings
	}
	r.Unknown = d.unknown.list()
	return r, r.Validate()
}

// unknown names what of a file is not known here: the first few, and how many more there are.
type unknown struct {
	names []string
	seen  map[string]bool
	more  int
}

// mostUnknown is how many are named, mostWord how long a word of a file is quoted.
const (
	mostUnknown = 8
	mostWord    = 60
)

func (u *unknown) add(name string) {
	name = visible.Short(strings.ToValidUTF8(name, "\uFFFD"), mostWord)
	switch {
	case u.seen[name]:
	case len(u.names) == mostUnknown:
		u.more++
	default:
		if u.seen == nil {
			u.seen = map[string]bool{}
		}
		u.seen[name] = true
		u.names = append(u.names, name)
	}
}

func (u *unknown) list() []string {
	if u.more == 0 {
		return u.names
	}
	return append(u.names, fmt.Sprintf("%d more", u.more))
}
