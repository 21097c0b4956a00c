package saver

import (
	"fmt"
	"slices"
	"strings"

	"zalgoscope/app/dream"
)

// Options are what the saver is asked for.
type Options struct {
	Scene    string  // a scene's name, or Wander
	Speed    float64 // of motion and change, 1 as they are
	Strength float64 // of the dream, 1 as it is
	Words    string  // labels to dream, with commas between; "" for any
	Images   string  // folder of start pictures; "" for none
	Begin    string  // what it begins from: Made, Camera or Desktop
	Zalgo    float64 // how far every scene is bent at least
	Bend     string  // bends and modulators in place of the scenes' own; "" for those
	Mod      string
	Sharp    bool // a large picture that is dreamed rarely rather than one that flows
	FPS      bool // show the rates
	Flashes  bool // leave flashes in
	Seed     uint64
}

// What the saver may begin from: Made is clouds or a picture of the folder.
const (
	Made    = "made"
	Camera  = "camera"
	Desktop = "desktop"
)

// Wander is the scene that goes through all others.
const Wander = "wander"

// Knob is one row of the table from which the saver's flags and the settings dialog of
// XScreenSaver are made. Exactly one of the functions is set.
type Knob struct {
	Name      string // flag and control
	Label     string // in the dialog
	Low, High string // ends of the slider
	Min, Max  float64
	Default   float64
	Parts     int      // of a number: in how many parts of one the dialog has it, which are whole
	Choices   []string // of a text that is one of a few, the default first
	Labels    []string // of those in the dialog, where they say more
	Folder    bool     // of a text that names a folder
	List      bool     // of a text of parts with spaces between
	Help      string

	Number func(*Options) *float64
	Text   func(*Options) *string
	Switch func(*Options) *bool
}

// Knobs is the table.
var Knobs = []Knob{
	{Name: "scene", Label: "Scene", Choices: sceneNames(),
		Help: "scene to stay in; wander goes through all of them",
		Text: func(o *Options) *string { return &o.Scene }},
	{Name: "speed", Label: "Speed", Low: "Slow", High: "Fast", Min: 0.25, Max: 4, Default: 1, Parts: 100,
		Help:   "speed of motion and change",
		Number: func(o *Options) *float64 { return &o.Speed }},
	{Name: "strength", Label: "Strength", Low: "Faint", High: "Wild", Min: 0.25, Max: 2, Default: 1, Parts: 100,
		Help:   "strength of the dream",
		Number: func(o *Options) *float64 { return &o.Strength }},
	{Name: "words", Label: "Words",
		Help: "labels of the net to dream, with commas between, such as 'tarantula, coral'",
		Text: func(o *Options) *string { return &o.Words }},
	{Name: "images", Label: "Images", Folder: true,
		Help: "folder of pictures to begin from",
		Text: func(o *Options) *string { return &o.Images }},
	{Name: "begin", Label: "Begin from", Choices: []string{Made, Camera, Desktop},
		Labels: []string{"Clouds, or the folder's images", "The camera: whoever sees the screen sees what it saw", "The desktop as it was: whoever sees the locked screen sees it"},
		Help:   "what to begin from: made (clouds or the folder's pictures), camera (a picture of it for each scene) or desktop (as it was last), which whoever sees the screen then sees, locked or not; nothing is kept or sent",
		Text:   func(o *Options) *string { return &o.Begin }},
	{Name: "zalgo", Label: "ZALGO", Low: "Honest", High: "Hell", Max: 11, Parts: 10,
		Help:   "how much of everything is bent",
		Number: func(o *Options) *float64 { return &o.Zalgo }},
	{Name: "bend", Label: "Bends", List: true,
		Help: "bends of layers in place of the scenes' own, LAYER:KIND=AMOUNT with spaces between",
		Text: func(o *Options) *string { return &o.Bend }},
	{Name: "mod", Label: "Modulators", List: true,
		Help: "modulators in place of the scenes' own, such as bend.1=sine:0.1:0.5 or zalgo=walk:0.05:4, with spaces between",
		Text: func(o *Options) *string { return &o.Mod }},
	{Name: "sharp", Label: "Sharp rather than fluid",
		Help:   "as large a picture as is dreamed every other second, instead of one that flows",
		Switch: func(o *Options) *bool { return &o.Sharp }},
	{Name: "fps", Label: "Show frame rate",
		Help:   "show frames and dreams a second",
		Switch: func(o *Options) *bool { return &o.FPS }},
}

// Whole is the name of the flag that takes the number in parts, whole ones.
func (k Knob) Whole() string {
	if k.Parts == 10 {
		return k.Name + "-tenths"
	}
	return k.Name + "-percent"
}

// Defaults are the table's defaults.
func Defaults() Options {
	o := Options{Seed: 1}
	for _, k := range Knobs {
		switch {
		case k.Number != nil:
			*k.Number(&o) = k.Default
		case k.Choices != nil:
			*k.Text(&o) = k.Choices[0]
		}
	}
	return o
}

// sceneNames are the scenes that are offered: those that no other net than the program's own is needed for.
func sceneNames() []string {
	names := []string{Wander}
	for _, p := range dream.Presets() {
		if p.Net == "" {
			names = append(names, p.Name)
		}
	}
	return names
}

// knownScene reports a scene that there is not.
func knownScene(name string) error {
	names := sceneNames()
	if slices.ContainsFunc(names, func(n string) bool { return identifier(n) == identifier(name) }) ||
		slices.ContainsFunc(dream.Presets(), func(p dream.Preset) bool { return identifier(p.Name) == identifier(name) }) {
		return nil
	}
	return fmt.Errorf("saver: there is no scene %q; there are %s", name, strings.Join(names, ", "))
}

// identifier is a scene's name as one word, which may stand for it.
func identifier(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }
