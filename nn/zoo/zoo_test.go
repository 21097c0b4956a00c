package zoo

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var payload = bytes.Repeat([]byte("0123456789abcdef"), 64<<10) // 1 MB

func sum1(b []byte) string   { s := sha1.Sum(b); return hex.EncodeToString(s[:]) }
func sum256(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }

// server answers with the payload the way that each test asks, and notes the ranges asked for.
type server struct {
	*httptest.Server
	body   []byte
	tag    string
	cut    int  // break off after so many bytes, once
	ranges bool // understands Range
	asked  []string
}

func serve(t *testing.T) *server {
	s := &server{body: payload, tag: `"v1"`, ranges: true}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked = append(s.asked, r.Header.Get("Range"))
		if s.tag != "" {
			w.Header().Set("ETag", s.tag)
		}
		switch {
		case s.cut > 0:
			w.Header().Set("Content-Length", fmt.Sprint(len(s.body)))
			w.Write(s.body[:s.cut])
			w.(http.Flusher).Flush()
			s.cut = 0
			panic(http.ErrAbortHandler)
		case s.ranges:
			http.ServeContent(w, r, "net.bin", time.Time{}, bytes.NewReader(s.body))
		default:
			w.Header().Set("Content-Length", fmt.Sprint(len(s.body)))
			w.Write(s.body)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) net(sha1, sha256 string) Net {
	return Net{Name: "test", Files: []File{{Name: "net.bin", URLs: []string{s.URL + "/net.bin"}, Size: int64(len(payload)), SHA1: sha1, SHA256: sha256}}}
}

// get is Get from a server on this machine, which has no https.
func get(net Net, dir string) error {
	return Get(context.Background(), net, dir, Options{Insecure: true})
}

// whole fails unless the file is there and whole, and nothing else.
func whole(t *testing.T, dir string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, "test", "net.bin"))
	if err != nil || !bytes.Equal(got, payload) {
		t.Errorf("the file has %d bytes, want %d; %v", len(got), len(payload), err)
	}
	if names := list(t, dir); !slices.Equal(names, []string{"net.bin"}) {
		t.Errorf("the folder holds %q", names)
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "test"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error is %v, want %q", err, part)
	}
}

func TestGet(t *testing.T) {
	s, dir := serve(t), t.TempDir()
	var last, total int64
	for _, net := range []Net{s.net(sum1(payload), ""), s.net("", sum256(payload))} {
		err := Get(context.Background(), net, dir, Options{Insecure: true, Progress: func(done, all int64) {
			if done < last && last != int64(len(payload)) {
				t.Errorf("progress goes back from %d to %d", last, done)
			}
			last, total = done, all
		}})
		if err != nil {
			t.Fatal(err)
		}
		whole(t, dir)
		if last != int64(len(payload)) || total != last {
			t.Errorf("progress ends at %d of %d", last, total)
		}
	}
	if len(s.asked) != 1 {
		t.Errorf("a file that was there whole was asked for again: %q", s.asked)
	}
}

func TestGetResumes(t *testing.T) {
	for _, c := range []struct {
		name     string
		checksum string
		change   func(*server)
		asked    string
	}{
		{"with a tag", "", func(s *server) {}, "bytes=300000-"},
		{"with a checksum only", sum1(payload), func(s *server) { s.tag = "" }, "bytes=300000-"},
		{"with neither", "", func(s *server) { s.tag = "" }, ""},
		{"from a server without ranges", sum1(payload), func(s *server) { s.ranges = false }, "bytes=300000-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, dir := serve(t), t.TempDir()
			c.change(s)
			s.cut = 300000
			err := get(s.net(c.checksum, ""), dir)
			wantError(t, err, "zoo: net.bin: the connection broke after 300000 bytes; the next try goes on from there")
			if names := list(t, dir); slices.Contains(names, "net.bin") {
				t.Errorf("a half file stands under the final name: %q", names)
			}
			if err := get(s.net(c.checksum, ""), dir); err != nil {
				t.Fatal(err)
			}
			whole(t, dir)
			if got := s.asked[1]; got != c.asked {
				t.Errorf("asked for %q, want %q", got, c.asked)
			}
		})
	}
}

// A server's new version does not get joined to a part of the old one.
func TestGetChangedFile(t *testing.T) {
	s, dir := serve(t), t.TempDir()
	s.body, s.cut = bytes.Repeat([]byte("x"), len(payload)), 300000
	wantError(t, get(s.net("", ""), dir), "the connection broke")
	s.body, s.tag = payload, `"v2"`
	if err := get(s.net("", ""), dir); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
}

// A part that is whole already is taken; one that is longer than the file is fetched anew.
func TestGetFullPart(t *testing.T) {
	s, dir := serve(t), t.TempDir()
	net := s.net(sum1(payload), "")
	part := filepath.Join(dir, "test", "net.bin.part")
	if err := os.MkdirAll(filepath.Dir(part), 0o755); err != nil {
		t.Fatal(err)
	}
	os.WriteFile(part, payload, 0o644)
	if err := get(net, dir); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
	os.Remove(filepath.Join(dir, "test", "net.bin"))
	os.WriteFile(part, append(slices.Clone(payload), "more"...), 0o644)
	if err := get(net, dir); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
}

