package app

import (
	"strings"
	"testing"
	"time"

	"zalgoscope/app/control/crowd"
	"zalgoscope/app/dream"
)

// What a chat names most is dreamed: one label everywhere, two side by side, by their votes.
func TestCrowd(t *testing.T) {
	s := headless(t, nil)
	s.until(t, "it dreams", func() bool { return s.session != nil })
	a := &s.audience
	a.stop = func() {}
	now := time.Now()
	say := func(who, text string) {
		a.hear(crowd.Line{Who: who, Text: text})
		now = now.Add(time.Second)
		s.count(now)
	}
	say("ann", "hello everybody")
	if s.want.Class != "" {
		t.Errorf("a greeting is dreamed: %q", s.want.Class)
	}
	say("ann", "SPIDERS!")
	if s.want.Class != "spider" || s.want.Where != "" {
		t.Errorf("the class is %q, the map %q", s.want.Class, s.want.Where)
	}
	for i := range 4 {
		say(strings.Repeat("x", i+1), "teapot")
	}
	m, err := dream.ParseMap(s.want.Where)
	if err != nil || s.want.Class != "spider" || s.want.Other != "class teapot" || m.Share(dream.Other) < 0.6 {
		t.Errorf("the classes are %q and %q, the second one on %.2f, %v", s.want.Class, s.want.Other, m.Share(dream.Other), err)
	}
	for i := range mostSaid + 10 {
		a.hear(crowd.Line{Who: strings.Repeat("y", i%50), Text: "\x1b[2J \u202e" + strings.Repeat("teapot ", 50)})
	}
	if len(a.lines) != mostSaid {
		t.Errorf("%d lines wait", len(a.lines))
	}
	heard := a.heard
	now = now.Add(time.Second)
	s.count(now)
	if a.heard != heard+mostSaid || len(a.lines) != 0 {
		t.Errorf("one look counts %d of %d lines and leaves %d", a.heard-heard, mostSaid, len(a.lines))
	}
	// What somebody does in the window is heard over by the next look, but for what is never to be dreamed.
	var never dream.Map
	never[0] = dream.Never
	s.change(func(w *dream.Settings) { w.Class, w.Other, w.Where = "", "", never.String() })
	now = now.Add(time.Second)
	s.count(now)
	if m, err := dream.ParseMap(s.want.Where); err != nil || m[0] != dream.Never || s.want.Class != "spider" {
		t.Errorf("the class is %q, the first cell %v, %v", s.want.Class, m[0], err)
	}
	s.until(t, "both are dreamed", func() bool {
		s.hear(time.Now())
		return s.shown.Frame != nil && s.shown.Settings.Other == "class teapot"
	})
}

// A chat that is none is one line.
func TestNoChat(t *testing.T) {
	cfg, err := childConfig("small")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Chat = "nonsense"
	if _, err := newStudio(cfg); err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v", err)
	}
}
