package zoo

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"

	"zalgoscope/nn/disk"
)

// resumable is how much of a part a mirror can complete, and the mirror's name for its version, "" where
// the file's checksum will tell. Anything odd is discarded: a part that is no file of our own, a tag
// that no server sends.
func (d *download) resumable(url string) (have int64, version string) {
	info, err := os.Lstat(d.part())
	if err != nil || !info.Mode().IsRegular() {
		d.discard()
		return 0, ""
	}
	from, version, ok := d.readTag()
	if !ok {
		d.discard()
		return 0, ""
	}
	if from == url && version != "" {
		return info.Size(), version
	}
	if d.file.SHA1+d.file.SHA256 == "" {
		d.discard()
		return 0, ""
	}
	return info.Size(), ""
}

// open gives the part's file, cut to its first have bytes, without following a link.
func (d *download) open(have int64) (*os.File, error) {
	if have == 0 {
		if err := os.Remove(d.part()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		return os.OpenFile(d.part(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	}
	seen, err := os.Lstat(d.part())
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(d.part(), os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !os.SameFile(seen, info) {
		err = errors.New("what had come was exchanged for something else; try again")
	}
	if err == nil {
		err = f.Truncate(have)
	}
	if err == nil {
		_, err = f.Seek(have, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// saveTag keeps the mirror and its strong ETag, or else the date, by which to ask for the rest of the same version.
func (d *download) saveTag(url string, res *http.Response) error {
	version := res.Header.Get("ETag")
	if !isTag(version) {
		version = res.Header.Get("Last-Modified")
	}
	if !isTag(version) {
		version = ""
	}
	if err := os.Remove(d.tag()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(d.tag(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(url + "\n" + version + "\n")
	return errors.Join(err, f.Close())
}

// readTag gives back what saveTag kept; ok is false for anything else.
func (d *download) readTag() (url, version string, ok bool) {
	info, err := os.Lstat(d.tag())
	if errors.Is(err, os.ErrNotExist) {
		return "", "", true
	}
	if err != nil || !info.Mode().IsRegular() {
		return "", "", false
	}
	text, err := disk.Read(d.tag(), 8<<10)
	lines := strings.Split(string(text), "\n")
	if err != nil || len(lines) != 3 || lines[2] != "" || lines[1] != "" && !isTag(lines[1]) {
		return "", "", false
	}
	return lines[0], lines[1], true
}

// isTag tells whether a text can name a version in If-Range: a strong ETag or a date.
func isTag(s string) bool {
	if _, err := http.ParseTime(s); err == nil {
		return true
	}
	const most = 1024
	if len(s) < 2 || len(s) > most || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	for _, c := range []byte(s[1 : len(s)-1]) {
		if c <= ' ' || c == '"' || c >= 0x7f {
			return false
		}
	}
	return true
}
