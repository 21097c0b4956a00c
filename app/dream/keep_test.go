package dream

import (
	"strings"
	"testing"
)

// The file of presets keeps everything but what is changed, whoever wrote it.
func TestEditPresets(t *testing.T) {
	const file = `# mine
[[preset]]
name = 'Dusk' # the best
zoom = 0.25

# from a friend
[[preset]]
warp = 9.0 # unknown here
name = "Dawn"
[[preset]]
name = "Noon"
bend = """
[[preset]]
"""`
	type result struct{ text, err string }
	for _, c := range []struct {
		what string
		do   func() ([]byte, error)
		want result
	}{
		{"rename the first", func() ([]byte, error) { return RenamePreset([]byte(file), "Dusk", " Night  fall ") },
			result{text: strings.Replace(file, "name = 'Dusk' # the best", `name = "Night fall"`, 1)}},
		{"rename the second", func() ([]byte, error) { return RenamePreset([]byte(file), "Dawn", "Morning") },
			result{text: strings.Replace(file, `"Dawn"`, `"Morning"`, 1)}},
		{"only its capitals", func() ([]byte, error) { return RenamePreset([]byte(file), "Dawn", "DAWN") },
			result{text: strings.Replace(file, `"Dawn"`, `"DAWN"`, 1)}},
		{"a name that is taken", func() ([]byte, error) { return RenamePreset([]byte(file), "Dawn", "dusk") }, result{err: "already"}},
		{"a built-in scene's name", func() ([]byte, error) { return RenamePreset([]byte(file), "Dawn", "parade") }, result{err: "already"}},
		{"no name", func() ([]byte, error) { return RenamePreset([]byte(file), "Dawn", "  ") }, result{err: "1 to"}},
		{"one that is not there", func() ([]byte, error) { return RenamePreset([]byte(file), "Noone", "X") }, result{err: "none of the name"}},
		{"delete the first", func() ([]byte, error) { return DeletePreset([]byte(file), "Dusk") },
			result{text: strings.Replace(file, "[[preset]]\nname = 'Dusk' # the best\nzoom = 0.25\n", "", 1)}},
		{"delete the second", func() ([]byte, error) { return DeletePreset([]byte(file), "Dawn") },
			result{text: strings.Replace(file, "[[preset]]\nwarp = 9.0 # unknown here\nname = \"Dawn\"\n", "", 1)}},
		{"delete what is not written line by line", func() ([]byte, error) { return DeletePreset([]byte(file), "Noon") }, result{err: "by hand"}},
		{"brackets", func() ([]byte, error) {
			return DeletePreset([]byte("preset = [{name = 'A', zoom = 0.1}, {name = 'B'}]\n"), "A")
		}, result{err: "by hand"}},
		{"the only one", func() ([]byte, error) { return DeletePreset([]byte("format = 2\n[[preset]]\nname = 'A'\n"), "A") }, result{text: "format = 2\n"}},
	} {
		text, err := c.do()
		switch {
		case c.want.err == "" && (err != nil || string(text) != c.want.text):
			t.Errorf("%s: got %q, %v, want %q", c.what, text, err, c.want.text)
		case c.want.err != "" && (err == nil || !strings.Contains(err.Error(), c.want.err)):
			t.Errorf("%s: got %v, want an error with %q", c.what, err, c.want.err)
		}
	}
}

// A preset that comes from a file of its own keeps its name where that is free, and its place in any net.
func TestAppendPreset(t *testing.T) {
	data := []byte("[[preset]]\nname = 'Dusk'\n")
	for _, c := range []struct{ name, want string }{{"Dusk", "Dusk 2"}, {"Dusk", "Dusk 3"}, {"Parade", "Parade 2"}, {"Mine 1", "Mine 1"}, {"Mine 1", "Mine 2"}} {
		all, name, err := AppendPreset(data, Preset{Name: c.name, Knobs: map[string]any{"place": 0.5, "zoom": 0.2}})
		if err != nil || name != c.want {
			t.Errorf("%q comes in as %q, %v, want %q", c.name, name, err, c.want)
		}
		data = all
	}
	list, bad, err := ParsePresets(data)
	if err != nil || len(bad) > 0 || len(list) != 6 {
		t.Fatalf("the file has %d presets, %v, %v", len(list), bad, err)
	}
	if p := list[5]; p.Knobs["place"] != 0.5 || p.Knobs["zoom"] != 0.2 {
		t.Errorf("what came in is %v", p.Knobs)
	}
	if _, _, err := AppendPreset(data, Preset{Name: "X", Knobs: map[string]any{"zoom": 7.0}}); err == nil {
		t.Error("a zoom of 7 was taken")
	}
}
