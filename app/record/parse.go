package record

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"zalgoscope/app/dream"
	"zalgoscope/app/visible"
)

// document is a recipe's TOML while it is read, entry by entry: what is known goes to its place at once and
// nothing else is kept, so that the text's shape costs nothing beyond its length.
type document struct {
	recipe   Recipe
	format   int
	seed     string
	png      string // of the start picture
	packed   string // the whole, where that is all that there is
	settings bool   // there are some
	changes  int    // at most; a list that grew to them would take several times as much
	unknown  unknown
	memory   map[string][]memoryEntry // by the table that they are in

	entry  map[string]any // where the values of single entries go, by their name
	table  string         // that the next entries are of
	change *Change        // the one that is read, else nil
	guide  *Guide         // likewise
}

var errNoSettings = errors.New("record: the recipe has no settings")

// parse reads a recipe's text as far as it is TOML and of our names.
func parse(text []byte) (*document, error) {
	d := &document{memory: map[string][]memoryEntry{}, changes: min(bytes.Count(text, []byte("[[change]]")), mostChanges-1)}
	r := &d.recipe
	d.entry = map[string]any{
		"format": &d.format, "packed": &d.packed, "program": &r.Program, "seed": &d.seed, "device": &r.Device, "precision": (*string)(&r.Precision), "from": &r.From, "fps": &r.FPS,
		"dither": &r.Dither, "palette": &r.Palette, "loop": &r.Loop, "fade": &r.Fade,
		"net.name": &r.Net.Name, "net.sha256": &r.Net.SHA256,
		"start.name": &r.Start.Name, "start.width": &r.Start.Width, "start.height": &r.Start.Height,
		"start.sha256": &r.Start.SHA256, "start.png": &d.png, "start.each-size": &r.Start.EachSize,
		"start.rate": &r.Start.Rate, "start.device-flow": &r.Start.DeviceFlow, "start.from": &r.Start.From, "start.kept": &r.Start.Kept, "start.mark": &r.Start.Mark, "start.deinterlaced": &r.Start.Deinterlaced, "start.toned": &r.Start.Toned, "start.default-stream": &r.Start.DefaultStream, "start.to": &r.Start.To,
		"end.frames": &r.Frames, "end.cut": &r.Cut, "end.width": &r.Large.X, "end.height": &r.Large.Y,
		"end.input-kept": &r.Start.Kept, "end.input-pictures": &r.Start.Pictures, "end.input-sha256": &r.Start.SHA256,
	}
	var p unstable.Parser
	p.Reset(text)
	for p.NextExpression() {
		if err := d.expression(p.Expression()); err != nil {
			return nil, err
		}
	}
	if err := p.Error(); err != nil {
		return nil, damaged(text, &p, err)
	}
	return d, d.closeTable()
}

// damaged names the line of a parser's error.
func damaged(text []byte, p *unstable.Parser, err error) error {
	line := 1
	var at *unstable.ParserError
	if errors.As(err, &at) {
		line += bytes.Count(text[:p.Range(at.Highlight).Offset], []byte("\n"))
	}
	return fmt.Errorf("record: the recipe is damaged in line %d: %s", line, visible.Short(err.Error(), mostWord))
}

func (d *document) expression(n *unstable.Node) error {
	if n.Kind == unstable.KeyValue {
		return d.set(name(n.Key(), d.table), n.Value())
	}
	if err := d.closeTable(); err != nil {
		return err
	}
	d.table = name(n.Key(), "")
	return d.openTable(n.Kind == unstable.ArrayTable)
}

// mostName is the length of an entry's name with its tables' beyond which it is not known.
const mostName = 200

// name joins a key's names by dots to those of its table; of names longer than any that we know it gives the
// beginning.
func name(key unstable.Iterator, table string) string {
	whole := []byte(table)
	for key.Next() && len(whole) <= mostName {
		if len(whole) > 0 {
			whole = append(whole, '.')
		}
		part := key.Node().Data
		whole = append(whole, part[:min(len(part), mostName)]...)
	}
	return string(whole)
}

// openTable makes room for what a table tells.
func (d *document) openTable(list bool) error {
	r := &d.recipe
	d.change, d.guide = nil, nil
	switch {
	case d.table == "settings" && !list:
		return d.firstChange()
	case d.table == "change" && list:
		if !d.settings {
			return errNoSettings
		}
		if len(r.Changes) == mostChanges {
			return fmt.Errorf("record: the recipe has more than %d changes of settings", mostChanges)
		}
		r.Changes = append(r.Changes, Change{At: undated, Settings: r.Changes[len(r.Changes)-1].Settings})
		d.change = &r.Changes[len(r.Changes)-1]
	case d.table == "guide" && list:
		if len(r.Guides) == mostGuides {
			return fmt.Errorf("record: the recipe has more than %d guide pictures", mostGuides)
		}
		r.Guides = append(r.Guides, Guide{})
		d.guide = &r.Guides[len(r.Guides)-1]
	case (d.table == "memory" || d.table == "start.memory") && list:
		if len(d.memory[d.table]) == mostLayers {
			return fmt.Errorf("record: the recipe remembers more than %d layers", mostLayers)
		}
		d.memory[d.table] = append(d.memory[d.table], memoryEntry{})
	case d.table == "settings" || d.table == "change" || d.table == "guide":
		return fmt.Errorf("record: the recipe has the table %s in another way than [settings], [[change]] or [[guide]]", d.table)
	}
	return nil
}

