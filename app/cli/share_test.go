//go:build !windows

package cli

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"zalgoscope/app"
	"zalgoscope/app/toolstest"
)

// What is installed is whole and works from where it lies, and uninstalling takes just that away.
func TestInstall(t *testing.T) {
	toolstest.Need(t, "desktop-file-validate", "mandoc")
	const system, home = "/usr/local", "/home/somebody/.local"
	for _, c := range []struct{ prefix, hackdir, settings string }{
		{system, "/opt/hacks", "/usr/share/xscreensaver/config"},
		{home, home + "/libexec/xscreensaver", home + "/share/xscreensaver/config"},
	} {
		from, to := t.TempDir(), t.TempDir()
		copyFile(t, filepath.Join(from, "zalgoscope"), "/proc/self/exe")
		copyFile(t, filepath.Join(from, "install.sh"), filepath.Join(repository, "install.sh"))
		mustRun(t, "share", filepath.Join(from, "share"))
		theirs := filepath.Join(to, c.prefix, "share", "applications", "theirs.desktop")
		writeFile(t, theirs)
		sh := func(what string) {
			t.Helper()
			cmd := exec.Command(filepath.Join(from, "install.sh"), what)
			cmd.Env = append(os.Environ(), "PREFIX="+c.prefix, "DESTDIR="+to)
			if c.prefix == system {
				cmd.Env = append(cmd.Env, "HACKDIR="+c.hackdir)
			}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: %v\n%s", what, err, out)
			}
		}
		sh("install")
		share := filepath.Join(to, c.prefix, "share")
		program(t, filepath.Join(to, c.hackdir, saverName))
		wellFormed(t, filepath.Join(to, c.settings, saverName+".xml"))
		entry := filepath.Join(share, "applications", "screensavers", saverName+".desktop")
		if data, err := os.ReadFile(entry); err != nil || !strings.Contains(string(data), "\nExec="+c.hackdir+"/"+saverName+" --root\n") {
			t.Errorf("%s: got %v and\n%s\nwant the saver in %s", entry, err, data, c.hackdir)
		}
		wellFormed(t, filepath.Join(share, "mime", "packages", "zalgoscope.xml"))
		check(t, "desktop-file-validate", "--no-hints", filepath.Join(share, "applications", "zalgoscope.desktop"), entry)
		for _, name := range []string{"zalgoscope.1", saverName + ".1"} {
			check(t, "mandoc", "-Tlint", "-Werror", filepath.Join(share, "man", "man1", name))
		}
		if icons, _ := filepath.Glob(filepath.Join(share, "icons", "hicolor", "*", "apps", "zalgoscope.png")); len(icons) < 5 {
			t.Errorf("%d icons are installed: %q", len(icons), icons)
		}
		sh("uninstall")
		if left := files(t, to); !slices.Equal(left, []string{theirs}) {
			t.Errorf("prefix %s: uninstalling left %q, want %q", c.prefix, left, theirs)
		}
	}
}

// program runs the installed saver for its help.
func program(t *testing.T, path string) {
	t.Helper()
	out, err := exec.Command(path, "--help").CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "Be the screensaver") {
		t.Errorf("%s --help: %v\n%s", path, err, out)
	}
}

// check runs a program that says nothing of files that are right.
func check(t *testing.T, args ...string) {
	t.Helper()
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%q: %v\n%s", args, err, out)
	}
}

func wellFormed(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(data)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
}

func writeFile(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}

// files are the paths of all that is no folder below one.
func files(t *testing.T, folder string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// Every command and flag, every knob and key is in the manual.
func TestManual(t *testing.T) {
	cmd := testProgram.Command()
	text := string(manual(cmd))
	for _, c := range cmd.Commands() {
		if c.Hidden || c.Name() == "help" {
			continue
		}
		if !strings.Contains(text, ".SS "+roff("zalgoscope "+c.Name())) {
			t.Errorf("the manual lacks the command %s", c.Name())
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden && !strings.Contains(text, roff("--"+f.Name)) {
				t.Errorf("the manual lacks --%s of %s", f.Name, c.Name())
			}
		})
	}
	for _, k := range app.Keys() {
		if !strings.Contains(text, ".B "+roff(k.Keys)+"\n"+roff(k.Help)) {
			t.Errorf("the manual lacks the key %s", k.Keys)
		}
	}
	if n := strings.Count(text, ".B "+roff("--octave-scale")); n != 1 {
		t.Errorf("--octave-scale is described %d times, want once", n)
	}
}

func TestRoff(t *testing.T) {
	for in, want := range map[string]string{
		"a-b": `a\-b`, ".TH": `\&.TH`, `C:\x`: `C:\ex`, "it's": `it\(aqs`, "a\n.b": "a\n\\&.b",
	} {
		if got := roff(in); got != want {
			t.Errorf("roff(%q) = %q, want %q", in, got, want)
		}
	}
}
