package record

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"image"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"zalgoscope/app/beside"
	"zalgoscope/app/ffmpeg"
)

// Pieces writes a video, of any length, that takes so long to make that it has to survive a kill: in pieces of some
// time's work, which lie in a folder beside its place with what is needed to go on. It is used by one goroutine at a time.
type Pieces struct {
	path, ext, folder string
	o                 Options
	lock              *beside.File
	kept              keptPieces
	rec               Recorder      // of the piece in the making; nil between pieces
	name              string        // of its file
	frames            int           // in it
	work              time.Duration // on a piece
	began             time.Time
}

// keptPieces is what is known of the pieces that are whole.
type keptPieces struct {
	Key    string // of what is made
	Names  []string
	Counts []int  // of the frames in each; shorter where the first pieces were made before there were counts
	Frames int    // in all of them
	State  []byte // of the work after the last one
}

// OpenPieces begins a video, or goes on with one of the same key that was begun at this path. A kill costs the work on one
// piece.
func OpenPieces(path, key string, work time.Duration, o Options) (*Pieces, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	p := &Pieces{path: path, ext: strings.ToLower(filepath.Ext(path)), folder: path + ".parts", o: o, work: work}
	if err := checkVideo(p.ext)(path, o, image.Point{}); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.folder, 0o755); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	if p.lock, err = beside.Create(filepath.Join(p.folder, "lock")); err != nil {
		return nil, err
	}
	if err := p.recall(key); err != nil {
		p.lock.Discard()
		return nil, err
	}
	return p, nil
}

// pieceName is what the names of pieces' files begin like.
var pieceName = regexp.MustCompile(`^\d{6}-[0-9a-f]{8}\.`)

func (p *Pieces) stateFile() string { return filepath.Join(p.folder, "state") }

// recall reads what was made before.
func (p *Pieces) recall(key string) error {
	data, err := os.ReadFile(p.stateFile())
	if errors.Is(err, fs.ErrNotExist) {
		p.kept = keptPieces{Key: key}
		return nil
	}
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(data)).Decode(&p.kept)
	}
	if err != nil {
		return fmt.Errorf("record: %q cannot be gone on with: %w; delete that folder to begin anew", p.folder, err)
	}
	if p.kept.Key != key {
		return fmt.Errorf("record: %q has the beginning of another dream, made by other knobs or of another film; delete that folder to begin anew, or choose another name", p.folder)
	}
	for _, name := range p.kept.Names {
		if !Regular(filepath.Join(p.folder, name)) {
			return fmt.Errorf("record: %q lacks %s; delete that folder to begin anew", p.folder, name)
		}
	}
	return nil
}

// Kept is how many frames are whole, and the state of the work after them; nil at the beginning.
func (p *Pieces) Kept() (frames int, state []byte) { return p.kept.Frames, p.kept.State }

// Add writes the next frame. When it is time to end a piece it asks for the work's state after it.
func (p *Pieces) Add(m *image.RGBA, state func() ([]byte, error)) error {
	if p.rec == nil {
		if err := p.begin(); err != nil {
			return err
		}
	}
	if err := p.rec.Add(m); err != nil {
		return err
	}
	if p.frames++; time.Since(p.began) < p.work {
		return nil
	}
	return p.keep(state)
}

func (p *Pieces) begin() error {
	// The ffmpeg of one that was killed may still write what it has of this piece: each has a name of its own.
	p.name = fmt.Sprintf("%06d-%08x%s", len(p.kept.Names), rand.Uint32(), p.ext)
	path := filepath.Join(p.folder, p.name)
	o := p.o
	o.piece = true
	o.Recipe, o.Sound, o.Closing, o.Cut, o.Loop = nil, nil, nil, nil, ""
	rec, err := Create(path, o)
	if err != nil {
		return err
	}
	p.rec, p.frames, p.began = rec, 0, time.Now()
	return nil
}

