//go:build unix

package beside

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestMain lets the test program be one that ends in the midst of everything.
func TestMain(m *testing.M) {
	if folder := os.Getenv("BESIDE_IN_THE_MIDST"); folder != "" {
		inTheMidst(folder)
	}
	os.Exit(m.Run())
}

// inTheMidst begins files of every kind, says so, and waits to be killed, or for a line to leave.
func inTheMidst(folder string) {
	for name, begin := range map[string]func(string) (*File, error){
		"picture.png": Create, "film.gif": Film, "fresh.gif": Film, "empty.gif": Film,
		"": func(string) (*File, error) { return Scratch(folder) },
	} {
		f, err := begin(filepath.Join(folder, name))
		if err != nil {
			panic(err)
		}
		if name != "empty.gif" {
			fmt.Fprint(f, "new")
		}
	}
	fmt.Println("begun")
	if _, err := bufio.NewReader(os.Stdin).ReadString('\n'); err == nil {
		Leave()
	}
	os.Exit(0)
}

// age makes all in a folder two days old.
func age(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-48 * time.Hour)
	for _, e := range entries {
		if err := os.Chtimes(filepath.Join(folder, e.Name()), then, then); err != nil {
			t.Fatal(err)
		}
	}
}

// A program that is killed leaves its films, and nothing hidden once one has begun there a day later; while it runs
// nobody takes anything from it.
func TestKilledAndLeft(t *testing.T) {
	for _, kill := range []bool{true, false} {
		dir := t.TempDir()
		for _, name := range []string{"picture.png", "film.gif"} {
			write(t, filepath.Join(dir, name), "old")
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "BESIDE_IN_THE_MIDST="+dir)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "begun\n" {
			t.Fatalf("got %q, %v", line, err)
		}
		age(t, dir)
		Sweep(dir)
		if entries, _ := os.ReadDir(dir); len(entries) != 7 {
			t.Errorf("while it runs there are %v, want 2 old, 2 in place and 3 hidden files", entries)
		}
		left := map[string]string{"picture.png": "old", "film.gif": "old", "fresh.gif": "new"}
		if kill {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			left["empty.gif"] = ""
		} else {
			fmt.Fprintln(in, "leave")
			left["film-partial.gif"] = "new"
		}
		_ = cmd.Wait()
		swept.Delete(dir) // as in a program that starts now
		if kill {
			age(t, dir)
		}
		Sweep(dir)
		want(t, dir, left)
	}
}