func TestGetBadChecksum(t *testing.T) {
	s, dir := serve(t), t.TempDir()
	wrong := strings.Repeat("0", 40)
	wantError(t, get(s.net(wrong, ""), dir), "zoo: net.bin: its SHA-1 is "+sum1(payload)+", not "+wrong+"; what came is removed")
	if names := list(t, dir); len(names) != 0 {
		t.Errorf("left behind: %q", names)
	}
}

// A damaged file that is there already is replaced, but not before the new one is whole.
func TestGetReplacesDamaged(t *testing.T) {
	s, dir := serve(t), t.TempDir()
	path := filepath.Join(dir, "test", "net.bin")
	os.MkdirAll(filepath.Dir(path), 0o755)
	os.WriteFile(path, []byte("damaged"), 0o644)
	if err := get(s.net(sum1(payload), ""), dir); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
}

func TestGetRefusals(t *testing.T) {
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		err     string
	}{
		{"not found", http.NotFound, "/net.bin says 404 Not Found"},
		{"a web page", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, "<html>Log in first</html>")
		}, "/net.bin is a web page, not the file"},
		{"too large", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(int64(1)<<60))
			w.Write([]byte("x"))
		}, "has room for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, dir := httptest.NewServer(c.handler), t.TempDir()
			defer s.Close()
			net := Net{Name: "test", Files: []File{{Name: "net.bin", URLs: []string{s.URL + "/net.bin"}, Size: 1 << 60}}}
			wantError(t, get(net, dir), c.err)
			if names := list(t, dir); len(names) != 0 {
				t.Errorf("left behind: %q", names)
			}
		})
	}
	net := Net{Name: "test", Files: []File{{Name: "net.bin", URLs: []string{"http://127.0.0.1:1/net.bin"}}}}
	wantError(t, get(net, t.TempDir()), "refused") // in Windows' words, or others'
}

func TestGetCancelled(t *testing.T) {
	s, dir := serve(t), t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	err := Get(ctx, s.net(sum1(payload), ""), dir, Options{Insecure: true, Progress: func(done, _ int64) {
		if done > 0 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v, want %v", err, context.Canceled)
	}
	if slices.Contains(list(t, dir), "net.bin") {
		t.Error("a half file stands under the final name")
	}
	if err := get(s.net(sum1(payload), ""), dir); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
}

func TestInstalled(t *testing.T) {
	dir := t.TempDir()
	net, err := Find("googlenet")
	if err != nil {
		t.Fatal(err)
	}
	os.MkdirAll(filepath.Join(dir, "googlenet"), 0o755)
	for _, f := range net.Files {
		if spec, ok := installed(dir, "googlenet"); ok {
			t.Errorf("installed as %q before %s is there", spec, f.Name)
		}
		os.WriteFile(filepath.Join(dir, "googlenet", f.Name), nil, 0o644)
	}
	if spec, ok := installed(dir, "googlenet"); !ok || spec != filepath.Join(dir, "googlenet", "googlenet.prototxt") {
		t.Errorf("installed as %q, %v", spec, ok)
	}
	if _, ok := installed(dir, "../googlenet"); ok {
		t.Error("an unknown name is installed")
	}
	_, err = Find("nonesuch")
	wantError(t, err, `zoo: no public net is called "nonesuch"; known are googlenet, places365`)
}

// The table is well formed: names that are safe as paths, weights beside their
// description under the same stem, checksums of the right length.
func TestNets(t *testing.T) {
	name := regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)
	sum := regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})?$`)
	seen := map[string]bool{}
	for _, n := range Nets {
		if !name.MatchString(n.Name) || seen[n.Name] || n.About == "" || len(n.Files) == 0 {
			t.Errorf("%q is no entry", n.Name)
		}
		seen[n.Name] = true
		if strings.HasSuffix(n.Files[0].Name, ".onnx") && n.Name != "googlenet-onnx" && n.Licence == "" {
			t.Errorf("%s: its licence is not named", n.Name)
		}
		for i, f := range n.Files {
			if !name.MatchString(strings.ReplaceAll(f.Name, "_", "-")) || len(f.URLs) == 0 ||
				!sum.MatchString(f.SHA1+f.SHA256) || len(f.SHA1) == 64 || len(f.SHA256) == 40 {
				t.Errorf("%s: %+v is no file", n.Name, f)
			}
			for _, u := range f.URLs {
				if at, err := url.Parse(u); err != nil || at.Scheme != "https" && at.Scheme != "http" || at.Host == "" {
					t.Errorf("%s: %q is no address: %v", n.Name, u, err)
				}
			}
			if why := f.Insecure(); why != "" && n.Name != "places365" {
				t.Errorf("%s: %s: %s", n.Name, f.Name, why)
			}
			if i == 0 && f.Name != n.Name+filepath.Ext(f.Name) {
				t.Errorf("%s begins with %s", n.Name, f.Name)
			}
			if strings.HasSuffix(f.Name, ".caffemodel") && f.Name != n.Name+".caffemodel" {
				t.Errorf("%s is not found beside %s", f.Name, n.Files[0].Name)
			}
		}
	}
}
