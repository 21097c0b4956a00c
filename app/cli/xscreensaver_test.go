//go:build !windows

package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"zalgoscope/app/toolstest"
)

// The real xscreensaver runs the saver, as any user who has chosen it would see it.
func TestXScreenSaver(t *testing.T) {
	toolstest.Need(t, "xscreensaver", "xscreensaver-command")
	s := xserver(t, "900x600")
	home := daemonHome(t)
	log := &bytes.Buffer{}
	daemon := exec.Command("xscreensaver", "--no-splash")
	daemon.Env = append(os.Environ(), "HOME="+home, "DISPLAY="+s.display)
	daemon.Stdout, daemon.Stderr = log, log
	daemon.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() == 0 {
		daemon.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody}
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- daemon.Wait() }()
	t.Cleanup(func() { _ = syscall.Kill(-daemon.Process.Pid, syscall.SIGKILL) })
	command := func(what string) error {
		cmd := exec.Command("xscreensaver-command", what)
		cmd.Env = daemon.Env
		return cmd.Run()
	}
	root := xproto.Setup(s.conn).DefaultScreen(s.conn).Root
	s.until("the daemon answers", func() bool { return command("-activate") == nil })
	s.until("the screen dreams", func() bool { m := s.picture(root); return dreamt(m, m.Rect) })
	s.shot("xscreensaver", s.picture(root))
	hacks := processes(home)
	if len(hacks) != 1 {
		t.Errorf("%d processes run the saver, want 1: %q", len(hacks), hacks)
	}
	if err := command("-deactivate"); err != nil {
		t.Errorf("deactivate: %v", err)
	}
	s.until("the saver is gone, no zombie left", func() bool {
		for _, id := range hacks {
			if _, err := os.Stat("/proc/" + id); err == nil {
				return false
			}
		}
		return true
	})
	_ = command("-exit") // the daemon may be gone before it answers
	select {
	case <-done:
	case <-time.After(toolstest.Patience):
		t.Fatal("the daemon does not end")
	}
	if strings.Contains(log.String(), "zalgoscope:") || strings.Contains(log.String(), "exited with") {
		t.Errorf("the daemon's output speaks of trouble:\n%s", log)
	}
}

// nobody is the user who runs the daemon where the tests are run by root, as whom it
// will not run savers.
const nobody = 65534

// daemonHome makes a home folder in which the daemon finds the saver.
func daemonHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "zalgoscope-home-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(home) })
	hack := filepath.Join(home, saverName)
	// A copy: the test binary lies where only its owner can go.
	copyFile(t, hack, "/proc/self/exe")
	settings := fmt.Sprintf("timeout: 0:10:00\nlock: False\nsplash: False\nfade: False\nunfade: False\nmode: one\nselected: 0\nprograms: %s --root \\n\\\n\n", hack)
	if err := os.WriteFile(filepath.Join(home, ".xscreensaver"), []byte(settings), 0o644); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		for _, path := range []string{home, hack, filepath.Join(home, ".xscreensaver")} {
			if err := os.Chown(path, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	return home
}

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	in, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

// processes gives the numbers of the processes whose program lies in a folder.
func processes(folder string) (ids []string) {
	links, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, l := range links {
		if target, err := os.Readlink(l); err == nil && strings.HasPrefix(target, folder) {
			ids = append(ids, filepath.Base(filepath.Dir(l)))
		}
	}
	return ids
}
