package dream

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"image"
	"math/rand/v2"
)

// checkpoint is all that a dream of moving pictures is between two frames, beside what it began with.
type checkpoint struct {
	Source             []byte // of random numbers
	Steps, Ticks, Done int64
	Healed, Dead       int64
	Frames             int
	Time               float64
	Width, Height      int
	Pixels             []byte // of the last frame
	Stir               []float32
	Memory             Memory
}

// Checkpoint gives what the dream of a film is now, from which Resume goes on to the same frames.
func (d *Dream) Checkpoint() ([]byte, error) {
	if err := d.settle(func() error { return d.collect(true) }); err != nil {
		return nil, err
	}
	if d.scene == nil || d.frames == 0 {
		return nil, fmt.Errorf("dream: only the dream of a film, of which there is a frame, can be gone on with later")
	}
	source, err := d.state.source.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("dream: %w", err)
	}
	m := d.last.Picture()
	c := checkpoint{
		Source: source, Steps: d.steps, Ticks: d.ticks, Done: d.done, Healed: d.healed, Dead: d.dead,
		Frames: d.frames, Time: d.time, Width: m.Rect.Dx(), Height: m.Rect.Dy(), Pixels: m.Pix, Stir: d.scene.stir, Memory: d.last.Memory,
	}
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(c); err != nil {
		return nil, fmt.Errorf("dream: %w", err)
	}
	return b.Bytes(), nil
}

// Resume brings a dream that has just begun, with the same input, net, seed and settings, to a checkpoint.
func (d *Dream) Resume(data []byte) error {
	var c checkpoint
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&c); err != nil {
		return fmt.Errorf("dream: what is to be gone on with cannot be read: %w", err)
	}
	var source rand.PCG
	if err := source.UnmarshalBinary(c.Source); err != nil || c.Frames < 1 || c.Width < 1 || c.Height < 1 || len(c.Pixels) != 4*c.Width*c.Height {
		return fmt.Errorf("dream: what is to be gone on with is damaged")
	}
	before, err := d.input.Picture(c.Frames - 1)
	if err != nil {
		return fmt.Errorf("dream: the input at frame %d: %w", c.Frames-1, err)
	}
	last := &image.RGBA{Pix: c.Pixels, Stride: 4 * c.Width, Rect: image.Rect(0, 0, c.Width, c.Height)}
	d.last = &Frame{Image: last, Number: c.Frames, Steps: c.Steps, Memory: c.Memory}
	d.start = before
	d.state.source = source
	d.steps, d.ticks, d.done, d.healed, d.dead = c.Steps, c.Ticks, c.Done, c.Healed, c.Dead
	d.frames, d.time = c.Frames, c.Time
	d.scene = &scene{picture: d.startAt(c.Width, c.Height), stir: c.Stir}
	release(&d.origin)
	return d.settle(d.restore)
}
