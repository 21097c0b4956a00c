package app

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"zalgoscope/app/dream"
	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/load"
)

// inLibrary clicks on a part of the library, once it stands in sight.
func (w *window) inLibrary(name string) {
	w.t.Helper()
	s := w.until(name+" is there", func(s state) bool { return s.Laid && !s.Spots[name].Empty() })
	onCard := s.Spots[name].Min.X >= s.Library.View.Min.X && strings.Contains(name, " ") && !strings.HasPrefix(name, "library ") && !strings.HasPrefix(name, "slider ")
	if onCard && !s.Spots[name].In(s.Library.View) {
		w.ask(request{Do: "reveal", Name: name})
		s = w.until(name+" is in sight", func(s state) bool { return s.Laid && s.Spots[name].Overlaps(s.Library.View) })
	}
	// The words on a card are there while it is pointed at.
	w.click(mid(s.Spots[name].Intersect(s.Library.Rect)))
}

// enter types a text after what stands in a field that has the keyboard, or instead of that.
func (w *window) enter(text string, instead int) {
	w.t.Helper()
	w.until("the keyboard types", func(s state) bool { return s.Typing })
	for range instead {
		w.key("BackSpace")
	}
	w.do("type", "--delay", "60", text)
	w.settle()
}

// TestSceneBrowser chooses, keeps, renames, exports, deletes and imports scenes, and makes one a favourite, on a laptop's
// screen and in the smallest window.
func TestSceneBrowser(t *testing.T) {
	for _, size := range []image.Point{{1366, 768}, {640, 400}} {
		t.Run(fmt.Sprintf("%dx%d", size.X, size.Y), func(t *testing.T) {
			w := openManaged(t, "small", size, 0)
			w.dreaming()
			w.key("s")
			s := w.until("the scenes are shown", func(s state) bool { return s.Library.Open && s.Laid && len(s.Library.Cards) > 3 })
			if small := size.X < 1000; s.Library.Rect.Min.X > 0 == small {
				t.Errorf("at %v the library stands at %v", size, s.Library.Rect)
			}
			w.inLibrary("card " + s.Library.Cards[2])
			want := s.Library.Cards[2]
			s = w.until("the scene is dreamed", func(s state) bool { return s.Preset == want && settled(s) })
			if size.X < 1000 {
				if s.Library.Open {
					t.Error("the library still hides the picture")
				}
				w.key("s")
			}
			w.key("u")
			w.until("it is kept, with its picture", func(s state) bool { return slices.Contains(s.Library.Own, "Mine 1") && s.Library.Pictured == "Mine 1" })
			w.inLibrary("rename Mine 1")
			w.enter("Dusk over Styx", len("Mine 1"))
			w.shot(fmt.Sprintf("rename-%d", size.X))
			w.key("Return")
			w.until("it is renamed", func(s state) bool {
				return slices.Equal(s.Library.Own, []string{"Dusk over Styx"}) && s.Preset == "Dusk over Styx"
			})
			w.inLibrary("♥ Dusk over Styx")
			w.until("it is a favourite", func(s state) bool { return slices.Equal(s.Library.Hearts, []string{"Dusk over Styx"}) })
			file := filepath.Join(w.home, "dusk.toml")
			w.ask(request{Do: "export", Name: "Dusk over Styx", Path: file})
			w.until("it is exported", func(s state) bool { return s.told("saved as") })
			w.shot(fmt.Sprintf("scenes-%d", size.X))
			w.inLibrary("delete Dusk over Styx")
			s = w.until("it is asked once more", func(s state) bool { return s.told("click again") })
			if len(s.Library.Own) != 1 {
				t.Error("one click deletes a scene")
			}
			w.until("it is deleted", func(s state) bool {
				if at := s.Spots["delete Dusk over Styx"]; s.Laid && !at.Empty() && len(s.Library.Own) > 0 {
					w.click(mid(at)) // again where a busy machine took longer from click to click than people do
					time.Sleep(300 * time.Millisecond)
				}
				return len(s.Library.Own) == 0 && len(s.Library.Hearts) == 0
			})
			w.desktop().drop(file)
			w.until("it is back", func(s state) bool { return slices.Equal(s.Library.Own, []string{"Dusk over Styx"}) })
			data, err := os.ReadFile(filepath.Join(w.home, "config", "zalgoscope", "presets.toml"))
			if list, bad, perr := dream.ParsePresets(data); err != nil || perr != nil || len(list) != 1 || len(bad) > 0 || list[0].Name != "Dusk over Styx" {
				t.Errorf("the file of presets holds %q: %v, %v, %v", data, err, perr, bad)
			}
			w.inLibrary("search")
			w.enter("styx", 0)
			w.until("it is found", func(s state) bool { return slices.Equal(s.Library.Cards, []string{"Dusk over Styx"}) })
			w.key("Escape")
			w.key("Escape")
			w.until("the library is closed", func(s state) bool { return !s.Library.Open && !s.Folded })
			w.close()
		})
	}
}

