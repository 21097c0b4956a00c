package zoo

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// answer is a server with one answer to all.
func answer(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + "/net.bin"
}

// Mirrors are tried in order until one has the file of the checksum; what one began the next completes.
func TestGetMirrors(t *testing.T) {
	right, gone := serve(t), answer(t, http.NotFound)
	half := serve(t)
	half.cut = 300000
	wrong := answer(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("something else")) })
	endless := answer(t, func(w http.ResponseWriter, r *http.Request) {
		for range 100 {
			if _, err := w.Write(payload); err != nil {
				return
			}
		}
	})
	good := right.URL + "/net.bin"
	for _, c := range []struct {
		name  string
		urls  []string
		asked []string // ranges, of the good one
		err   string
	}{
		{"the second", []string{gone, good}, []string{""}, ""},
		{"after another file", []string{wrong, good}, []string{""}, ""},
		{"after one without end", []string{endless, good}, []string{""}, ""},
		{"going on after one that broke", []string{half.URL + "/net.bin", good}, []string{"bytes=300000-"}, ""},
		{"none", []string{gone, wrong}, nil, "zoo: net.bin: none of its 2 mirrors has it: " + gone + " says 404 Not Found; its SHA-1 is "},
	} {
		t.Run(c.name, func(t *testing.T) {
			right.asked = nil
			dir := t.TempDir()
			net := Net{Name: "test", Files: []File{{Name: "net.bin", URLs: c.urls, Size: int64(len(payload)), SHA1: sum1(payload)}}}
			err := get(net, dir)
			if c.err != "" {
				wantError(t, err, c.err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(right.asked, c.asked) {
				t.Errorf("asked for %q, want %q", right.asked, c.asked)
			}
			whole(t, dir)
		})
	}
}

// What a mirror began in its own version is not completed by another file's bytes: the checksum tells, and the
// whole comes again.
func TestGetMixedParts(t *testing.T) {
	s, dir := serve(t), t.TempDir()
	part := filepath.Join(dir, "test", "net.bin.part")
	os.MkdirAll(filepath.Dir(part), 0o755)
	os.WriteFile(part, bytes.Repeat([]byte("x"), 300000), 0o644)
	if err := get(s.net(sum1(payload), ""), dir); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
	if want := []string{"bytes=300000-", ""}; !slices.Equal(s.asked, want) {
		t.Errorf("asked for %q, want %q", s.asked, want)
	}
}

// A file that somebody could exchange on the way needs --insecure; one with https and a checksum does not.
func TestGetInsecure(t *testing.T) {
	plain := serve(t)
	safe := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, plain.URL+"/net.bin", http.StatusFound)
			return
		}
		w.Write(payload)
	}))
	t.Cleanup(safe.Close)
	for _, c := range []struct {
		name string
		urls []string
		sum  string
		err  string
	}{
		{"https and a checksum", []string{plain.URL + "/net.bin", safe.URL + "/net.bin"}, sum1(payload), ""},
		{"no checksum", []string{safe.URL + "/net.bin"}, "", "zoo: net.bin: no checksum is published for it, so that somebody on the way could exchange it; --insecure takes it all the same"},
		{"no https", []string{plain.URL + "/net.bin"}, sum1(payload), "net.bin: no server has it by https, so that"},
		{"neither", []string{plain.URL + "/net.bin"}, "", "no checksum is published for it and no server has it by https"},
		{"led away from https", []string{safe.URL + "/away"}, sum1(payload), "which is not https"},
	} {
		t.Run(c.name, func(t *testing.T) {
			plain.asked = nil
			net := Net{Name: "test", Files: []File{{Name: "net.bin", URLs: c.urls, Size: int64(len(payload)), SHA1: c.sum}}}
			dir := t.TempDir()
			err := Get(context.Background(), net, dir, Options{Client: safe.Client()})
			if len(plain.asked) > 0 {
				t.Error("the server without https was asked")
			}
			if c.err == "" {
				if err != nil {
					t.Fatal(err)
				}
				whole(t, dir)
				return
			}
			wantError(t, err, c.err)
			dir = t.TempDir()
			if err := Get(context.Background(), net, dir, Options{Client: safe.Client(), Insecure: true}); err != nil {
				t.Fatal(err)
			}
			whole(t, dir)
		})
	}
}

