package teach

import (
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"zalgoscope/app/beside"
	"zalgoscope/nn"
	"zalgoscope/nn/train"
)

// keepEvery is how often a checkpoint is written.
const keepEvery = 30 * time.Second

// state is what a lesson goes on from.
type state struct {
	Lesson  string // which one it is of
	Epochs  int    // in all
	Steps   int    // done
	Loss    float64
	Right   int // of those shown in the present epoch
	Shown   int
	History []Epoch
	Taken   time.Duration // by the steps done
	Guarded bool          // something stood where the net goes when the lesson began
}

// checkpoint is a state with the numbers that belong to it.
type checkpoint struct {
	State     state
	Optimiser train.Optimiser
	Values    [][]float32
	Norms     [][]float32
}

// KeepFile is where the checkpoints of lessons lie whose net goes to a path.
func KeepFile(out string) string {
	if abs, err := filepath.Abs(out); err == nil {
		out = abs
	}
	sum := sha256.Sum256([]byte(out))
	return filepath.Join(cacheDir(), hex.EncodeToString(sum[:12])+".lesson")
}

// version is that of what lessons make of the same options in a precision.
func version(p nn.Precision) int {
	if p == nn.BF16Tiles {
		return 4 // since weights' gradients are sums of products too
	}
	return 3
}

// identity tells lessons apart: what is learnt, from what, and how, by a version and in a precision.
func (l *Lesson) identity(version int, p nn.Precision) string {
	o, h := l.o, sha256.New()
	fmt.Fprintln(h, version, p, o.Adam, l.set.Sum, o.Origin, o.Scratch, o.Wide, o.Side, o.Epochs, o.Time, o.Robust, o.Seed, l.sampler.v, l.set.Classes, len(l.set.Pictures))
	for _, p := range l.set.Pictures {
		fmt.Fprintln(h, p.Class, p.Test)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// norms are the running values of the batch norms.
func (l *Lesson) norms() (out [][]float32) {
	for _, layer := range l.m.Net.Layers {
		if o, ok := layer.Op.(*train.BatchNorm); ok {
			out = append(out, append([]float32(nil), o.Mean...), append([]float32(nil), o.Variance...))
		}
	}
	return out
}

func (l *Lesson) setNorms(values [][]float32) {
	for _, layer := range l.m.Net.Layers {
		if o, ok := layer.Op.(*train.BatchNorm); ok {
			copy(o.Mean, values[0])
			copy(o.Variance, values[1])
			values = values[2:]
		}
	}
}

// keep writes a checkpoint. That it cannot is said once; the lesson goes on.
func (l *Lesson) keep() {
	l.kept = time.Now()
	if l.o.Keep == "" || l.Steps == 0 {
		return
	}
	l.state.Lesson = l.identity(version(l.learner.Precision()), l.learner.Precision())
	c := checkpoint{State: l.state, Optimiser: *l.optimiser, Norms: l.norms()}
	for _, p := range l.m.Params {
		c.Values = append(c.Values, p.Value)
	}
	err := os.MkdirAll(filepath.Dir(l.o.Keep), 0o755)
	if err == nil {
		err = beside.Write(l.o.Keep, func(w io.Writer) error { return gob.NewEncoder(w).Encode(&c) })
	}
	if err != nil && !l.warned && l.o.Warn != nil {
		l.warned = true
		l.o.Warn(fmt.Sprintf("teach: no checkpoint is kept: %v", err))
	}
}

// Forget removes the checkpoint of a lesson that is done.
func (l *Lesson) Forget() {
	if l.o.Keep != "" {
		_ = os.Remove(l.o.Keep)
	}
}

// resume takes up the checkpoint where it is of this lesson. One of another stays until this one keeps its own.
func (l *Lesson) resume() (bool, error) {
	if l.o.Keep == "" {
		return false, nil
	}
	f, err := os.Open(l.o.Keep)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, fmt.Errorf("teach: the checkpoint: %w", err)
	}
	defer f.Close()
	var c checkpoint
	if err := gob.NewDecoder(f).Decode(&c); err != nil {
		return false, nil
	}
	if err := l.follow(&c); err != nil {
		return false, err
	}
	own := l.learner.Precision()
	if c.State.Lesson == l.identity(version(own)-1, own) && l.o.Warn != nil {
		l.o.Warn(fmt.Sprintf("teach: %d steps of this lesson were learnt with an older version, which learnt otherwise; it begins anew", c.State.Steps))
	}
	if c.State.Lesson != l.identity(version(own), own) || !l.fits(&c) {
		return false, nil
	}
	l.setNorms(c.Norms)
	l.state, *l.optimiser = c.State, c.Optimiser
	for i, p := range l.m.Params {
		copy(p.Value, c.Values[i])
	}
	l.m.Changed()
	l.learner.Changed()
	size := len(l.batch.Y) / len(l.set.Classes)
	l.order = l.sampler.epoch(l.o.Seed, l.Steps/l.perEpoch, l.perEpoch*size)
	return true, nil
}

// followed are the precisions in which a lesson goes on where the best that there is, or the best of bfloat16, is asked for now: another
// version of the program, or another processor, may have taken another.
var followed = []struct{ is, asked nn.Precision }{{nn.FP32, nn.FP32}, {nn.BF16, nn.Former}, {nn.BF16Tiles, nn.BF16Tiles}}

// follow opens the learner anew in a checkpoint's precision, where that differs and it is not said in which to learn.
func (l *Lesson) follow(c *checkpoint) error {
	for _, p := range followed {
		open := l.o.Precision == nn.Fast || l.o.Precision == nn.BF16 && p.is != nn.FP32
		if !open || p.is == l.learner.Precision() || c.State.Lesson != l.identity(version(p.is), p.is) {
			continue
		}
		other, err := l.open(p.asked)
		if err != nil {
			return err
		}
		if other.Precision() == p.is {
			l.learner, other = other, l.learner
		} else if l.o.Warn != nil {
			l.o.Warn(fmt.Sprintf("teach: %d steps of this lesson were learnt in %s, which is not to be had here; it begins anew", c.State.Steps, p.is))
		}
		return other.Close()
	}
	return nil
}

// fits tells whether a checkpoint's numbers are as many as the model's.
func (l *Lesson) fits(c *checkpoint) bool {
	same := func(a, b [][]float32) bool {
		if len(a) != len(b) {
			return false
		}
		for i := range a {
			if len(a[i]) != len(b[i]) {
				return false
			}
		}
		return true
	}
	var values [][]float32
	for _, p := range l.m.Params {
		values = append(values, p.Value)
	}
	moments := !l.o.Adam || same(c.Optimiser.Second, values)
	return same(c.Values, values) && same(c.Norms, l.norms()) && same(c.Optimiser.First, values) && moments
}
