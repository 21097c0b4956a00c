package record

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"zalgoscope/app/dream"
	"zalgoscope/nn"
)

// example is a recipe in which every knob has changed.
func example(changes int) Recipe {
	s := dream.Defaults()
	r := Recipe{
		Program: "1.2.3", Net: Net{"menagerie", strings.Repeat("ab", 32)}, Device: `cpu "avx512", 2 threads`, Precision: nn.BF16,
		Seed: math.MaxUint64, Start: Start{Identity: dream.Identity{Name: "dir\\a \"b\"\n#ü\x7f\U0001F419.png", Width: 40, Height: 30, SHA256: "00"}},
		Changes: []Change{{0, 0, s}}, From: 3, Frames: 5, FPS: 12.5,
		Dither: Blue, Palette: Shared, Loop: Seamless, Fade: 2,
	}
	for i := range changes {
		k := &dream.Knobs[i%len(dream.Knobs)]
		if n := k.Number(&s); n != nil {
			*n = k.Clamp(k.Min + (k.Max-k.Min)*math.Mod(0.37*float64(i+1), 1))
		} else {
			*k.Text(&s) = fmt.Sprintf("%s:0.%d,[[change]]\n'\"\\\t", k.Name, i+1)
		}
		if i%5 == 4 {
			s.Pace = math.Pow(1.1, float64(i%20-10))
		}
		r.Changes = append(r.Changes, Change{int64(7 * i), i, s})
	}
	return r
}

func TestRecipeText(t *testing.T) {
	embedded := example(2)
	live := example(1)
	live.Start.Identity = dream.Identity{Name: "camera", Width: 4, Height: 3, Rate: 12.5, Deinterlaced: true, Toned: true, DefaultStream: true}
	kept := live
	kept.Start.Kept = true
	whole := kept
	whole.Start.SHA256, whole.Start.Pictures = strings.Repeat("cd", 32), 9
	embedded.Start = StartOf(dream.StillOf("", newScene(23, 11).frame(0)))
	guided := example(3)
	guided.Guides = []Guide{{"a \"b\".png", "11"}, {"ü.jpg", "22"}}
	for _, c := range []struct {
		name string
		r    Recipe
	}{{"no changes", example(0)}, {"all knobs", example(3 * len(dream.Knobs))}, {"embedded start", embedded}, {"guides", guided}, {"live", live}, {"kept, cut off", kept}, {"kept", whole}} {
		t.Run(c.name, func(t *testing.T) {
			text := c.r.Encode()
			if !ascii(text) {
				t.Errorf("the text is not ASCII alone:\n%s", text)
			}
			got, err := Decode(text)
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			if !reflect.DeepEqual(got, c.r) {
				t.Errorf("got  %+v\nwant %+v", got, c.r)
			}
		})
	}
}

// TestEverySettingIsRecorded finds each field of the settings in the table of knobs,
// by which recipes go; the pace is their only other one.
func TestEverySettingIsRecorded(t *testing.T) {
	var s dream.Settings
	v := reflect.ValueOf(&s).Elem()
	for i := range v.NumField() {
		field, found := v.Field(i).Addr().Interface(), v.Type().Field(i).Name == "Pace"
		for j := range dream.Knobs {
			k := &dream.Knobs[j]
			found = found || field == any(k.Number(&s)) || field == any(k.Text(&s))
		}
		if !found {
			t.Errorf("no knob stands for %s, so recipes would lose it", v.Type().Field(i).Name)
		}
	}
}

func TestRecipeTextIsShort(t *testing.T) {
	r := example(0)
	s := r.Changes[0].Settings
	s.Zoom = 0.125
	r.Changes = append(r.Changes, Change{9, 0, s})
	_, change, _ := strings.Cut(r.Encode(), "[[change]]")
	change, _, _ = strings.Cut(change, "[end]")
	if want := "\nat = 9\nzoom = 0.125\n\n"; change != want {
		t.Errorf("a change of zoom is written as %q, want %q", change, want)
	}
}

func TestDecodeTolerates(t *testing.T) {
	text := strings.Replace(example(0).Encode(), "[settings]\n", "[settings]\nwarp = 3\nsteps = 12\n", 1)
	text = strings.Replace(text, "steps = 10.0\n", "", 1)
	text = strings.Replace(text, "jitter = 32.0\n", "", 1)
	text = strings.Replace(text, "seed =", "mood = \"odd\"\nseed =", 1)
	r, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Last(); s.Steps != 12 || s.Jitter != dream.Defaults().Jitter {
		t.Errorf("got %g steps and jitter %g, want 12 and the default", s.Steps, s.Jitter)
	}
	if got := fmt.Sprint(r.Unknown); got != "[mood warp]" {
		t.Errorf("got unknown %s, want [mood warp]", got)
	}
	if d := r.Differs(r.Net, r.Device, r.Precision); len(d) != 1 || !strings.Contains(d[0], "mood, warp") {
		t.Errorf("got %q, want one line with the two unknown entries", d)
	}
}

