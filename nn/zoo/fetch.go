package zoo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// stall is how long a server may send nothing.
const stall = 60 * time.Second

// download is one file on its way. What has come stands in path.part, its mirror and the
// mirror's name for its version in path.part.tag.
type download struct {
	file     File
	client   *http.Client
	urls     []string
	path     string
	progress func(done, total int64)
}

func (d *download) part() string { return d.path + ".part" }
func (d *download) tag() string  { return d.path + ".part.tag" }

func (d *download) discard() {
	os.Remove(d.part())
	os.Remove(d.tag())
}

// errPart is what is wrong with an answer to a download that was to be taken up: it begins anew.
var errPart = errors.New("another part of the file than was asked for")

// fetch completes the part from a mirror, from where it ends where that can be; resumed tells that it did so.
func (d *download) fetch(ctx context.Context, url string) (resumed bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stall, func() { cancel(errors.New("the server sends nothing")) })
	defer watch.Stop()

	have, version := d.resumable(url)
	res, err := d.request(ctx, url, have, version)
	if err != nil {
		return false, because(ctx, err)
	}
	defer res.Body.Close()
	total := res.ContentLength // of the whole file, or -1
	switch res.StatusCode {
	case http.StatusOK:
		have = 0
	case http.StatusPartialContent:
		from, all := rangeOf(res)
		if total >= 0 {
			total += have
		}
		if have == 0 || from != have || all >= 0 && total >= 0 && all != total {
			d.discard()
			return false, fmt.Errorf("%s sends %w", url, errPart)
		}
		total = max(total, all)
	case http.StatusRequestedRangeNotSatisfiable:
		// Nothing is missing, or the part is of something else: the checksum decides.
		if have > 0 && res.Header.Get("Content-Range") == fmt.Sprintf("bytes */%d", have) {
			return true, nil
		}
		d.discard()
		return false, fmt.Errorf("%s has %w", url, errPart)
	default:
		return false, fmt.Errorf("%s says %s", url, res.Status)
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return false, fmt.Errorf("%s is a web page, not the file", url)
	}
	return have > 0, because(ctx, d.save(res, url, have, total, watch))
}

func (d *download) request(ctx context.Context, url string, have int64, version string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "zalgoscope")
	req.Close = true // what a server sends after its answer is nobody's
	// A server that packs the body would count its bytes in another way than ours.
	req.Header.Set("Accept-Encoding", "identity")
	if have > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", have))
		if version != "" {
			req.Header.Set("If-Range", version)
		}
	}
	return d.client.Do(req)
}

// rangeOf is the first byte of a partial answer and the size of the whole, -1 where it does not say.
func rangeOf(res *http.Response) (from, all int64) {
	var to int64
	text := res.Header.Get("Content-Range")
	if n, _ := fmt.Sscanf(text, "bytes %d-%d/%d", &from, &to, &all); n == 3 {
		return from, all
	}
	if n, _ := fmt.Sscanf(text, "bytes %d-%d/*", &from, &to); n == 2 {
		return from, -1
	}
	return -1, -1
}

// save appends the body to the first have bytes of the part.
func (d *download) save(res *http.Response, url string, have, total int64, watch *time.Timer) error {
	most := d.file.most()
	if total > most {
		d.discard() // nothing can complete what is there
		return fmt.Errorf("%s is a file of %d bytes, and %d are the most for this one", url, total, most)
	}
	if total >= 0 {
		most = total
		if err := checkDiskSpace(filepath.Dir(d.path), total-have); err != nil {
			return err
		}
	}
	f, err := d.open(have)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := d.saveTag(url, res); err != nil {
		return err
	}
	d.progress(have, total)
	buf := make([]byte, 256<<10)
	for {
		n, err := res.Body.Read(buf)
		if int64(n) > most-have {
			f.Close() // or it cannot be removed everywhere
			d.discard()
			return fmt.Errorf("%s sends more than the %d bytes that it may; what came is removed", url, most)
		}
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
