package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zalgoscope/app/record"
	"zalgoscope/nn/bend"
)

// press clicks on a named part of the panel, once it stands in sight.
func (w *window) press(name string) {
	w.t.Helper()
	s := w.until(name+" is there", func(s state) bool { return s.Laid && !s.Spots[name].Empty() })
	if !s.Spots[name].In(s.View) && !slices.Contains(s.Feet, name) {
		w.ask(request{Do: "reveal", Name: name})
		s = w.until(name+" is in sight", func(s state) bool { return s.Laid && s.Spots[name].In(s.View) })
	}
	w.click(mid(s.Spots[name]))
}

// slider gives a slider's state once it stands in sight.
func (w *window) slider(name string) (s state) {
	w.t.Helper()
	w.until("the panel stands", func(s state) bool { return s.Laid })
	w.ask(request{Do: "reveal", Name: name})
	w.until(name+" is in sight", func(a state) bool { s = w.ask(request{Name: name}); return s.Laid && !s.Rect.Empty() })
	return s
}

// turn drags a slider to a share of its track.
func (w *window) turn(name string, to float64) state {
	w.t.Helper()
	r := w.slider(name).Rect
	w.drag(at(r, 0.5), at(r, to))
	return w.ask(request{Name: name})
}

// again dreams the first frame anew and gives its hash.
func (w *window) again() string {
	w.t.Helper()
	n := w.state().Begun
	w.key("BackSpace")
	return w.until("the first frame is there", func(s state) bool { return s.Begun > n && s.Frame == 1 && settled(s) }).Hash
}

// TestRack adds bends by the mouse, turns, by-passes, solos, moves and removes them, and sees the
// picture follow: the same rack always gives the same first frame, another one another.
func TestRack(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.turn("layer", 1) // to the net's last map, which every bend comes before
	w.until("the last layer is dreamed", func(s state) bool { return s.Want.Layer == "4a/output" && settled(s) })
	w.press("Add bend")
	w.press("space")
	w.shot("picker")
	w.press("kind rotate")
	rotate, err := bend.Find("rotate")
	if err != nil {
		t.Fatal(err)
	}
	whole := fmt.Sprintf(":rotate=%g", rotate.Default)
	s := w.until("a bend is dreamed", func(s state) bool { return strings.HasSuffix(s.Want.Bend, whole) && settled(s) })
	racks := s.Racks
	s = w.turn("bend.1", 0.9)
	if s.Value <= rotate.Default {
		t.Errorf("dragging the amount took it to %g", s.Value)
	}
	if s = w.until("the amount is dreamed", settled); s.Racks != racks {
		t.Errorf("dragging the amount gave the engine %d other nets", s.Racks-racks)
	}
	w.key("space")
	w.until("it stands", func(s state) bool { return s.Stands })
	far := w.again()
	w.turn("bend.1", 0.6)
	if w.again() == far {
		t.Error("the picture does not follow the amount")
	}
	w.press("random 1")
	w.until("half of the channels are bent", func(s state) bool { return strings.Contains(s.Want.Bend, "channels=random:0.5") })
	seed := w.state().Want.Bend
	w.press("seed 1")
	w.until("the seed is rolled", func(s state) bool { return s.Want.Bend != seed && strings.Contains(s.Want.Bend, "seed=") })
	w.press("set 1")
	w.press("field")
	w.until("the keyboard types", func(s state) bool { return s.Typing })
	w.do("type", "--delay", "60", ";2-3")
	w.settle()
	w.key("Return")
	w.until("the set is taken", func(s state) bool { return strings.Contains(s.Want.Bend, "channels=0;2-3") })
	w.shot("card")
	w.press("cluster 1")
	w.until("channels that fire alike are bent", func(s state) bool { return strings.Contains(s.Want.Bend, "channels=cluster:0") })
	w.again()
	w.press("random 1")
	w.until("a share is bent again", func(s state) bool { return strings.Contains(s.Want.Bend, "channels=random:0.5") })

	w.press("bypass 1")
	w.until("the bend is off", func(s state) bool { return strings.HasSuffix(s.Want.Bend, ",off") })
	off := w.again()
	w.press("bypass 1")
	w.until("the bend is on", func(s state) bool { return !strings.Contains(s.Want.Bend, "off") })
	if w.again() == off {
		t.Error("the picture does not follow a bend that is put to work")
	}
	w.press("Add bend")
	w.press("level")
	w.press("kind invert")
	s = w.until("two bends are there", func(s state) bool { return strings.Contains(s.Want.Bend, " ") })
	two := strings.Fields(s.Want.Bend)
	w.press("solo 2")
	w.until("the first is silent", func(s state) bool { return s.Want.Bend == two[0]+",off "+two[1] })
	w.press("solo 2")
	w.until("both are at work", func(s state) bool { return s.Want.Bend == two[0]+" "+two[1] })
	w.carry("card 2", "card 1", nil)
	w.until("they have changed places", func(s state) bool { return s.Want.Bend == two[1]+" "+two[0] })
	w.shot("rack")
	w.press("remove 1")
	w.until("one is left", func(s state) bool { return s.Want.Bend == two[0] })
	w.press("remove 1")
	w.until("none is left", func(s state) bool { return s.Want.Bend == "" })
	if w.again() != off {
		t.Error("a by-passed bend leaves a trace")
	}
	w.key("ctrl+z")
	w.key("ctrl+z")
	w.until("undo brings it back", func(s state) bool { return s.Want.Bend == two[1]+" "+two[0] && !s.Spots["card 2"].Empty() })
	w.key("ctrl+y")
	w.until("redo takes it out", func(s state) bool { return s.Want.Bend == two[0] && s.Spots["card 2"].Empty() })
	w.close()
}