// keep ends the piece in the making.
func (p *Pieces) keep(state func() ([]byte, error)) error {
	if p.rec == nil {
		return nil
	}
	err := p.rec.Close()
	p.rec = nil
	if err != nil {
		return err
	}
	next := p.kept
	if len(next.Counts) == len(next.Names) {
		next.Counts = append(slices.Clip(next.Counts), p.frames)
	}
	next.Names = append(slices.Clip(next.Names), p.name)
	next.Frames += p.frames
	if next.State, err = state(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(next); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	err = beside.Write(p.stateFile(), func(w io.Writer) error {
		_, err := w.Write(b.Bytes())
		return err
	})
	if err == nil {
		p.kept = next
	}
	return err
}

// Stop leaves the pieces as they are, that in the making with the frames so far, to be gone on with.
func (p *Pieces) Stop(state func() ([]byte, error)) error {
	err := p.keep(state)
	p.lock.Discard()
	_ = os.Remove(p.folder) // which goes where nothing is in it
	return err
}

// Finish joins the pieces to the video at its place, with its sound, and takes them away.
func (p *Pieces) Finish(state func() ([]byte, error)) error {
	err := p.keep(state)
	if err == nil && p.kept.Frames == 0 {
		err = ErrEmpty
	}
	if err == nil {
		err = p.join()
	}
	p.lock.Discard()
	if err != nil {
		return err
	}
	if err := p.clear(); err != nil {
		return fmt.Errorf("record: the video is whole, but its pieces cannot be taken away: %w", err)
	}
	return nil
}

// clear takes away what was made in the folder, and the folder unless it has something of somebody else's.
func (p *Pieces) clear() error {
	entries, err := os.ReadDir(p.folder)
	for _, e := range entries {
		if name := e.Name(); name == "state" || name == "list" || name == "lock" || pieceName.MatchString(name) {
			err = errors.Join(err, os.Remove(filepath.Join(p.folder, name)))
		}
	}
	_ = os.Remove(p.folder)
	return err
}

// writeList writes the list of the pieces for ffmpeg. It takes names for addresses, in which # and ? have a meaning, unless they
// are whole ones; and it would place pieces by the lengths in them, which are in milliseconds.
func (p *Pieces) writeList(w io.Writer) error {
	folder, err := filepath.Abs(p.folder)
	if err != nil {
		return err
	}
	text := []byte("ffconcat version 1.0\n")
	counted := len(p.kept.Counts) == len(p.kept.Names)
	at := func(frames int) float64 { return math.Round(1e6*float64(frames)/p.o.FPS) / 1e6 }
	sum := 0
	for i, name := range p.kept.Names {
		text = fmt.Appendf(text, "file '%s'\n", strings.ReplaceAll(ffmpeg.File(filepath.Join(folder, name)), "'", `'\''`))
		if counted {
			text = fmt.Appendf(text, "duration %.6f\n", at(sum+p.kept.Counts[i])-at(sum))
			sum += p.kept.Counts[i]
		}
	}
	_, err = w.Write(text)
	return err
}

func (p *Pieces) join() error {
	list := filepath.Join(p.folder, "list")
	if err := beside.Write(list, p.writeList); err != nil {
		return err
	}
	out, err := beside.Create(p.path)
	if err != nil {
		return err
	}
	text := ""
	if p.o.Recipe != nil {
		r := p.o.Recipe().made(p.o, p.kept.Frames)
		text = r.stored()
	}
	if err := mux(out, p.ext, []string{"-f", "concat", "-safe", "0", "-i", ffmpeg.File(list)}, p.o.Sound, text, func(got proof) error {
		if got.count != p.kept.Frames {
			return fmt.Errorf("%d of %d frames are in the joined video", got.count, p.kept.Frames)
		}
		return nil
	}); err != nil {
		out.Discard()
		return fmt.Errorf("%w; the pieces stay in %q", err, p.folder)
	}
	return out.Take()
}