// TestScenesGoOn lets scenes come by themselves, each with a cross-fade, the favourites alone.
func TestScenesGoOn(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.key("s")
	s := w.until("the scenes are shown", func(s state) bool { return s.Library.Open && s.Laid && len(s.Library.Cards) > 5 })
	loved := []string{s.Library.Cards[1], s.Library.Cards[4]}
	for _, name := range loved {
		w.inLibrary("♥ " + name)
	}
	w.until("they are favourites", func(s state) bool { return len(s.Library.Hearts) == 2 })
	w.ask(request{Do: "go on", Seconds: 2, Side: 1})
	w.until("a scene comes", func(s state) bool { return s.Library.Fading })
	for _, name := range loved {
		w.until(name+" is dreamed", func(s state) bool { return strings.TrimSuffix(s.Preset, " *") == name })
	}
	w.ask(request{Do: "go on"})
	s = w.until("the fade is over", func(s state) bool { return !s.Library.Fading })
	if strings.HasSuffix(s.Preset, " *") {
		t.Errorf("after the fade the scene is %q", s.Preset)
	}
	time.Sleep(2 * time.Second)
	if now := w.state().Preset; now != s.Preset {
		t.Errorf("%s came although none is to come any more", now)
	}
	w.close()
}

// TestClassBrowser searches for a class and dreams it.
func TestClassBrowser(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.key("l")
	w.until("the classes are shown", func(s state) bool { return s.Library.Open && s.Library.Page == classPage && len(s.Library.Cards) > 2 })
	w.inLibrary("search")
	w.enter("spid", 0)
	w.until("one is found", func(s state) bool { return s.Laid && len(s.Library.Cards) > 0 && s.Library.Cards[0] == "spider" })
	w.inLibrary("card spider")
	w.until("it is dreamed", func(s state) bool { return s.Want.Class == "spider" && settled(s) })
	w.until("its picture is dreamed", func(s state) bool { return s.Library.Known > 0 })
	w.inLibrary("library No class")
	w.until("it is dreamed no more", func(s state) bool { return s.Want.Class == "" && settled(s) })
	w.close()
}

// builtIn is a net that the program carries.
func builtIn(t *testing.T, name string) *nn.Net {
	t.Helper()
	data, ok := assets.Net(name)
	if !ok {
		t.Fatalf("the program carries no net %s", name)
	}
	net, err := load.ONNX(data, name, load.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// TestShippedThumbs wants a picture of every scene and class of the built-in nets to be carried.
func TestShippedThumbs(t *testing.T) {
	for _, name := range []string{"menagerie", "filigree", "grimoire"} {
		net := builtIn(t, name)
		ses := &session{net: net}
		ses.id.Name = name
		for _, p := range dream.Presets() {
			th, err := sceneThumb(p, net)
			if err != nil {
				continue // another net's
			}
			if _, err := carried(ses, th); err != nil {
				t.Errorf("%s: there is no picture of scene %s as it is now, go generate ./assets makes it: %v", name, p.Name, err)
			}
		}
		cut, err := carried(ses, classThumb(net, 0))
		if err != nil || len(cut) != len(net.Labels) {
			t.Errorf("%s: %d of %d classes have a picture: %v", name, len(cut), len(net.Labels), err)
		}
	}
}

// TestPaste puts what another program has copied into a text and into a number.
func TestPaste(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.key("l")
	w.until("the classes are shown", func(s state) bool { return s.Library.Open && s.Library.Page == classPage && len(s.Library.Cards) > 2 })
	w.inLibrary("search")
	w.key("ctrl+v")
	w.until("it says that there is nothing", func(s state) bool { return s.told("the clipboard") })
	w.desktop().copy(" spid\n")
	w.key("ctrl+v")
	w.until("one is found", func(s state) bool { return s.Laid && len(s.Library.Cards) > 0 && s.Library.Cards[0] == "spider" })
	w.key("Escape", "Escape")
	w.until("the library is closed", func(s state) bool { return !s.Library.Open && !s.Typing })
	w.desktop().copy("12,5 %")
	w.click(mid(w.slider("zoom").Number))
	w.until("a number is typed", func(s state) bool { return s.Typing })
	w.key("ctrl+v")
	w.until("it is pasted", func(s state) bool { return strings.Contains(s.Typed, "12,5") })
	w.key("Return")
	w.until("the number is taken", func(s state) bool { return !s.Typing && s.Want.Zoom == 0.125 })
	w.close()
}