// carry drags a bend by its name to another one's and lets go there, after a look at how that is shown.
func (w *window) carry(name, to string, look func()) {
	w.t.Helper()
	w.until("the panel stands", func(s state) bool { return s.Laid })
	w.ask(request{Do: "reveal", Name: name})
	s := w.until("both are in sight", func(s state) bool { return s.Laid && s.Spots[name].In(s.View) && s.Spots[to].In(s.View) })
	from, at := mid(s.Spots[name]), mid(s.Spots[to])
	w.move(from)
	w.do("mousedown", "1")
	w.settle()
	w.move(from.Add(at).Div(2))
	w.move(at)
	if look != nil {
		look()
	}
	w.do("mouseup", "1")
	w.settle()
}

// TestCarry carries bends up and down the rack with the mouse. What a bend's modulator moves and what of it is
// open goes with it; it stays where it is when it is let go there, and when Escape is pressed meanwhile.
func TestCarry(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	for _, kind := range []string{"rotate", "blur", "flip-h"} {
		w.press("Add bend")
		w.press("space")
		w.press("kind " + kind)
		w.until(kind+" is there", func(s state) bool { return strings.Contains(s.Want.Bend, ":"+kind) })
	}
	w.press("card 3") // opened when it was added
	w.press("card 2")
	w.until("the second one is open", func(s state) bool { return !s.Spots["seed 2"].Empty() })
	w.click(mid(w.slider("bend.1").Wave))
	s := w.until("the first one moves", func(s state) bool { return strings.HasPrefix(s.Want.Mod, "bend.1=") })
	b := strings.Fields(s.Want.Bend)
	order := func(what string, places ...int) {
		t.Helper()
		var want []string
		for _, i := range places {
			want = append(want, b[i])
		}
		w.until(what, func(s state) bool { return s.Want.Bend == strings.Join(want, " ") })
	}
	w.carry("card 3", "card 1", func() { w.shot("carry") })
	order("the last one is the first", 2, 0, 1)
	w.until("modulator and open card go with their bends", func(s state) bool {
		return strings.HasPrefix(s.Want.Mod, "bend.2=") && !s.Spots["seed 3"].Empty()
	})
	w.press("card 3")
	w.until("it is closed", func(s state) bool { return s.Spots["seed 3"].Empty() })
	w.carry("card 1", "card 3", nil) // above its middle: before it
	order("it is the second", 0, 2, 1)
	w.carry("card 2", "card 3", nil)
	order("it stays", 0, 2, 1)
	w.carry("card 3", "card 1", func() { w.key("Escape") })
	s = w.state()
	if s.Folded || !s.Spots["seed 1"].Empty() {
		t.Error("Escape beside a drag does more than end it")
	}
	order("Escape ends it", 0, 2, 1)
	w.key("ctrl+z")
	order("undo takes one move back", 2, 0, 1)
	w.close()
}