// A precision that differs is told beside what else does, where the recipe says one.
func TestDiffersInPrecision(t *testing.T) {
	r := example(0)
	other := r.Net
	other.SHA256 = "another"
	for _, c := range []struct {
		was, is nn.Precision
		device  string
		net     Net
		want    []string // a part of each line
	}{
		{nn.BF16Tiles, nn.BF16Tiles, r.Device, r.Net, nil},
		{nn.BF16Tiles, nn.FP32, r.Device, r.Net, []string{`computed in "bf16-tiles", but is in "fp32"`}},
		{"", nn.FP32, r.Device, r.Net, nil},
		{nn.FP32, nn.BF16, "another", other, []string{"the net was", "the engine was", `"fp32", but is in "bf16"`}},
	} {
		r.Precision = c.was
		got := r.Differs(c.net, c.device, c.is)
		if len(got) != len(c.want) {
			t.Errorf("%+v: got %q", c, got)
			continue
		}
		for i, want := range c.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("got %q, want %q in it", got[i], want)
			}
		}
	}
}

// TestDiffers compares the engine of a recipe with others: how many threads an engine has changes no bit.
func TestDiffers(t *testing.T) {
	for _, c := range []struct {
		was, is string
		differs bool
	}{
		{"cpu amx, 1 thread", "cpu amx, 16 threads", false},
		{"cpu avx512, 2 threads", "cpu avx512, 1 thread", false},
		{"cpu avx512, 2 threads", "cpu avx2, 2 threads", true},
		{"gl one, 2 threads, OpenGL 4.3", "gl one, 4 threads, OpenGL 4.3", true},
		{"reference", "reference", false},
	} {
		r := Recipe{Device: c.was}
		if d := r.Differs(r.Net, c.is, ""); (len(d) > 0) != c.differs {
			t.Errorf("from %q to %q: %q, want a difference: %t", c.was, c.is, d, c.differs)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	good := example(1).Encode()
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "format 0"},
		{"newer", strings.Replace(good, "format = 1", "format = 3", 1), "format 3"},
		{"packed, without anything", strings.Replace(good, "format = 1", "format = 2", 1), "format 2"},
		{"not TOML", "format = = 1", "damaged"},
		{"no settings", strings.Split(good, "[settings]")[0], "no settings"},
		{"a bad seed", strings.Replace(good, "seed = '", "seed = '-", 1), "seed"},
		{"out of range", strings.Replace(good, "\nzoom = 0.05", "\nzoom = 9.5", 1), "zoom"},
		{"not a number", strings.Replace(good, "\nzoom = 0.05", "\nzoom = nan", 1), "zoom"},
		{"text for a number", strings.Replace(good, "\nzoom = 0.05", "\nzoom = 'fast'", 1), "zoom"},
		{"no pace", strings.Replace(good, "pace = 1.0", "pace = 0.0", 1), "pace"},
		{"a huge start", strings.Replace(good, "width = 40", "width = 16000", 1), ""},
		{"a vast start", strings.NewReplacer("width = 40", "width = 16000", "height = 30", "height = 16000").Replace(good), "16000x16000"},
		{"out of order", good + "[[change]]\nat = -1\nzoom = 0.1\n", "out of order"},
		{"no tick", good + "[[change]]\nzoom = 0.1\n", "tick"},
		{"a long name", strings.Replace(good, "menagerie", strings.Repeat("x", 5000), 1), "5000"},
		{"a bad picture", strings.Replace(good, "\nwidth = 40", "\npng = 'AAAA'\nwidth = 40", 1), "start picture"},
		{"deep", "x = " + strings.Repeat("[", 400_000), "damaged"},
		{"deep tables", strings.Repeat("{a=", 100_000), "damaged"},
		{"too long", good + strings.Repeat("# \n", mostFilm/3), "longer"},
		{"settings twice", good + "[settings]\nzoom = 0.1\n", "after its first change"},
		{"settings that are none", strings.Replace(good, "[settings]", "[[settings]]", 1), "settings"},
		{"changes that are none", good + "[change]\nat = 8\n", "change"},
		{"a flag for a number", strings.Replace(good, "\nzoom = 0.05", "\nzoom = true", 1), "zoom is true"},
		{"a list for a text", strings.Replace(good, "\nlayer = ''", "\nlayer = ['a']", 1), "neither"},
		{"a huge embedded picture", strings.Replace(good, "\nwidth = 40", "\npng = '"+embeddedBomb+"'\nwidth = 40", 1), "12000x12000"},
		{"many guides", good + strings.Repeat("[[guide]]\n", mostGuides+1), "guide pictures"},
		{"many changes", good + strings.Repeat("[[change]]\nat=9\n", mostChanges), "changes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Decode(c.text)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v, want none", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

// embeddedBomb says that it has 12000x12000 pixels.
var embeddedBomb = func() string {
	text := encodePicture(image.NewRGBA(image.Rect(0, 0, 1, 1)))
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		panic(err)
	}
	binary.BigEndian.PutUint32(data[16:], 12000)
	binary.BigEndian.PutUint32(data[20:], 12000)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return base64.StdEncoding.EncodeToString(data)
}()

func FuzzDecode(f *testing.F) {
	f.Add(example(3).Encode())
	tiny := example(0)
	tiny.Changes[0].Settings.Zoom = math.SmallestNonzeroFloat64
	f.Add(tiny.Encode())
	f.Add("format = 1\nseed = '1'\n[settings]\n[[change]]\nat = 1")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := Decode(text)
		if err != nil {
			return
		}
		unknown := r.Unknown
		r.Unknown = nil
		again, err := Decode(r.Encode())
		if err != nil || !reflect.DeepEqual(again, r) {
			t.Errorf("%q (unknown %q) does not survive encoding: %v", text, unknown, err)
		}
	})
}

