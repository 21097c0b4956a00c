package record

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/dream"
)

// Limits of a recipe's text: its length, and the brackets in it, which bound how deep
// a hostile one can nest.
const (
	mostTOML     = 256 << 20
	mostBrackets = 4 * mostChanges
)

// document is a recipe's TOML.
type document struct {
	Format  int     `toml:"format"`
	Program string  `toml:"program"`
	Seed    string  `toml:"seed"`
	Device  string  `toml:"device"`
	From    int     `toml:"from"`
	FPS     float64 `toml:"fps"`
	Dither  string  `toml:"dither"`
	Palette string  `toml:"palette"`
	Loop    string  `toml:"loop"`
	Fade    int     `toml:"fade"`
	Net     struct {
		Name   string `toml:"name"`
		SHA256 string `toml:"sha256"`
	} `toml:"net"`
	Start struct {
		Name   string `toml:"name"`
		Width  int    `toml:"width"`
		Height int    `toml:"height"`
		SHA256 string `toml:"sha256"`
		PNG    string `toml:"png"`
	} `toml:"start"`
	Guide []struct {
		Name   string `toml:"name"`
		SHA256 string `toml:"sha256"`
	} `toml:"guide"`
	Settings map[string]any   `toml:"settings"`
	Change   []map[string]any `toml:"change"`
	End      struct {
		Frames int `toml:"frames"`
	} `toml:"end"`
}

// Decode reads what Encode wrote. Entries and knobs that this program does not know
// are named in Unknown, knobs that the text does not have stand at their defaults; a text
// of a newer format is an error.
func Decode(text string) (Recipe, error) {
	if len(text) > mostTOML {
		return Recipe{}, fmt.Errorf("record: a recipe of %d bytes is too long", len(text))
	}
	if strings.Count(text, "[")+strings.Count(text, "{") > mostBrackets {
		return Recipe{}, errors.New("record: the recipe has too many tables")
	}
	var d document
	var r Recipe
	dec := toml.NewDecoder(strings.NewReader(text)).DisallowUnknownFields()
	var unknown *toml.StrictMissingError
	if err := dec.Decode(&d); errors.As(err, &unknown) {
		for i := range unknown.Errors {
			r.Unknown = append(r.Unknown, strings.Join(unknown.Errors[i].Key(), "."))
		}
	} else if err != nil {
		return Recipe{}, fmt.Errorf("record: the recipe is damaged: %w", err)
	}
	if d.Format != format {
		return Recipe{}, fmt.Errorf("record: the recipe (of program %q) has format %d, but this program reads %d", d.Program, d.Format, format)
	}
	seed, err := strconv.ParseUint(d.Seed, 10, 64)
	if err != nil {
		return Recipe{}, fmt.Errorf("record: the recipe's seed %q is not a whole number", d.Seed)
	}
	r.Program, r.Seed, r.Device = d.Program, seed, d.Device
	r.Net = Net{Name: d.Net.Name, SHA256: d.Net.SHA256}
	r.From = d.From
	r = r.made(Options{FPS: d.FPS, Dither: d.Dither, Palette: d.Palette, Loop: d.Loop, Fade: d.Fade}, d.End.Frames)
	r.Start = Start{Name: d.Start.Name, Width: d.Start.Width, Height: d.Start.Height, SHA256: d.Start.SHA256}
	for _, g := range d.Guide {
		r.Guides = append(r.Guides, Guide{Name: g.Name, SHA256: g.SHA256})
	}
	if d.Start.PNG != "" {
		if r.Start.Picture, err = decodePicture(d.Start.PNG); err != nil {
			return Recipe{}, err
		}
	}
	if err := r.changes(d); err != nil {
		return Recipe{}, err
	}
	return r, r.Validate()
}

// changes sets the recipe's changes, each the settings before it with what it names.
func (r *Recipe) changes(d document) error {
	if d.Settings == nil {
		return errors.New("record: the recipe has no settings")
	}
	s := dream.Defaults()
	if err := r.apply(&s, d.Settings); err != nil {
		return err
	}
	r.Changes = append(make([]Change, 0, 1+len(d.Change)), Change{Settings: s})
	for _, c := range d.Change {
		at, ok := c["at"].(int64)
		if !ok {
			return errors.New("record: a change in the recipe does not say at what tick")
		}
		delete(c, "at")
		if err := r.apply(&s, c); err != nil {
			return err
		}
		r.Changes = append(r.Changes, Change{At: at, Settings: s})
	}
	return nil
}

// apply sets the named knobs.
func (r *Recipe) apply(s *dream.Settings, knobs map[string]any) error {
	for name, value := range knobs {
		n, isNumber := number(value)
		if name == "pace" && isNumber {
			s.Pace = n
			continue
		}
		k, err := dream.Find(name)
		if err != nil {
			r.notKnown(name)
			continue
		}
		text, isText := value.(string)
		switch {
		case isText && k.Text(s) != nil:
			*k.Text(s) = text
		case isNumber && k.Number(s) != nil:
			*k.Number(s) = n
		default:
			return fmt.Errorf("record: the recipe's %s is %v, which is not what that knob takes", name, value)
		}
	}
	return nil
}

func (r *Recipe) notKnown(name string) {
	for _, u := range r.Unknown {
		if u == name {
			return
		}
	}
	r.Unknown = append(r.Unknown, name)
}

// number is a TOML value as a number, whole or not.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	}
	return 0, false
}

// encodePicture is the picture as PNG in base64.
func encodePicture(m *image.RGBA) string {
	var b bytes.Buffer
	if err := png.Encode(&b, opaque{m}); err != nil {
		panic(err) // memory does not fail, and an RGBA picture has a size
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// decodePicture is the reverse; it refuses pictures beyond the limits before it makes room for them.
func decodePicture(text string) (*image.RGBA, error) {
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("record: the recipe's start picture is damaged: %w", err)
	}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err == nil && (c.Width > mostSide || c.Height > mostSide || c.Width*c.Height > mostPixels) {
		err = fmt.Errorf("it has %dx%d pixels", c.Width, c.Height)
	}
	if err != nil {
		return nil, fmt.Errorf("record: the recipe's start picture: %w", err)
	}
	m, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("record: the recipe's start picture is damaged: %w", err)
	}
	out := image.NewRGBA(image.Rect(0, 0, c.Width, c.Height))
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Src)
	return out, nil
}

// opaque tells encoders that a picture has no transparency without their looking.
type opaque struct{ *image.RGBA }

func (opaque) Opaque() bool { return true }
