package record

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"zalgoscope/app/beside"
	"zalgoscope/app/ffmpeg"
)

// finish copies the video into one piece with the whole recipe. Only a copy that is proved to be whole takes its
// place: ffmpeg 5.1.9 ends without an error where the disk is full by the time that it writes the file's end.
func (v *video) finish() error {
	pieces, err := packets(v.place)
	if err == nil && pieces.count < v.frames {
		err = fmt.Errorf("%d of %d frames came so far", pieces.count, v.frames)
	}
	if err != nil {
		return v.trimmed(err)
	}
	s, err := beside.Scratch(v.place.Folder())
	if err != nil {
		return err
	}
	if err := v.remux(s, pieces); err != nil {
		s.Discard()
		return fmt.Errorf("%w; the video stays in pieces of a second, and its recipe as it was at the beginning", err)
	}
	return v.place.Replace(s)
}

// remux writes the one piece to s and checks it.
func (v *video) remux(s *beside.File, want proof) error {
	text := v.notes.whole()
	sound := v.o.Sound
	if sound != nil {
		// A fragmented file's clock begins with the first packet's time to be decoded, not to be seen.
		begin, err := startTime(v.place.Name())
		if err != nil {
			return err
		}
		moved := *sound
		moved.Late -= begin
		sound = &moved
	}
	return mux(s, v.ext, []string{"-i", ffmpeg.File(v.place.Name())}, sound, text, func(got proof) error {
		if got != want {
			return fmt.Errorf("the copy in one piece has %d of %d frames whole", got.count, want.count)
		}
		return nil
	})
}

// mux writes a video, whose input is given, with its sound and a recipe's text to s, and checks it.
func mux(s *beside.File, ext string, video []string, sound *Sound, text string, check func(proof) error) (err error) {
	for _, args := range muxes(ext, video, sound) {
		if ext == ".mp4" {
			args = append(args, "-movflags", "faststart")
		}
		cmd := ffmpeg.Command(append(args, "-f", strings.TrimPrefix(ext, "."), ffmpeg.File(s.Name()))...)
		cmd.Stdin = strings.NewReader(metadata(text))
		var out []byte
		if out, err = cmd.CombinedOutput(); err != nil {
			err = complaint(err, string(out))
			continue
		}
		got, err := packets(s)
		if err == nil {
			err = check(got)
		}
		if err == nil {
			err = carries(s, text)
		}
		if err != nil {
			return complaint(err, string(out))
		}
		return nil
	}
	return err
}

// startTime is the time of a video's first picture on its own clock, in seconds.
func startTime(path string) (float64, error) {
	out, err := ffmpeg.Probe("-v", "error", "-select_streams", "v:0", "-show_entries", "stream=start_time", "-of", "csv=p=0", ffmpeg.File(path)).Output()
	if err != nil {
		return 0, fmt.Errorf("record: ffprobe: %w", err)
	}
	at, err := strconv.ParseFloat(strings.Trim(strings.TrimSpace(string(out)), ","), 64)
	if err != nil {
		return 0, fmt.Errorf("record: the video has no time at which it begins: %q", out)
	}
	return at, nil
}

// proof is the number of a video's packets and the checksum of what is in them.
type proof struct {
	count int
	sum   [sha256.Size]byte
}

// packets has ffmpeg read a video's packets.
func packets(f *beside.File) (p proof, err error) {
	cmd := ffmpeg.Command("-i", ffmpeg.File(f.Name()), "-map", "0:v", "-c", "copy", "-f", "framemd5", "pipe:1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return p, fmt.Errorf("record: ffmpeg: %w", err)
	}
	sum := sha256.New()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		p.count++
		// Stream, two times, duration, size, checksum: the times have other units in the copy.
		fields := strings.Split(line, ",")
		fmt.Fprintln(sum, fields[max(len(fields)-2, 0):])
	}
	if err := errors.Join(lines.Err(), cmd.Wait()); err != nil {
		return p, complaint(err, stderr.String())
	}
	sum.Sum(p.sum[:0])
	return p, nil
}

// carries checks that a text is in a file.
func carries(f *beside.File, text string) error {
	if text == "" {
		return nil
	}
	file, err := os.Open(f.Name())
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	defer file.Close()
	if found, err := scan(file); err != nil || found != text {
		return errors.Join(errors.New("the copy in one piece lacks the recipe"), err)
	}
	return nil
}

// metadata is ffmpeg's metadata file with a comment.
func metadata(text string) string {
	const head = ";FFMETADATA1\n"
	if text == "" {
		return head
	}
	escaped := strings.NewReplacer("\\", "\\\\", "=", "\\=", ";", "\\;", "#", "\\#", "\n", "\\\n").Replace(text)
	return head + "comment=" + escaped + "\n"
}
