package zoo

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// Options say how Get works.
type Options struct {
	Insecure bool                    // take files that have no published checksum, and from servers without https
	Progress func(done, total int64) // hears bytes of all files together; total is a guess until all servers have told
	Client   *http.Client            // nil: the default one
}

// Get downloads a net's files into a folder of its name in dir, each from the first of its mirrors that has it
// right.
//
// A download that broke off is taken up again, by the next mirror or the next Get. No file stands
// under its final name before it is whole and its checksum, where one is published, is right.
func Get(ctx context.Context, net Net, dir string, o Options) error {
	for _, f := range net.Files {
		if why := f.Insecure(); why != "" && !o.Insecure {
			return fmt.Errorf("zoo: %s: %s, so that somebody on the way could exchange it; --insecure takes it all the same", f.Name, why)
		}
	}
	dir = filepath.Join(dir, net.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("zoo: %w", err)
	}
	done, rest := int64(0), int64(0)
	for _, f := range net.Files {
		rest += f.Size
	}
	for _, f := range net.Files {
		rest -= f.Size
		d := download{file: f, client: o.client(), urls: f.URLs, path: filepath.Join(dir, f.Name), progress: func(n, total int64) {
			if o.Progress != nil {
				o.Progress(done+n, done+max(total, n)+rest)
			}
		}}
		if !o.Insecure {
			d.urls = f.secure()
		}
		n, err := d.run(ctx)
		if err != nil {
			return fmt.Errorf("zoo: %s: %w", f.Name, err)
		}
		done += n
	}
	return nil
}

// client is the HTTP client, which follows no redirection away from https unless that may be.
func (o Options) client() *http.Client {
	c := http.Client{}
	if o.Client != nil {
		c = *o.Client
	}
	c.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		const most = 10
		if len(via) == most {
			return errors.New("too many redirections")
		}
		if req.URL.Scheme != "https" && !o.Insecure {
			return fmt.Errorf("leads to %s, which is not https", req.URL.Host)
		}
		return nil
	}
	return &c
}

// run gives the size of the file once it stands under its name.
func (d *download) run(ctx context.Context) (int64, error) {
	if size, ok := d.there(); ok {
		return size, nil
	}
	done, err := d.alone()
	if err != nil {
		return 0, err
	}
	defer done()
	if size, ok := d.there(); ok { // by now
		return size, nil
	}
	var failed []string
	for _, url := range d.urls {
		size, err := d.from(ctx, url)
		if err == nil {
			return size, nil
		}
		if ctx.Err() != nil || len(d.urls) == 1 {
			return 0, err
		}
		failed = append(failed, err.Error())
	}
	return 0, fmt.Errorf("none of its %d mirrors has it: %s", len(d.urls), strings.Join(failed, "; "))
}

// there tells whether the file stands under its name, whole.
func (d *download) there() (size int64, ok bool) {
	info, err := os.Stat(d.path)
	if err != nil || !info.Mode().IsRegular() || d.file.check(d.path) != nil {
		return 0, false
	}
	d.progress(info.Size(), info.Size())
	return info.Size(), true
}

// from brings the file from one mirror. What was taken up from an earlier try and comes out wrong is
// fetched again from the start, once.
func (d *download) from(ctx context.Context, url string) (int64, error) {
	for anew := false; ; anew = true {
		resumed, err := d.fetch(ctx, url)
		if errors.Is(err, errPart) && !anew {
			continue
		}
		if err != nil {
			return 0, err
		}
		if err = d.file.check(d.part()); err == nil {
			return d.install()
		}
		d.discard()
		if !resumed {
			return 0, fmt.Errorf("%w; what came is removed", err)
		}
	}
}

// install gives the part its final name.
func (d *download) install() (int64, error) {
	info, err := os.Stat(d.part())
	if err != nil {
		return 0, err
	}
	if err := os.Rename(d.part(), d.path); err != nil {
		return 0, err
	}
	os.Remove(d.tag())
	return info.Size(), nil
}

// because prefers the reason for which a context ended to what broke then.
func because(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// check compares a file with the published checksum; without one any file passes.
func (f File) check(path string) error {
	var h hash.Hash
	want, kind := f.SHA256, "SHA-256"
	switch {
	case f.SHA256 != "":
		h = sha256.New()
	case f.SHA1 != "":
		h, want, kind = sha1.New(), f.SHA1, "SHA-1"
	default:
		return nil
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(h, file); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("its %s is %s, not %s", kind, got, want)
	}
	return nil
}
