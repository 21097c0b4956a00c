// Package touchosc makes a layout for TouchOSC (hexler.net, since 2021) of all addresses by which the studio is played.
// A .tosc file is a tree of XML packed by zlib: nodes with properties, values, messages and children, as TouchOSC's own
// editor writes them.
package touchosc

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/xml"
	"fmt"
	"strings"

	"zalgoscope/app/control"
	"zalgoscope/app/dream"
)

// The layout's size, in points of a tablet; it is scaled to whatever shows it.
const (
	width, height = 1024, 768
	bar           = 44 // the pages' names above
	gap           = 8
)

// node is a control, or what holds some.
type node struct {
	XMLName    xml.Name   `xml:"node"`
	ID         string     `xml:"ID,attr"`
	Type       string     `xml:"type,attr"`
	Properties []property `xml:"properties>property"`
	Values     []value    `xml:"values>value"`
	Messages   []message  `xml:"messages>osc"`
	Children   []*node    `xml:"children>node"`
}

// property is one of a type: b truth, i and f numbers, s text, r rectangle, c colour.
type property struct {
	Type  string `xml:"type,attr"`
	Key   text   `xml:"key"`
	Value raw    `xml:"value"`
}

// value is what a control stands at in the beginning.
type value struct {
	Key     text `xml:"key"`
	Locked  int  `xml:"locked"`
	Current int  `xml:"lockedDefaultCurrent"`
	Default text `xml:"default"`
	Pull    int  `xml:"defaultPull"`
}

// message is what a control sends, by the first connection, and receives.
type message struct {
	Enabled     int       `xml:"enabled"`
	Send        int       `xml:"send"`
	Receive     int       `xml:"receive"`
	Feedback    int       `xml:"feedback"`
	Connections string    `xml:"connections"`
	Triggers    []trigger `xml:"triggers>trigger"`
	Path        []partial `xml:"path>partial"`
	Arguments   []partial `xml:"arguments>partial"`
}

// trigger says when: at every change of a value, or as it rises.
type trigger struct {
	Var       text   `xml:"var"`
	Condition string `xml:"condition"`
}

// partial is a part of a path or an argument: a constant, or a value of the control.
type partial struct {
	Type       string `xml:"type"`
	Conversion string `xml:"conversion"`
	Value      text   `xml:"value"`
	Min        int    `xml:"scaleMin"`
	Max        int    `xml:"scaleMax"`
}

type (
	text struct {
		Text string `xml:",cdata"`
	}
	raw struct {
		XML string `xml:",innerxml"`
	}
)

// rect is where a node stands in the one that holds it.
type rect struct{ x, y, w, h int }

// colour is red, green and blue, each 0 to 1.
type colour [3]float64

var (
	dark   = colour{0.07, 0.08, 0.09}
	plain  = colour{0.45, 0.85, 0.7}
	strong = colour{0.95, 0.3, 0.45}
	calm   = colour{0.4, 0.6, 0.9}
)

func flag(key string, on bool) property {
	return property{"b", text{key}, raw{map[bool]string{false: "0", true: "1"}[on]}}
}

func number(key string, n int) property { return property{"i", text{key}, raw{fmt.Sprint(n)}} }

func words(key, s string) property {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return property{"s", text{key}, raw{b.String()}}
}

func tint(key string, c colour) property {
	return property{"c", text{key}, raw{fmt.Sprintf("<r>%g</r><g>%g</g><b>%g</b><a>1</a>", c[0], c[1], c[2])}}
}

// newNode is a node of a name that is its own.
func newNode(kind, name string, r rect, c colour) *node {
	sum := sha1.Sum([]byte(kind + name))
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80 // a UUID of version 5
	return &node{
		ID: fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16]), Type: kind,
		Properties: []property{
			words("name", name), {"r", text{"frame"}, raw{fmt.Sprintf("<x>%d</x><y>%d</y><w>%d</w><h>%d</h>", r.x, r.y, r.w, r.h)}}, tint("color", c),
			flag("visible", true), flag("interactive", kind != "LABEL"), flag("background", true), flag("outline", kind != "LABEL"), number("outlineStyle", 1),
			flag("grabFocus", kind != "GROUP" && kind != "PAGER"), flag("locked", false), number("pointerPriority", 0), number("orientation", 0),
			{"f", text{"cornerRadius"}, raw{"4"}}, number("shape", 1),
		},
		Values: []value{{Key: text{"touch"}, Default: text{"false"}}},
	}
}

// sends makes a node send to an address: what x says, or a word when x rises.
func (n *node) sends(path, word string) *node {
	m := message{Enabled: 1, Send: 1, Receive: 1, Connections: "00001", Triggers: []trigger{{text{"x"}, "ANY"}},
		Path: []partial{{"CONSTANT", "STRING", text{path}, 0, 1}}, Arguments: []partial{{"VALUE", "FLOAT", text{"x"}, 0, 1}}}
	if word != "" {
		m.Triggers[0].Condition, m.Receive = "RISE", 0
		m.Arguments = []partial{{"CONSTANT", "STRING", text{word}, 0, 1}}
	}
	n.Values = append(n.Values, value{Key: text{"x"}, Default: text{"0"}})
	n.Messages = []message{m}
	return n
}

// label is a line of words.
func label(name, says string, r rect) *node {
	n := newNode("LABEL", "label "+name, r, dark)
	n.Properties = append(n.Properties, number("font", 0), number("textSize", 14), number("textLength", 0), number("textAlignH", 2), number("textAlignV", 2),
		tint("textColor", colour{0.85, 0.87, 0.87}), flag("textClip", true))
	n.Values = append(n.Values, value{Key: text{"text"}, Default: text{says}})
	return n
}