// TestShortCircuitAndRepair breaks something with one key and mends it with another.
func TestShortCircuitAndRepair(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.key("x", "x")
	s := w.until("two bends are dreamed", func(s state) bool { return len(strings.Fields(s.Want.Bend)) == 2 && settled(s) })
	broken := s.Want
	w.turn("zalgo", 0.7)
	s = w.until("zalgo is dreamed and heard in the labels", func(s state) bool { return s.Want.Zalgo > 6 && settled(s) && s.Marks > 0.5 })
	w.shot("zalgo")
	w.key("e")
	s = w.until("all is mended", func(s state) bool { return s.Want.Zalgo == 0 && settled(s) && s.Marks == 0 })
	if n := strings.Count(s.Want.Bend, ",off"); n != 2 {
		t.Errorf("after the repair %d of 2 bends are off: %s", n, s.Want.Bend)
	}
	w.key("ctrl+z")
	w.until("undo breaks it again", func(s state) bool { return s.Want.Zalgo > 6 && s.Want.Bend == broken.Bend })
	w.key("e", "e")
	w.until("the rack is empty", func(s state) bool { return s.Want.Bend == "" && settled(s) })
	w.close()
}

// TestModulators lets knobs and bends move by themselves, and brings all back from a saved picture.
func TestModulators(t *testing.T) {
	w := open(t, "small")
	w.dreaming()
	w.key("x")
	w.until("a bend is dreamed", func(s state) bool { return s.Want.Bend != "" && settled(s) })
	moves := func(knob string) {
		t.Helper()
		base := w.ask(request{Name: knob}).Value
		var seen []float64
		w.until(knob+" moves", func(state) bool {
			now := w.ask(request{Name: knob})
			if now.Value != base {
				t.Fatalf("the modulator moved the knob %s itself from %g to %g", knob, base, now.Value)
			}
			seen = append(seen, now.Now)
			return len(seen) > 1 && now.Now != seen[0] && now.Now != base
		})
	}
	w.move(at(w.slider("zoom").Rect, 0.5))
	w.rightClick()
	w.until("a right click gives zoom a modulator", func(s state) bool {
		return strings.HasPrefix(s.Want.Mod, "zoom=sine:0.2:") && s.Editing == "zoom" && !s.Spots["triangle"].Empty()
	})
	moves("zoom")
	w.press("triangle")
	w.until("its shape is a triangle", func(s state) bool { return strings.HasPrefix(s.Want.Mod, "zoom=triangle:0.2:") })
	w.turn("rate", 0.6)
	w.until("its rate is higher", func(s state) bool { return strings.HasPrefix(s.Want.Mod, "zoom=triangle:2.") })
	w.shot("modulator")
	rate := w.state().Want.Mod
	w.until("the tempo is tapped", func(state) bool { w.key("t"); return w.state().Want.Mod != rate }) // taps too far apart do not count
	w.click(mid(w.slider("bend.1").Wave))
	s := w.until("a click on its sign gives the bend a modulator", func(s state) bool {
		return strings.Contains(s.Want.Mod, " bend.1=sine:") && s.Editing == "bend.1" && settled(s)
	})
	mod := s.Want.Mod
	w.press("off")
	w.until("it is off", func(s state) bool { return !strings.Contains(s.Want.Mod, "bend.1") && s.Editing == "" })
	w.key("ctrl+z")
	s = w.until("undo brings it back", func(s state) bool { return s.Want.Mod == mod && settled(s) })

	saved := filepath.Join(t.TempDir(), "bent.png")
	w.ask(request{Do: "save", Path: saved})
	w.until("it is saved", func(state) bool { _, err := os.Stat(saved); return err == nil })
	recipe, err := record.ReadRecipe(saved)
	if err != nil || recipe.Last().Bend != s.Want.Bend || recipe.Last().Mod != mod {
		t.Fatalf("the recipe has the bends %q and modulators %q: %v", recipe.Last().Bend, recipe.Last().Mod, err)
	}
	w.key("e", "e", "n")
	w.until("another preset is dreamed", func(a state) bool { return a.Want.Bend == "" && a.Want.Mod == "" && settled(a) })
	w.desktop().drop(saved)
	w.until("bends and modulators are back", func(a state) bool {
		return a.Want.Bend == s.Want.Bend && a.Want.Mod == mod && settled(a) && !a.Spots["card 1"].Empty()
	})
	w.close()
}
