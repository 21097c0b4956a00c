package capture

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"os/exec"
	"strings"
	"sync"

	"zalgoscope/app/ffmpeg"
)

// reader reads pictures from a run of ffmpeg through a pipe. Close may be called by any goroutine, the rest by one.
type reader struct {
	name   string
	cmd    *exec.Cmd
	pipe   *bufio.Reader
	stderr ffmpeg.Tail
	once   sync.Once
	err    error // of the process, once it has ended
}

// exact has swscale keep white white and colours in their place.
const exact = "bicubic+full_chroma_int+accurate_rnd"

// open begins to read a source's pictures through filters, the last of which gives them their size.
func open(s Source, before []string, filters ...string) (*reader, error) {
	args := append([]string{"-nostdin"}, before...)
	args = append(args, s.input...)
	args = append(args, "-map", s.stream(), "-vf", strings.Join(append(filters, "format=rgba"), ","), "-sws_flags", exact,
		"-fps_mode", "passthrough", "-f", "image2pipe", "-c:v", "pam", "pipe:1")
	r := &reader{name: s.Name, cmd: ffmpeg.Command(args...)}
	r.cmd.Stderr = &r.stderr
	out, err := r.cmd.StdoutPipe()
	if err == nil {
		err = r.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("capture: %s: %w", s.Name, ffmpeg.Complaint(err, ""))
	}
	r.pipe = bufio.NewReaderSize(out, 1<<16)
	return r, nil
}

// mostSide and mostPixels are the largest picture that is read.
const (
	mostSide   = 16384
	mostPixels = 1 << 27
)

// next is the next picture, opaque, of its own memory. After the last one the error is io.EOF.
func (r *reader) next() (*image.RGBA, error) {
	var w, h int
	for {
		line, err := r.pipe.ReadString('\n')
		if err != nil {
			return nil, r.ended(err)
		}
		line = strings.TrimSpace(line)
		if line == "ENDHDR" {
			break
		}
		name, value, _ := strings.Cut(line, " ")
		switch name {
		case "WIDTH":
			_, err = fmt.Sscan(value, &w)
		case "HEIGHT":
			_, err = fmt.Sscan(value, &h)
		case "DEPTH":
			if value != "4" {
				err = errors.New("it has not four values a pixel")
			}
		}
		if err != nil {
			return nil, fmt.Errorf("capture: %s: a picture of ffmpeg's cannot be read: %w", r.name, err)
		}
	}
	if w < 1 || h < 1 || w > mostSide || h > mostSide || w*h > mostPixels {
		return nil, fmt.Errorf("capture: %s has pictures of %dx%d", r.name, w, h)
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	if _, err := io.ReadFull(r.pipe, m.Pix); err != nil {
		return nil, r.ended(err)
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return m, nil
}

// ended is io.EOF where ffmpeg ended well, else its complaint.
func (r *reader) ended(err error) error {
	r.once.Do(func() { r.err = r.cmd.Wait() })
	if r.err != nil {
		return fmt.Errorf("capture: %s: %w", r.name, ffmpeg.Complaint(r.err, r.stderr.String()))
	}
	return io.EOF
}

// complaint is the last of what ffmpeg said of pictures that it read nevertheless, "" for nothing.
func (r *reader) complaint() string {
	lines := strings.Split(strings.TrimSpace(r.stderr.String()), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// Close ends the run.
func (r *reader) Close() {
	_ = r.cmd.Process.Kill() // it may have ended
	r.once.Do(func() { r.err = r.cmd.Wait() })
}

// fitted are filters that make pictures square-pixelled and at most so many pixels long.
func fitted(most int) []string {
	return []string{
		"scale=w='max(1,round(iw*max(sar,1e-3)))':h=ih", "setsar=1",
		fmt.Sprintf("scale=w='max(1,round(iw*min(1,%d/max(iw,ih))))':h='max(1,round(ih*min(1,%d/max(iw,ih))))'", most, most),
	}
}