func TestSource(t *testing.T) {
	s := dream.Defaults()
	at := func(zoom, w, h float64) dream.Settings {
		s := s
		s.Zoom, s.Width, s.Height = zoom, w, h
		return s
	}
	r := Recipe{Start: Start{Identity: dream.Identity{Width: 100, Height: 50}}, Changes: []Change{
		{0, 0, at(0.1, 0, 0)}, {10, 0, at(0.2, 0, 0)}, {10, 0, at(0.3, 0, 0)}, {25, 0, at(0.3, 60, 60)}}}
	full, half := r.Source(), r.Resized(image.Pt(50, 50)).Source()
	for _, c := range []struct {
		tick               int64
		zoom, w, h, hw, hh float64
	}{{0, 0.1, 0, 0, 50, 50}, {9, 0.1, 0, 0, 50, 50}, {10, 0.3, 0, 0, 50, 50}, {30, 0.3, 60, 60, 30, 60}} {
		got, _ := full(c.tick)
		if want := at(c.zoom, c.w, c.h); got != want {
			t.Errorf("at tick %d: got %+v, want %+v", c.tick, got, want)
		}
		got, _ = half(c.tick)
		if want := at(c.zoom, c.hw, c.hh); got != want {
			t.Errorf("resized, at tick %d: got %+v, want %+v", c.tick, got, want)
		}
	}
}

// TestSaveCarriesRecipe saves pictures and text and finds the recipe again, whatever
// the file's name.
func TestSaveCarriesRecipe(t *testing.T) {
	want := example(30)
	want.Start = StartOf(dream.StillOf("", newScene(200, 150).frame(0))) // longer than a JPEG's comment
	m := newScene(64, 48).frame(3)
	dir := t.TempDir()
	for _, name := range []string{"a.png", "a.jpg"} {
		path := filepath.Join(dir, name)
		if err := Save(path, m, want, 0); err != nil {
			t.Fatal(err)
		}
		checkRecipe(t, path, want)
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := image.Decode(f)
		f.Close()
		if err != nil || got.Bounds() != m.Rect {
			t.Errorf("%s: got %v, %v, want a picture of %v", name, got, err, m.Rect)
		}
	}
	path := filepath.Join(dir, "session")
	if err := os.WriteFile(path, []byte(want.Encode()), 0o644); err != nil {
		t.Fatal(err)
	}
	checkRecipe(t, path, want)
}

func checkRecipe(t *testing.T, path string, want Recipe) {
	t.Helper()
	got, err := ReadRecipe(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got\n%.2000s\nwant\n%.2000s", path, got.Encode(), want.Encode())
	}
}

func TestReadRecipeRefuses(t *testing.T) {
	dir := t.TempDir()
	m := newScene(8, 8).frame(0)
	plain := filepath.Join(dir, "plain.png")
	record(t, plain, Options{}, []*image.RGBA{m})
	data, err := os.ReadFile(plain)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"plain PNG", data, ErrNone.Error()},
		{"cut PNG", data[:40], ErrNone.Error()},
		{"empty", nil, ErrNone.Error()},
		{"zeros", make([]byte, 5<<20), ErrNone.Error()},
		{"short GIF", []byte("GIF89a\x01\x00"), "cut off"},
		{"bad GIF", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00\x77"), "damaged"},
		{"bad JPEG", []byte("\xff\xd8\xff\xfe\x00\x00xxxxxxxx"), "damaged"},
		{"bad text", append([]byte("\x00\x00\x00\x00ftypmp42"), textMark+"\nformat = 'x'\n"+textEnd...), "damaged"},
	} {
		path := filepath.Join(dir, "file")
		if err := os.WriteFile(path, c.data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadRecipe(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want one with %q", c.name, err, c.want)
		}
	}
}