// fader stands over its name.
func fader(path, name string, r rect, c colour) []*node {
	const line = 26
	f := newNode("FADER", path, rect{r.x, r.y, r.w, r.h - line}, c).sends(path, "")
	f.Properties = append(f.Properties, flag("bar", true), number("barDisplay", 0), flag("cursor", true), number("cursorDisplay", 0), number("response", 0), number("responseFactor", 100), flag("grid", false))
	return []*node{f, label(path, name, rect{r.x, r.y + r.h - line, r.w, line})}
}

// button is pressed, or switched over, with its name on it.
func button(path, name, word string, switches bool, r rect, c colour) []*node {
	b := newNode("BUTTON", path+" "+word, r, c).sends(path, word)
	kind := 0
	if switches {
		kind = 2
	}
	b.Properties = append(b.Properties, number("buttonType", kind), flag("press", true), flag("release", true), flag("valuePosition", false))
	l := label(path+" "+word, name, rect{r.x + 2, r.y + (r.h-24)/2, r.w - 4, 24})
	for i, p := range l.Properties { // the button below it is to be touched
		if p.Key.Text == "background" {
			l.Properties[i] = flag("background", false)
		}
	}
	return []*node{b, l}
}

// page is a page of a pager.
func page(name string) *node {
	n := newNode("GROUP", "page "+name, rect{0, bar, width, height - bar}, dark)
	n.Properties = append(n.Properties, words("tabLabel", name), tint("tabColorOff", dark), tint("tabColorOn", colour{0.2, 0.22, 0.24}),
		tint("textColorOff", colour{0.6, 0.62, 0.62}), tint("textColorOn", colour{1, 1, 1}))
	return n
}

// grid gives the places of so many controls, in so many columns.
func grid(count, columns int) []rect {
	rows := max((count+columns-1)/columns, 1)
	w, h := (width-gap)/columns, (height-bar-gap)/rows
	list := make([]rect, count)
	for i := range list {
		list[i] = rect{gap + i%columns*w, gap + i/columns*h, w - gap, min(h-gap, 360)}
	}
	return list
}

// Layout is a .tosc file with a control for every address that takes one: faders for knobs, a page for the rack, buttons for
// the given scenes and for what is done.
func Layout(scenes []string) ([]byte, error) {
	var pages []*node
	groups := map[dream.Group]string{dream.GroupPicture: "Picture", dream.GroupMotion: "Motion", dream.GroupFilm: "Film", dream.GroupSound: "Sound", dream.GroupHearing: "Hearing"}
	for _, g := range []dream.Group{dream.GroupPicture, dream.GroupMotion, dream.GroupFilm, dream.GroupSound, dream.GroupHearing} {
		var paths []string
		for _, k := range dream.Knobs {
			path := "/knob/" + k.Name
			if a, err := control.Find(path); k.Group == g && err == nil && a.Kind == control.Share {
				paths = append(paths, path)
			}
		}
		if g == dream.GroupPicture {
			paths = append([]string{"/zalgo", "/knob/zalgo-feed", "/layer"}, paths...)
		}
		p := page(groups[g])
		for i, r := range grid(len(paths), 6) {
			c := plain
			if paths[i] == "/zalgo" {
				c = strong
			}
			p.Children = append(p.Children, fader(paths[i], strings.TrimPrefix(strings.TrimPrefix(paths[i], "/knob"), "/"), r, c)...)
		}
		pages = append(pages, p)
	}
	rack := page("Bends")
	for i, r := range grid(control.Bends, 8) {
		n, third := i+1, r.w/2
		rack.Children = append(rack.Children, fader(fmt.Sprintf("/bend/%d/amount", n), fmt.Sprint("amount ", n), rect{r.x, r.y, third, r.h - 52}, plain)...)
		rack.Children = append(rack.Children, fader(fmt.Sprintf("/bend/%d/wet", n), fmt.Sprint("wet ", n), rect{r.x + third, r.y, r.w - third, r.h - 52}, calm)...)
		rack.Children = append(rack.Children, button(fmt.Sprintf("/bend/%d/on", n), fmt.Sprint("on ", n), "", true, rect{r.x, r.y + r.h - 48, r.w, 44}, strong)...)
	}
	show := page("Scenes")
	for i, r := range grid(len(scenes), 6) {
		show.Children = append(show.Children, button("/scene", scenes[i], scenes[i], false, r, calm)...)
	}
	do := page("Do")
	var what []control.Address
	for _, a := range control.Addresses() {
		if a.Kind == control.Trigger || a.Path == "/pause" {
			what = append(what, a)
		}
	}
	for i, r := range grid(len(what), 3) {
		c := plain
		if what[i].Path == "/panic" {
			c = strong
		}
		do.Children = append(do.Children, button(what[i].Path, strings.TrimPrefix(what[i].Path, "/"), "", what[i].Switch(), r, c)...)
	}
	pager := newNode("PAGER", "pages", rect{0, 0, width, height}, dark)
	pager.Properties = append(pager.Properties, flag("tabbar", true), number("tabbarSize", bar), flag("tabbarDoubleTap", false), flag("tabLabels", true), number("textSizeOff", 16), number("textSizeOn", 16))
	pager.Values = append(pager.Values, value{Key: text{"page"}, Default: text{"0"}})
	pager.Children = append(pages, rack, show, do)
	root := newNode("GROUP", "Zalgoscope", rect{0, 0, width, height}, dark)
	root.Children = []*node{pager}

	tree, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"lexml"`
		Version string   `xml:"version,attr"`
		Root    *node
	}{Version: "3", Root: root})
	if err != nil {
		return nil, fmt.Errorf("touchosc: %w", err)
	}
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, err = z.Write(append([]byte(xml.Header), tree...))
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("touchosc: %w", err)
	}
	return b.Bytes(), nil
}