// Bodies that are longer than was said or than the file may be are cut off with an error.
func TestGetTooMuch(t *testing.T) {
	flood := func(w http.ResponseWriter) {
		for range 64 {
			if _, err := w.Write(payload); err != nil {
				return
			}
		}
	}
	for _, c := range []struct {
		name string
		size int64
		h    http.HandlerFunc
		err  string
	}{
		{"without a length", 1000, func(w http.ResponseWriter, r *http.Request) { flood(w) }, "sends more than the 1049701 bytes that it may; what came is removed"},
		{"a length beyond the cap", 1000, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "3000000")
			flood(w)
		}, "is a file of 3000000 bytes, and 1049701 are the most for this one"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			net := Net{Name: "test", Files: []File{{Name: "net.bin", URLs: []string{answer(t, c.h)}, Size: c.size, SHA1: sum1(payload)}}}
			for name, text := range map[string]string{"net.bin.part": "of an earlier try", "net.bin.part.tag": "\n\n"} {
				if err := os.MkdirAll(filepath.Join(dir, "test"), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(filepath.Join(dir, "test", name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			wantError(t, get(net, dir), c.err)
			if names := list(t, dir); len(names) != 0 {
				t.Errorf("left behind: %q", names)
			}
		})
	}
}

// Answers that do not fit what was asked for begin the download anew.
func TestGetOddAnswers(t *testing.T) {
	rest := func(from, all int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") == "" {
				w.Write(payload)
				return
			}
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(payload)-1, all))
			w.WriteHeader(http.StatusPartialContent)
			w.Write(payload[from:])
		}
	}
	for name, h := range map[string]http.HandlerFunc{
		"another start":  rest(1000, len(payload)),
		"another length": rest(5000, 2*len(payload)),
		"no range at all": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				w.WriteHeader(http.StatusPartialContent)
			}
			w.Write(payload)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			part := filepath.Join(dir, "test", "net.bin.part")
			os.MkdirAll(filepath.Dir(part), 0o755)
			os.WriteFile(part, payload[:5000], 0o644)
			net := Net{Name: "test", Files: []File{{Name: "net.bin", URLs: []string{answer(t, h)}, Size: int64(len(payload)), SHA1: sum1(payload)}}}
			if err := get(net, dir); err != nil {
				t.Fatal(err)
			}
			whole(t, dir)
		})
	}
	always := answer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", len(payload)-1, len(payload)))
		w.WriteHeader(http.StatusPartialContent)
		w.Write(payload)
	})
	net := Net{Name: "test", Files: []File{{Name: "net.bin", URLs: []string{always}, SHA1: sum1(payload)}}}
	wantError(t, get(net, t.TempDir()), "sends another part of the file than was asked for")
}

// A part or a tag that is not as this program leaves it is discarded, and what a link leads to stays as it is.
func TestGetOddParts(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(part, victim string)
		ranged  string // that is asked for
	}{
		{"a part that is a link", func(part, victim string) { os.Symlink(victim, part) }, ""},
		{"a tag that is a link", func(part, victim string) {
			os.WriteFile(part, payload[:5000], 0o644)
			os.Symlink(victim, part+".tag")
		}, ""},
		{"a part that is a folder", func(part, victim string) { os.Mkdir(part, 0o755) }, ""},
		{"a tag of two lines in one", func(part, victim string) {
			os.WriteFile(part, payload[:5000], 0o644)
			os.WriteFile(part+".tag", []byte("http://h/\n\"a\r\nX-Evil: 1\"\n"), 0o644)
		}, ""},
		{"a weak tag", func(part, victim string) {
			os.WriteFile(part, payload[:5000], 0o644)
			os.WriteFile(part+".tag", []byte("http://h/\nW/\"a\"\n"), 0o644)
		}, ""},
		{"a long tag", func(part, victim string) {
			os.WriteFile(part, payload[:5000], 0o644)
			os.WriteFile(part+".tag", []byte("http://h/\n\""+strings.Repeat("a", 5000)+"\"\n"), 0o644)
		}, ""},
		{"another mirror's tag", func(part, victim string) {
			os.WriteFile(part, payload[:5000], 0o644)
			os.WriteFile(part+".tag", []byte("http://h/\n\"a\"\n"), 0o644)
		}, "bytes=5000-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, dir := serve(t), t.TempDir()
			part, victim := filepath.Join(dir, "test", "net.bin.part"), filepath.Join(dir, "victim")
			os.MkdirAll(filepath.Dir(part), 0o755)
			os.WriteFile(victim, payload[:300000], 0o600)
			c.prepare(part, victim)
			if err := get(s.net(sum1(payload), ""), dir); err != nil {
				t.Fatal(err)
			}
			whole(t, dir)
			if got, err := os.ReadFile(victim); err != nil || !bytes.Equal(got, payload[:300000]) {
				t.Errorf("what the link leads to has %d bytes now; %v", len(got), err)
			}
			if !slices.Equal(s.asked, []string{c.ranged}) {
				t.Errorf("asked for %q, want %q", s.asked, c.ranged)
			}
		})
	}
}

// A file that is on its way is left to the one who brings it.
func TestGetAlone(t *testing.T) {
	dir, asked := t.TempDir(), 0
	var net Net
	url := answer(t, func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 1 {
			w.Write(payload[:1000])
			w.(http.Flusher).Flush()
			wantError(t, get(net, dir), "zoo: net.bin: is being downloaded already")
			w.Write(payload[1000:])
			return
		}
		w.Write(payload[:5])
	})
	net = Net{Name: "test", Files: []File{{Name: "net.bin", URLs: []string{url}, Size: int64(len(payload))}}}
	for range 2 { // the second finds it there
		if err := get(net, dir); err != nil {
			t.Fatal(err)
		}
		whole(t, dir)
	}
	if asked != 1 {
		t.Errorf("the server was asked %d times", asked)
	}
}
