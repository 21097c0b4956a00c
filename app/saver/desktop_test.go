package saver

import (
	"bytes"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

//go:generate go test -run TestAssets -update

var update = flag.Bool("update", false, "rewrite the files under assets")

// The files for the desktops are those that the table gives.
func TestAssets(t *testing.T) {
	const program = "zalgoscope-saver"
	for name, want := range map[string][]byte{program + ".xml": Settings(program), program + ".desktop": Entry(program)} {
		path := filepath.Join("../../assets/saver", name)
		if *update {
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the table gives; go generate ./app/saver writes it", path)
		}
	}
}

// Every knob has one control, and the dialog's file is well-formed.
func TestSettings(t *testing.T) {
	var file struct {
		Command struct {
			Arg string `xml:"arg,attr"`
		} `xml:"command"`
		Controls []struct {
			XMLName xml.Name
			ID      string `xml:"id,attr"`
		} `xml:",any"`
	}
	if err := xml.Unmarshal(Settings("x"), &file); err != nil {
		t.Fatal(err)
	}
	if file.Command.Arg != "--root" {
		t.Errorf("command is %q, want --root", file.Command.Arg)
	}
	found := map[string]int{}
	for _, c := range file.Controls {
		found[c.ID]++
	}
	for _, k := range Knobs {
		if found[k.Name] != 1 {
			t.Errorf("%s has %d controls, want 1", k.Name, found[k.Name])
		}
	}
}

// The dialog's numbers are whole, whatever a locale has between units and tenths, and stand for the knobs' own.
func TestSettingsNumbersAreWhole(t *testing.T) {
	var file struct {
		Numbers []struct {
			ID      string `xml:"id,attr"`
			Arg     string `xml:"arg,attr"`
			Low     int    `xml:"low,attr"`
			High    int    `xml:"high,attr"`
			Default int    `xml:"default,attr"`
		} `xml:"number"`
	}
	if err := xml.Unmarshal(Settings("x"), &file); err != nil {
		t.Fatal(err)
	}
	for _, k := range Knobs {
		if k.Number == nil {
			continue
		}
		found := false
		for _, n := range file.Numbers {
			part := func(v int) float64 { return float64(v) / float64(k.Parts) }
			if n.ID == k.Name {
				found = true
				if n.Arg != "--"+k.Whole()+" %" || part(n.Low) != k.Min || part(n.High) != k.Max || part(n.Default) != k.Default {
					t.Errorf("%s is %+v in the dialog, want %g to %g, usually %g", k.Name, n, k.Min, k.Max, k.Default)
				}
			}
		}
		if !found {
			t.Errorf("%s has no number in the dialog", k.Name)
		}
	}
}
