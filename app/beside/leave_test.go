//go:build unix

package beside

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
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

// A program that is killed leaves its films, and nothing hidden once the next one has begun there; while it runs
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
		Sweep(dir)
		want(t, dir, left)
	}
}
