package record

import (
	"fmt"
	"image"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/dream"
)

// A recipe's text is TOML: a head, [settings] as the dream began, a [[guide]] for each guide
// picture, a [[change]] with what became different for each later change, a [[memory]] for each layer that a single
// picture goes on with, and [end] when the recording is whole, with what is known of a kept input by then. Its
// tables may be written one after another while a recording goes on.
const (
	format   = 1
	textMark = "# zalgoscope recipe" // the first line, by which it is found in a file
	textEnd  = "# end of the recipe\n"
	textHead = textMark + ": `zalgoscope replay` makes the pictures again from the file that this is in, or from this text alone\n"
)

// Encode writes the recipe as TOML, as far as a film's recipe may have it.
func (r Recipe) Encode() string {
	r = r.within(mostFilm)
	return r.head() + r.more(0, 1) + r.tail()
}

// stored is Encode in the shape in which a whole film has it.
func (r Recipe) stored() string { return pack(r.Program, r.Encode()) }

func (r Recipe) head() string {
	var b strings.Builder
	b.WriteString(textHead)
	entry(&b, "format", format)
	entry(&b, "program", r.Program)
	entry(&b, "seed", fmt.Sprint(r.Seed)) // TOML's whole numbers have a sign
	entry(&b, "device", r.Device)
	if r.Precision != "" {
		entry(&b, "precision", string(r.Precision))
	}
	entry(&b, "from", r.From)
	entry(&b, "fps", r.FPS)
	entry(&b, "dither", r.Dither)
	entry(&b, "palette", r.Palette)
	entry(&b, "loop", r.Loop)
	entry(&b, "fade", r.Fade)
	b.WriteString("\n[net]\n")
	entry(&b, "name", r.Net.Name)
	entry(&b, "sha256", r.Net.SHA256)
	b.WriteString("\n[start]\n")
	entry(&b, "name", r.Start.Name)
	entry(&b, "width", r.Start.Width)
	entry(&b, "height", r.Start.Height)
	if !r.Start.Kept { // else it is known at the end
		entry(&b, "sha256", r.Start.SHA256)
	}
	if r.Start.Picture != nil {
		entry(&b, "png", encodePicture(r.Start.Picture))
	}
	if r.Start.Rate > 0 {
		entry(&b, "rate", r.Start.Rate)
		entry(&b, "from", r.Start.From)
		entry(&b, "to", r.Start.To)
		if r.Start.Deinterlaced {
			entry(&b, "deinterlaced", true)
		}
		if r.Start.Toned {
			entry(&b, "toned", true)
		}
		if r.Start.DefaultStream {
			entry(&b, "default-stream", true)
		}
		if r.Start.DeviceFlow {
			entry(&b, "device-flow", true)
		}
		if r.Start.Kept {
			entry(&b, "kept", true)
			if r.Start.Mark != "" {
				entry(&b, "mark", r.Start.Mark)
			}
		}
	}
	if r.Start.EachSize {
		entry(&b, "each-size", true)
	}
	writeMemory(&b, "start.memory", r.Start.Memory)
	if len(r.Changes) > 0 {
		b.WriteString("\n[settings]\n")
		writeSettings(&b, r.Changes[0].Settings, nil)
	}
	return b.String()
}

func (r Recipe) tail() string {
	var b strings.Builder
	writeMemory(&b, "memory", r.Memory)
	fmt.Fprintf(&b, "\n[end]\nframes = %d\n", r.Frames)
	if r.Large != (image.Point{}) {
		fmt.Fprintf(&b, "width = %d\nheight = %d\n", r.Large.X, r.Large.Y)
	}
	if r.Cut {
		b.WriteString("cut = true\n")
	}
	switch s := r.Start; {
	case s.Kept && s.SHA256 != "":
		entry(&b, "input-pictures", s.Pictures)
		entry(&b, "input-sha256", s.SHA256)
	case s.Rate > 0 && !s.Kept && s.SHA256 == "":
		entry(&b, "input-kept", false) // whatever the head says, which may have been written before that failed
	}
	b.WriteString(textEnd)
	return b.String()
}

// more writes the guides and changes from the given ones on, not the first change, each by what it changes.
func (r Recipe) more(guides, changes int) string {
	var b strings.Builder
	for _, g := range r.Guides[guides:] {
		b.WriteString("\n[[guide]]\n")
		entry(&b, "name", g.Name)
		entry(&b, "sha256", g.SHA256)
	}
	for i := changes; i < len(r.Changes); i++ {
		writeChange(&b, r.Changes[i], r.Changes[i-1].Settings)
	}
	return b.String()
}

func writeChange(b *strings.Builder, c Change, before dream.Settings) {
	fmt.Fprintf(b, "\n[[change]]\nat = %d\n", c.At)
	if c.Frame > 0 {
		fmt.Fprintf(b, "frame = %d\n", c.Frame)
	}
	writeSettings(b, c.Settings, &before)
}

// writeSettings writes the knobs, where there is a before only those that differ from it.
func writeSettings(b *strings.Builder, s dream.Settings, before *dream.Settings) {
	for i := range dream.Knobs {
		k := &dream.Knobs[i]
		if text := k.Text(&s); text != nil {
			if before == nil || *text != *k.Text(before) {
				entry(b, k.Name, *text)
			}
		} else if n := k.Number(&s); before == nil || *n != *k.Number(before) {
			entry(b, k.Name, *n)
		}
	}
	if before == nil || s.Pace != before.Pace {
		entry(b, "pace", s.Pace)
	}
}

// entry writes a line, in ASCII: what is rewritten by other programs survives as that alone.
func entry(b *strings.Builder, key string, value any) {
	if f, ok := value.(float64); ok && math.Abs(f) <= math.MaxFloat64 { // most are numbers, and there are many
		digits := -1
		if f == math.Trunc(f) {
			digits = 1
		}
		b.WriteString(key + " = " + strconv.FormatFloat(f, 'f', digits, 64) + "\n")
		return
	}
	if s, ok := value.(string); ok {
		if s = strings.ToValidUTF8(s, "\uFFFD"); !ascii(s) {
			fmt.Fprintf(b, "%s = %s\n", key, escaped(s))
			return
		}
		value = s
	}
	text, err := toml.Marshal(map[string]any{key: value})
	if err != nil {
		panic(err) // keys are ours, values numbers and valid text
	}
	b.Write(text)
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// escaped is a TOML string with escapes for all that is not printable ASCII.
func escaped(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			fmt.Fprintf(&b, `\%c`, r)
		case r >= ' ' && r <= '~':
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			fmt.Fprintf(&b, `\U%08X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
