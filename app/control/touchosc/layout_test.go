package touchosc

import (
	"bytes"
	"compress/zlib"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"zalgoscope/app/control"
)

// seen is a node as a reader of the format that knows nothing of ours has it.
type seen struct {
	ID         string `xml:"ID,attr"`
	Type       string `xml:"type,attr"`
	Properties []struct {
		Type  string `xml:"type,attr"`
		Key   string `xml:"key"`
		Value struct {
			Text       string `xml:",chardata"`
			X, Y, W, H int
		} `xml:"value"`
	} `xml:"properties>property"`
	OSC []struct {
		Connections string   `xml:"connections"`
		Trigger     string   `xml:"triggers>trigger>condition"`
		Path        []string `xml:"path>partial>value"`
		Arguments   []struct {
			Type  string `xml:"type"`
			Value string `xml:"value"`
		} `xml:"arguments>partial"`
	} `xml:"messages>osc"`
	Children []seen `xml:"children>node"`
}

func (n *seen) frame() (r rect) {
	for _, p := range n.Properties {
		if p.Key == "frame" && p.Type == "r" {
			r = rect{p.Value.X, p.Value.Y, p.Value.W, p.Value.H}
		}
	}
	return r
}

// Every address that takes a number, a switch or a press has a control, within its page and over no other one.
func TestLayout(t *testing.T) {
	scenes := []string{"Parade", "Stained <glass> & more", "Ünïcode"}
	data, err := Layout(scenes)
	if err != nil {
		t.Fatal(err)
	}
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	tree, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		XMLName xml.Name `xml:"lexml"`
		Version string   `xml:"version,attr"`
		Root    seen     `xml:"node"`
	}
	// Rectangles have small letters.
	for _, tag := range []string{"x", "y", "w", "h"} {
		tree = bytes.ReplaceAll(tree, []byte("<"+tag+">"), []byte("<"+strings.ToUpper(tag)+">"))
		tree = bytes.ReplaceAll(tree, []byte("</"+tag+">"), []byte("</"+strings.ToUpper(tag)+">"))
	}
	if err := xml.Unmarshal(tree, &file); err != nil || file.Version != "3" {
		t.Fatalf("version %q, %v", file.Version, err)
	}
	sends, ids := map[string]string{}, map[string]bool{}
	said := map[string]bool{}
	var walk func(n *seen)
	walk = func(n *seen) {
		if ids[n.ID] || len(n.ID) != 36 {
			t.Errorf("the ID %q is taken or none", n.ID)
		}
		ids[n.ID] = true
		inside := n.frame()
		for i := range n.Children {
			c := &n.Children[i]
			r := c.frame()
			if r.w <= 0 || r.h <= 0 || r.x < 0 || r.y < 0 || r.x+r.w > inside.w || r.y+r.h > inside.h {
				t.Errorf("a %s stands at %v of %v", c.Type, r, inside)
			}
			for j := range i {
				o := &n.Children[j]
				if s := o.frame(); n.Type == "GROUP" && o.Type != "LABEL" && c.Type != "LABEL" && r.x < s.x+s.w && s.x < r.x+r.w && r.y < s.y+s.h && s.y < r.y+r.h {
					t.Errorf("%v and %v lie over each other", r, s)
				}
			}
			walk(c)
		}
		for _, m := range n.OSC {
			path := strings.Join(m.Path, "")
			sends[path] = n.Type
			if len(m.Arguments) != 1 || m.Connections != "00001" {
				t.Errorf("%s sends %v by %q", path, m.Arguments, m.Connections)
			}
			if m.Arguments[0].Type == "CONSTANT" {
				said[m.Arguments[0].Value] = m.Trigger == "RISE"
			}
		}
	}
	walk(&file.Root)
	for _, a := range control.Addresses() {
		want := "FADER"
		switch {
		case a.Kind == control.Trigger, a.Switch(), a.Path == "/scene":
			want = "BUTTON"
		case a.Kind != control.Share, a.Path == "/knob/zalgo": // which is /zalgo as well
			continue
		}
		if sends[a.Path] != want {
			t.Errorf("%s has a %q, want a %s", a.Path, sends[a.Path], want)
		}
		delete(sends, a.Path)
	}
	if len(sends) > 0 {
		t.Errorf("there are controls for %v, which are no addresses", sends)
	}
	for _, s := range scenes {
		if !said[s] {
			t.Errorf("there is no button for %q", s)
		}
	}
	if again, err := Layout(scenes); err != nil || !bytes.Equal(again, data) {
		t.Error("it is another one each time")
	}
}
