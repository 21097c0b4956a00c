//go:build unix

package disk

import (
	"bytes"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What is no regular file is refused at once, also through a link: without that a pipe would be
// waited for and /dev/zero read for ever.
func TestOnlyRegularFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := syscall.Mkfifo(at("fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	socket, err := net.Listen("unix", at("socket"))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	for link, to := range map[string]string{"link": at("fifo"), "zero": "/dev/zero", "loose": at("nowhere")} {
		if err := os.Symlink(to, at(link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ path, want string }{
		{at("fifo"), "is a pipe"},
		{at("link"), "is a pipe"},
		{at("socket"), "is a socket"},
		{at("zero"), "is a device"},
		{"/dev/zero", "is a device"},
		{dir, "is a folder"},
		{at("loose"), "no such file"},
		{at("none"), "no such file"},
	} {
		if _, err := Read(c.path, 100); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.path, err, c.want)
		}
	}
	if _, err := Open(at("none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: got %v", err)
	}
}

func TestRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	want := bytes.Repeat([]byte("0123456789"), 1000)
	if err := os.WriteFile(path, want, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(path, int64(len(want))); err != nil || !bytes.Equal(got, want) {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	if _, err := Read(path, int64(len(want))-1); err == nil || !strings.HasSuffix(err.Error(), "is larger than 9999 bytes") {
		t.Errorf("a byte too many: got %v", err)
	}
	link := path + "-link"
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if got, err := Read(link, 1<<20); err != nil || !bytes.Equal(got, want) {
		t.Errorf("through a link: got %d bytes, %v", len(got), err)
	}
}

// A file under /proc says that it has no bytes, and has some.
func TestReadOfUntrueSize(t *testing.T) {
	const path = "/proc/self/status"
	if _, err := os.Stat(path); err != nil {
		t.Skip("there is no /proc here")
	}
	if got, err := Read(path, 1<<20); err != nil || len(got) == 0 {
		t.Errorf("got %d bytes, %v", len(got), err)
	}
	if _, err := Read(path, 10); err == nil || !strings.Contains(err.Error(), "is larger than 10 bytes") {
		t.Errorf("beyond the cap: got %v", err)
	}
}
