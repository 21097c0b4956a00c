package record

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFormats takes each row of the table, by each of its endings, from a check and an estimate by a recording to the
// recipe in it.
func TestFormats(t *testing.T) {
	taken := map[string]string{}
	for _, f := range Formats {
		for _, ending := range f.Endings {
			t.Run(f.Name+ending, func(t *testing.T) {
				if other, ok := taken[ending]; ok {
					t.Fatalf("%s is also %s", ending, other)
				}
				taken[ending] = f.Name
				path := filepath.Join(t.TempDir(), "a"+strings.ToUpper(ending))
				if got, err := FormatOf(path); err != nil || got.Name != f.Name {
					t.Fatalf("FormatOf gives %v, %v", got, err)
				}
				if f.Sound { // as the program's videos have
					tool(t, "ffmpeg")
				}
				recipe := example(0)
				o := Options{FPS: 10, Recipe: func() Recipe { return recipe }}
				s := newScene(64, 48)
				if err := Check(path, o, image.Pt(64, 48)); err != nil {
					t.Fatal(err)
				}
				if n, err := Estimate(path, o, s.frame(0), 3); err != nil || n < 100 || n > 1<<18 {
					t.Errorf("three frames are said to take %d bytes, %v", n, err)
				}
				rec, err := Create(path, o)
				for n := 0; err == nil && n < 3; n++ {
					err = rec.Add(s.frame(n))
				}
				if err != nil {
					t.Fatal(err)
				}
				if err := rec.Close(); err != nil {
					t.Fatal(err)
				}
				data, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.HasPrefix(data, []byte(f.magic)) {
					t.Errorf("the file begins with %q, not with %q", data[:8], f.magic)
				}
				got, err := ReadRecipe(path)
				if err != nil || got.Frames != 3 || got.Seed != recipe.Seed {
					t.Errorf("the recipe has %d frames of seed %d, %v, want 3 of %d", got.Frames, got.Seed, err, recipe.Seed)
				}
			})
		}
	}
}

// TestUnknownFormat asks for a file that no row of the table makes.
func TestUnknownFormat(t *testing.T) {
	m := image.NewRGBA(image.Rect(0, 0, 8, 8))
	m.Set(1, 1, color.White)
	want := "the name must end in " + Either(append(Endings(true), Endings(false)...))
	for _, name := range []string{"a", "a.bmp", "gif", "a.gif.txt"} {
		path := filepath.Join(t.TempDir(), name)
		_, estimate := Estimate(path, Options{}, m, 1)
		_, create := Create(path, Options{})
		for what, err := range map[string]error{"check": Check(path, Options{}, image.Point{}), "estimate": estimate, "create": create} {
			if err == nil || !strings.HasSuffix(err.Error(), want) {
				t.Errorf("%s of %s: %v", what, name, err)
			}
		}
	}
}

// TestHasSound asks which formats have a place for sound.
func TestHasSound(t *testing.T) {
	for path, want := range map[string]string{
		"a.mp4": "", "a.WEBM": "", "a.gif": ".gif has no place for music; .mp4 and .webm have", "a": " has no place for music; .mp4 and .webm have",
	} {
		if ok, got := HasSound(path, "music"); got != want || ok != (want == "") {
			t.Errorf("%s: %t, %q, want %q", path, ok, got, want)
		}
	}
}

// TestReadmeListsTheFormats compares the README with the table.
func TestReadmeListsTheFormats(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	want := "| `-o` | what is written |\n| --- | --- |\n"
	for _, f := range Formats {
		want += fmt.Sprintf("| %s | %s: %s |\n", strings.Join(f.Endings, ", "), f.Name, f.Note)
	}
	if !strings.Contains(string(text), want) {
		t.Errorf("README.md lacks the table of formats:\n%s", want)
	}
}
