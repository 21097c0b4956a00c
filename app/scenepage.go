package app

import (
	"fmt"
	"strings"
	"time"

	ewidget "github.com/ebitenui/ebitenui/widget"

	"zalgoscope/app/chooser"
	"zalgoscope/app/dream"
	"zalgoscope/app/widget"
)

// sceneCards are the scenes that the net can dream: favourites where only those are wanted.
func (l *library) sceneCards() (list []card) {
	s := l.studio
	p := &s.presets
	for i, scene := range p.list {
		if i >= len(p.thumbs) {
			break // they are being found out
		}
		t := p.thumbs[i]
		if !t.ok || !matches(scene.Name, l.search.Text) || p.hearts.only && !p.hearts.has(scene.Name) {
			continue
		}
		k := card{
			name: scene.Name, help: scene.Name + ": dream this scene", thumb: t.thumb,
			chosen: i == p.at, heart: p.hearts.has(scene.Name),
			run: func() { s.usePreset(i); l.picked() },
		}
		k.actions = []action{{"♥", "make " + scene.Name + " a favourite, or no longer", func() { s.toggleHeart(scene.Name) }}}
		if i >= len(p.list)-p.own {
			k.actions = append(k.actions,
				action{l.deleteWord(scene.Name), "delete " + scene.Name + "; asks once more", func() { l.delete(scene.Name) }},
				action{"export", "save " + scene.Name + " as a file for others", func() { s.exportDialog(scene) }},
				action{"rename", "give " + scene.Name + " another name", func() { l.beginRename(scene.Name) }},
			)
		}
		list = append(list, k)
	}
	return list
}

// matches tells whether a name has all words of a text.
func matches(name, text string) bool {
	name = strings.ToLower(name)
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if !strings.Contains(name, word) {
			return false
		}
	}
	return true
}

// sceneFoot is what concerns all scenes.
func (l *library) sceneFoot() *ewidget.Container {
	s, t := l.studio, l.studio.look
	c := t.Column(2, nil)
	seconds := func(name, help, none string, at *float64, most float64) *widget.Slider {
		sl := widget.NewSlider(t, widget.Dial{
			Name: name, Help: help, Max: most, Whole: true, Curve: 2,
			Get: func() float64 { return *at }, Set: func(v float64) { *at = v; s.show.left = s.show.Every }, Reset: func() { *at = 0 },
			Text: func(v float64) string {
				if v == 0 {
					return none
				}
				return fmt.Sprintf("%.0f s", v)
			},
		}, widget.Plain)
		sl.Chosen = func(*widget.Slider) {}
		sl.Odd = func(text string) { s.oddValue(&sl.Dial, text) }
		l.sliders = append(l.sliders, sl)
		return sl
	}
	c.AddChild(
		seconds("go on", "seconds after which the next scene comes by itself, of the favourites where there are some", "never", &s.show.Every, mostEvery),
		seconds("cross-fade", "seconds that a scene which comes by itself takes to come", "at once", &s.show.Fade, 60),
		t.Toggle("favourites only", "go on only among the scenes that you have given a heart", func() bool { return s.presets.hearts.only }, func(on bool) {
			s.presets.hearts.only = on
			l.scroller.RequestRelayout()
		}),
		t.Row(3, l.button("Keep this", "keep what the knobs stand at as a scene of your own", s.keepPreset),
			l.button("Import", "add the scenes of a file to your own", s.importDialog), l.button("Close", closeHelp, s.closeLibrary)),
	)
	return c
}

const closeHelp = "close the browser, as Esc does"

// button is a button of the library, after which the keys belong to the studio again.
func (l *library) button(label, help string, run func()) *widget.Button {
	b := l.studio.look.Button(label, help, func() { run(); l.studio.ui.ClearFocus() })
	l.buttons = append(l.buttons, b)
	return b
}

// beginRename asks for a scene's new name.
func (l *library) beginRename(name string) {
	l.renaming, l.name.Text = name, name
	setVisible(l.name.GetWidget(), true)
	l.name.Typing, l.search.Typing = true, false
	l.root.RequestRelayout()
}

// rename gives the scene that is being renamed the name that was typed.
func (l *library) rename() {
	from, to := l.renaming, strings.Join(strings.Fields(l.name.Text), " ")
	l.renaming = ""
	setVisible(l.name.GetWidget(), false)
	l.root.RequestRelayout()
	if from == "" || to == from {
		return
	}
	s := l.studio
	s.editScenes("the scene is not renamed", from, to, func(old []byte) ([]byte, error) { return dream.RenamePreset(old, from, to) }, func() {
		s.renameHeart(from, to)
		s.tell(from + " is " + to + " now")
	})
}

// sure is how long a second click on delete counts as such.
const sure = 5 * time.Second

func (l *library) deleteWord(name string) string {
	if l.studio.presets.sure == name && time.Since(l.studio.presets.sureAt) < sure {
		return "delete?"
	}
	return "delete"
}

// delete takes a scene away when it is asked for twice.
func (l *library) delete(name string) {
	s := l.studio
	p := &s.presets
	if p.sure != name || time.Since(p.sureAt) > sure {
		p.sure, p.sureAt = name, time.Now()
		s.tell("click again to delete " + name)
		return
	}
	p.sure = ""
	s.editScenes("the scene is not deleted", name, "", func(old []byte) ([]byte, error) { return dream.DeletePreset(old, name) }, func() {
		s.renameHeart(name, "")
		s.tell(name + " is deleted")
	})
}

// sceneFiles are the files that scenes are in.
var sceneFiles = chooser.Filter{Name: "Scenes", Endings: []string{"toml"}}

// exportDialog saves a scene as a file of its own.
func (s *studio) exportDialog(p dream.Preset) {
	s.ask(func() (string, error) {
		return chooser.Save("Export the scene", saveFolder(), fileName(p.Name)+".toml", sceneFiles)
	}, func(path string) {
		s.export(s.ended(path, ".toml"), p)
	})
}

func (s *studio) export(path string, p dream.Preset) {
	s.write(func() {
		err := writeTOML(path, func() ([]byte, error) { return dream.FormatPresets([]dream.Preset{p}) })
		s.post(func() {
			if err != nil {
				s.warn(err)
			} else {
				s.tell(p.Name + " is saved as " + path)
			}
		})
	})
}

// importDialog takes scenes from a file.
func (s *studio) importDialog() {
	s.ask(func() (string, error) {
		return chooser.Open("Import scenes", sceneFiles)
	}, s.importScenes)
}
