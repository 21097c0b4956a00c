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
	"time"
)

// stall is how long a server may send nothing.
const stall = 60 * time.Second

// Get downloads a net's files into a folder of its name in dir. Progress hears
// bytes of all files together; total is a guess until all servers have told.
//
// A download that broke off is taken up again by the next Get. No file stands
// under its final name before it is whole and its checksum, where one is published, is right.
func Get(ctx context.Context, net Net, dir string, progress func(done, total int64)) error {
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
		d := download{file: f, path: filepath.Join(dir, f.Name), progress: func(n, total int64) {
			if progress != nil {
				progress(done+n, done+max(total, n)+rest)
			}
		}}
		n, err := d.run(ctx)
		if err != nil {
			return fmt.Errorf("zoo: %s: %w", f.Name, err)
		}
		done += n
	}
	return nil
}

// download is one file on its way. What has come stands in path.part, the
// server's name for its version in path.part.tag.
type download struct {
	file     File
	path     string
	progress func(done, total int64)
}

func (d *download) part() string { return d.path + ".part" }
func (d *download) tag() string  { return d.path + ".part.tag" }

// run gives the size of the file once it stands under its name.
func (d *download) run(ctx context.Context) (int64, error) {
	if info, err := os.Stat(d.path); err == nil && d.file.check(d.path) == nil {
		d.progress(info.Size(), info.Size())
		return info.Size(), nil
	}
	if err := d.fetch(ctx); err != nil {
		return 0, err
	}
	if err := d.file.check(d.part()); err != nil {
		d.discard()
		return 0, fmt.Errorf("%w; what came is removed", err)
	}
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

func (d *download) discard() {
	os.Remove(d.part())
	os.Remove(d.tag())
}

// fetch completes the part, from where it ends if the server still has that version.
func (d *download) fetch(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stall, func() { cancel(errors.New("the server sends nothing")) })
	defer watch.Stop()

	have := d.resumable()
	res, err := d.request(ctx, have)
	if err != nil {
		return because(ctx, err)
	}
	defer res.Body.Close()
	switch {
	case res.StatusCode == http.StatusPartialContent && rangeStart(res) == have:
	case res.StatusCode == http.StatusRequestedRangeNotSatisfiable && have > 0:
		// Nothing is missing, or the part is of something else: the checksum decides.
		if res.Header.Get("Content-Range") == fmt.Sprintf("bytes */%d", have) {
			return nil
		}
		d.discard()
		return errors.New("the server's file has changed; what had come is removed, try again")
	case res.StatusCode == http.StatusOK:
		have = 0
	default:
		return fmt.Errorf("%s says %s", d.file.URL, res.Status)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return fmt.Errorf("%s is a web page, not the file", d.file.URL)
	}
	return because(ctx, d.save(res, have, watch))
}

// resumable is how much of a part can be kept: all of it if its version is
// known or a checksum will tell, else nothing.
func (d *download) resumable() int64 {
	info, err := os.Stat(d.part())
	if err != nil {
		return 0
	}
	if _, err := os.Stat(d.tag()); err != nil && d.file.SHA1+d.file.SHA256 == "" {
		return 0
	}
	return info.Size()
}

func (d *download) request(ctx context.Context, have int64) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.file.URL, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "zalgoscope")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		if tag, err := os.ReadFile(d.tag()); err == nil {
			req.Header.Set("If-Range", string(tag))
		}
	}
	return http.DefaultClient.Do(req)
}

// rangeStart is the first byte of a partial answer, or -1.
func rangeStart(res *http.Response) int64 {
	var from int64
	if _, err := fmt.Sscanf(res.Header.Get("Content-Range"), "bytes %d-", &from); err != nil {
		return -1
	}
	return from
}

// save appends the body to the first have bytes of the part.
func (d *download) save(res *http.Response, have int64, watch *time.Timer) error {
	total := int64(-1)
	if res.ContentLength >= 0 {
		total = have + res.ContentLength
		if err := checkRoom(filepath.Dir(d.path), res.ContentLength); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(d.part(), os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Truncate(have); err != nil {
		return err
	}
	if _, err := f.Seek(have, io.SeekStart); err != nil {
		return err
	}
	if err := d.saveTag(res); err != nil {
		return err
	}
	d.progress(have, total)
	buf := make([]byte, 256<<10)
	for {
		n, err := res.Body.Read(buf)
		if _, err := f.Write(buf[:n]); err != nil {
			return err
		}
		have += int64(n)
		watch.Reset(stall)
		d.progress(have, total)
		if err := res.Request.Context().Err(); err != nil {
			return err // what is buffered already would still be read
		}
		if err == io.EOF {
			return f.Sync()
		}
		if err != nil {
			return fmt.Errorf("the connection broke after %d bytes; the next try goes on from there: %w", have, err)
		}
	}
}

// saveTag keeps a strong ETag, or else the date, by which to ask for the rest of the same version.
func (d *download) saveTag(res *http.Response) error {
	tag := res.Header.Get("ETag")
	if tag == "" || strings.HasPrefix(tag, "W/") {
		tag = res.Header.Get("Last-Modified")
	}
	if tag == "" {
		os.Remove(d.tag())
		return nil
	}
	return os.WriteFile(d.tag(), []byte(tag), 0o644)
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
