package cli

import (
	"slices"
	"testing"
)

func TestScrArguments(t *testing.T) {
	be := []string{"saver", "--settings", settingsFile()}
	preview := append(slices.Clone(be), "--window-id", "131498")
	setUp := []string{"settings"}
	for _, c := range []struct {
		args []string
		want []string // nil for an error
	}{
		{[]string{"/s"}, be}, {[]string{"/S"}, be}, {[]string{"-s"}, be}, {[]string{"-S"}, be},
		{[]string{"/p", "131498"}, preview}, {[]string{"/P", "131498"}, preview}, {[]string{"-p", "131498"}, preview},
		{[]string{"/p:131498"}, preview}, {[]string{"-P:131498"}, preview},
		{[]string{"/c"}, setUp}, {[]string{"/C"}, setUp}, {[]string{"/c:131498"}, setUp}, {[]string{"-c", "131498"}, setUp}, {nil, setUp},
		{[]string{"/p"}, nil}, {[]string{"/x"}, nil}, {[]string{"s"}, nil}, {[]string{""}, nil}, {[]string{"--s"}, nil},
	} {
		got, err := scrArguments(c.args)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%q: got %q, %v, want %q", c.args, got, err, c.want)
		}
	}
}

func TestArguments(t *testing.T) {
	for _, c := range []struct{ args, want []string }{
		{[]string{"/usr/bin/zalgoscope", "/s"}, []string{"/s"}},
		{[]string{"/usr/libexec/xscreensaver/zalgoscope-saver", "-root"}, []string{"saver", "-root"}},
		{[]string{"zalgoscope-saver.exe"}, []string{"saver"}},
		{[]string{"Zalgoscope.SCR", "/C"}, []string{"settings"}},
		{[]string{"zalgoscope.scr"}, []string{"settings"}},
	} {
		if got, err := arguments(c.args); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, %v, want %q", c.args, got, err, c.want)
		}
	}
}
