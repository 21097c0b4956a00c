package record

import (
	"fmt"
	"io"
)

// file is what recorders need of a file.
type file interface {
	io.WriterAt
	Truncate(size int64) error
}

// appender writes a file that is whole after every append, and stays whole when the
// program is killed within one or the disk is full: the file ends in a tail, such as
// GIF's trailer, after which readers look at nothing. What is appended is first
// written behind the tail; the new bytes then take the tail's place, the last
// thing to be written.
type appender struct {
	f    file
	end  int64  // where the tail begins
	tail []byte // what every whole file ends in
}

// newAppender writes the head of a file and its first tail.
func newAppender(f file, head, tail []byte) (*appender, error) {
	a := &appender{f: f, end: int64(len(head)), tail: tail}
	if _, err := f.WriteAt(append(head[:len(head):len(head)], tail...), 0); err != nil {
		return nil, fmt.Errorf("record: cannot write: %w", err)
	}
	return a, nil
}

// append adds data, which must not be shorter than the tail. After an error the file
// is as before.
func (a *appender) append(data []byte) error {
	n := len(a.tail)
	behind := append(append([]byte(nil), data[n:]...), a.tail...)
	_, err := a.f.WriteAt(behind, a.end+int64(n))
	if err == nil {
		_, err = a.f.WriteAt(data[:n], a.end)
	}
	if err != nil {
		_, _ = a.f.WriteAt(a.tail, a.end)
		_ = a.f.Truncate(a.end + int64(n))
		return fmt.Errorf("record: cannot write on: %w", err)
	}
	a.end += int64(len(data))
	return nil
}

// soFar is an error at which so many frames are in a file that stays whole.
func soFar(err error, frames int) error {
	if frames == 0 {
		return err
	}
	return fmt.Errorf("%w; what was recorded so far is safe", err)
}