// undated is the tick of a change that has not yet said when it was.
const undated = math.MinInt64

// closeTable ends a change, which must have said when it was.
func (d *document) closeTable() error {
	if d.change != nil && d.change.At == undated {
		return errors.New("record: a change in the recipe does not say at what tick")
	}
	return nil
}

// firstChange makes the change that the dream began with.
func (d *document) firstChange() error {
	r := &d.recipe
	switch {
	case len(r.Changes) > 1:
		return errors.New("record: the recipe has settings after its first change")
	case !d.settings:
		d.settings = true
		r.Changes = append(make([]Change, 0, 1+d.changes), Change{Settings: dream.Before()})
	}
	return nil
}

// set takes an entry by all its names.
func (d *document) set(key string, n *unstable.Node) error {
	if n.Kind == unstable.InlineTable {
		for it := n.Children(); it.Next(); {
			if err := d.set(name(it.Node().Key(), key), it.Node().Value()); err != nil {
				return err
			}
		}
		return nil
	}
	v := valueOf(n)
	if to, ok := d.entry[key]; ok {
		return v.assign(key, to)
	}
	if layers := d.memory[d.table]; len(layers) > 0 {
		switch m := &layers[len(layers)-1]; key {
		case d.table + ".layer":
			return v.assign(key, &m.layer)
		case d.table + ".values":
			return v.assign(key, &m.values)
		}
	}
	table, rest, _ := strings.Cut(key, ".")
	switch {
	case table == "settings":
		if err := d.firstChange(); err != nil {
			return err
		}
		return d.knob(&d.recipe.Changes[0].Settings, rest, v)
	case table == "change" && d.change != nil && rest == "at":
		return v.assign(key, &d.change.At)
	case table == "change" && d.change != nil && rest == "frame":
		return v.assign(key, &d.change.Frame)
	case table == "change" && d.change != nil:
		return d.knob(&d.change.Settings, rest, v)
	case key == "guide.name" && d.guide != nil:
		return v.assign(key, &d.guide.Name)
	case key == "guide.sha256" && d.guide != nil:
		return v.assign(key, &d.guide.SHA256)
	}
	d.unknown.add(key)
	return nil
}

// knob sets one by its name, or takes the name down where there is no such knob.
func (d *document) knob(s *dream.Settings, name string, v value) error {
	if name == "pace" {
		return v.assign(name, &s.Pace)
	}
	k, err := dream.Find(name)
	if err != nil {
		d.unknown.add(name)
		return nil
	}
	if text := k.Text(s); text != nil {
		return v.assign(name, text)
	}
	return v.assign(name, k.Number(s))
}

// value is what an entry is set to.
type value struct {
	text   *string
	number *float64
	whole  *int64
	truth  *bool
}

// valueOf reads a number, a text or a truth value; what is neither has no value.
func valueOf(n *unstable.Node) (v value) {
	const longest = 1100 // digits of a number without an exponent
	digits := strings.ReplaceAll(string(n.Data[:min(len(n.Data), longest)]), "_", "")
	switch n.Kind {
	case unstable.String:
		text := string(n.Data)
		v.text = &text
	case unstable.Bool:
		truth := digits == "true"
		v.truth = &truth
	case unstable.Integer:
		if i, err := strconv.ParseInt(digits, 0, 64); err == nil {
			f := float64(i)
			v.whole, v.number = &i, &f
		}
	case unstable.Float:
		if f, err := strconv.ParseFloat(digits, 64); err == nil {
			v.number = &f
		}
	}
	return v
}

// assign puts the value where an entry's goes, if it is of that kind.
func (v value) assign(name string, to any) error {
	switch to := to.(type) {
	case *string:
		if v.text != nil {
			*to = *v.text
			return nil
		}
	case *bool:
		if v.truth != nil {
			*to = *v.truth
			return nil
		}
	case *float64:
		if v.number != nil {
			*to = *v.number
			return nil
		}
	case *int64:
		if v.whole != nil {
			*to = *v.whole
			return nil
		}
	case *int:
		if v.whole != nil && *v.whole == int64(int(*v.whole)) {
			*to = int(*v.whole)
			return nil
		}
	}
	return fmt.Errorf("record: the recipe is damaged: its %s is %s", name, v)
}

// String quotes the value for an error.
func (v value) String() string {
	switch {
	case v.text != nil:
		return strconv.Quote(visible.Short(*v.text, mostWord))
	case v.truth != nil:
		return strconv.FormatBool(*v.truth)
	case v.number != nil:
		return strconv.FormatFloat(*v.number, 'g', -1, 64)
	}
	return "neither a number nor a text nor true or false"
}
