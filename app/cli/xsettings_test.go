//go:build !windows

package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/spf13/pflag"

	"zalgoscope/app/saver"
	"zalgoscope/app/toolstest"
)

// screen is a display on which a test clicks and types.
type screen struct {
	t   *testing.T
	env []string
}

func (s screen) do(args ...string) string {
	cmd := exec.Command("xdotool", args...)
	cmd.Env = s.env
	out, _ := cmd.Output() // a window that is not there yet is looked for again
	return string(out)
}

// window is one that people see, by its number and where it stands.
type window struct{ id, x, y, w, h int }

func (s screen) windows(title string) (found []window) {
	for _, id := range strings.Fields(s.do("search", "--onlyvisible", "--name", title)) {
		var w window
		if n, _ := fmt.Sscanf(s.do("getwindowgeometry", "--shell", id), "WINDOW=%d\nX=%d\nY=%d\nWIDTH=%d\nHEIGHT=%d", &w.id, &w.x, &w.y, &w.w, &w.h); n == 5 {
			found = append(found, w)
		}
	}
	return found
}

// click clicks so far from a window's right lower corner.
func (s screen) click(w window, left, up int) {
	s.do("mousemove", fmt.Sprint(w.x+w.w-left), fmt.Sprint(w.y+w.h-up), "click", "1")
}

// The settings program of XScreenSaver, in a language that writes a comma in numbers, shows our numbers, previews
// what is set, and keeps it in the saver's command.
func TestSettingsDialogWithCommas(t *testing.T) {
	toolstest.Need(t, "xscreensaver-settings", "xdotool", "localedef", "unshare", "setpriv")
	if os.Getuid() != 0 {
		t.Skip("needs root to show xscreensaver-settings a folder of settings of the test's own")
	}
	s := xserver(t, "2400x1000")
	home := daemonHome(t)
	hack, config := filepath.Join(home, saverName), filepath.Join(home, ".xscreensaver")
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, bytes.Replace(text, []byte(" --root"), []byte(" --root --speed-percent 150"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(home, "locale"), 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("localedef", "-i", "de_DE", "-f", "UTF-8", filepath.Join(home, "locale", "de_DE.UTF-8")).CombinedOutput(); err != nil {
		t.Fatalf("localedef: %v: %s", err, out)
	}
	xml, err := filepath.Abs(filepath.Join(repository, "assets/saver/zalgoscope-saver.xml"))
	if err != nil {
		t.Fatal(err)
	}
	const folder = "/usr/share/xscreensaver/config"
	program := exec.Command("unshare", "--mount", "sh", "-c", fmt.Sprintf("mount -t tmpfs tmpfs %s && cp %s %s && exec setpriv --reuid %d --regid %d --clear-groups xscreensaver-settings", folder, xml, folder, nobody, nobody))
	program.Env = append(os.Environ(), "HOME="+home, "DISPLAY="+s.display, "LC_ALL=de_DE.UTF-8", "LOCPATH="+filepath.Join(home, "locale"), "LANGUAGE=")
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-program.Process.Pid, syscall.SIGKILL)
		_ = program.Wait()
	})
	screen := screen{t, append(os.Environ(), "DISPLAY="+s.display)}
	const title = "^XScreenSaver: .* Settings$"
	s.until("the program misses its daemon", func() bool { return len(screen.windows("^Warning$")) == 1 })
	s.until("that is answered, and the saver's settings open", func() bool {
		for _, w := range screen.windows("^Warning$") {
			screen.click(w, 45, 20)
		}
		all := screen.windows(title)
		if len(all) == 1 {
			screen.click(all[0], all[0].w*24/100, 116)
		}
		return len(all) == 2
	})
	all := screen.windows(title)
	dialog := all[0]
	for _, w := range all {
		if w.w < dialog.w {
			dialog = w
		}
	}
	set := regexp.MustCompile(`--speed-percent 150 --strength-percent 1(0[1-9]|[1-9]\d)\b`)
	s.until("the preview has both", func() bool {
		screen.click(dialog, 300, 576) // on the strength's slider, right of its middle
		for _, id := range processes(home) {
			args, _ := os.ReadFile("/proc/" + id + "/cmdline")
			if set.MatchString(strings.ReplaceAll(string(args), "\x00", " ")) {
				return true
			}
		}
		return false
	})
	s.until("the command has both", func() bool {
		screen.click(dialog, 92, 21)
		text, _ := os.ReadFile(config)
		_, command, _ := strings.Cut(string(text), hack) // which is broken into lines
		return set.MatchString(strings.Join(strings.Fields(strings.ReplaceAll(command, "\\\n", " ")), " "))
	})
}

// The whole numbers of the dialog come to the saver as its own.
func TestSaverTakesWholeNumbers(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string // of the error, "" for none
	}{
		{[]string{"-speed-percent", "150", "--strength-percent=25", "--zalgo-tenths", "110"}, ""},
		{[]string{"--speed-percent", "1,5"}, "no whole number"},
		{[]string{"--zalgo-tenths", "5.5"}, "no whole number"},
	} {
		o := saver.Defaults()
		fs := pflag.NewFlagSet("saver", pflag.ContinueOnError)
		saverFlags(fs, &o)
		err := fs.Parse(twoDashes(fs, c.args))
		if c.want == "" && (err != nil || o.Speed != 1.5 || o.Strength != 0.25 || o.Zalgo != 11) {
			t.Errorf("%q: %v, speed %g, strength %g, zalgo %g, want 1.5, 0.25 and 11", c.args, err, o.Speed, o.Strength, o.Zalgo)
		}
		if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q: %v, want %q", c.args, err, c.want)
		}
	}
}
