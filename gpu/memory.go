package gpu

import (
	"errors"
	"fmt"
	"unsafe"

	"zalgoscope/nn"
)

// Memory is what an engine remembers of a layer, on the device: a vec4 for each block of four channels, and one
// that begins with the mean norm. It implements nn.Memory.
type Memory struct {
	engine   *Engine
	channels int
	values   *buffer
	read     *readback // or nil
	released bool
}

var _ nn.Memory = (*Memory)(nil)

// NewMemory makes an empty memory of a layer of that many channels.
func (e *Engine) NewMemory(channels int) (nn.Memory, error) {
	if channels < 1 {
		return nil, fmt.Errorf("gpu: a memory of %d channels is empty", channels)
	}
	m := &Memory{engine: e, channels: channels}
	if size := m.bytes(); size > e.device.Limits.Block {
		return nil, fmt.Errorf("gpu: a memory of %d channels takes %d MiB, %s binds at most %d",
			channels, size>>20, e.device.Renderer, e.device.Limits.Block>>20)
	}
	err := e.do(func() {
		m.values = e.alloc("memory", m.bytes())
		e.memories[m] = true
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Memory) bytes() int64 { return int64(blocksOf(m.channels)+1) * texel }

// norm is where the mean norm stands among the floats on the device.
func (m *Memory) norm() int { return 4 * blocksOf(m.channels) }

// Release frees the memory.
func (m *Memory) Release() {
	if m.released || m.engine.context == nil {
		return
	}
	m.released = true
	// A lost device's memory is freed with the engine.
	_ = m.engine.do(func() {
		m.free()
		delete(m.engine.memories, m)
	})
}

// free deletes the buffers, on the context's thread.
func (m *Memory) free() {
	m.values.free()
	if m.read != nil {
		m.read.free()
	}
}

func (m *Memory) fits(v []float32) error {
	switch {
	case m.released:
		return errors.New("gpu: the memory is released")
	case len(v) != m.channels+1:
		return fmt.Errorf("gpu: %d values do not fit a memory of %d", len(v), m.channels+1)
	}
	return nil
}

// Write sets the channels' values and the mean norm.
func (m *Memory) Write(v []float32) error {
	if err := m.fits(v); err != nil {
		return err
	}
	data := make([]float32, m.bytes()/4)
	copy(data, v[:m.channels])
	data[m.norm()] = v[m.channels]
	return m.engine.do(func() { m.engine.bring("memory", m.values.whole(), data) })
}

// StartRead starts to copy the values as they are now and does not wait. One copy is
// under way at a time: another one before Wait drops the first.
func (m *Memory) StartRead(v []float32) (nn.Reading, error) {
	if err := m.fits(v); err != nil {
		return nil, err
	}
	return &recollection{m, v}, m.engine.do(func() {
		if m.read == nil {
			m.read = newReadback(m.engine, int(m.bytes()))
		}
		m.read.start(m.values.whole())
	})
}

// recollection is a copy of a memory on its way.
type recollection struct {
	memory *Memory
	values []float32
}

func (r *recollection) Done() bool {
	done := true
	err := r.memory.engine.do(func() { done = r.memory.read.come() })
	return done || err != nil
}

func (r *recollection) Wait() error {
	m := r.memory
	if err := m.fits(r.values); err != nil {
		return err
	}
	return m.engine.do(func() {
		if m.read == nil || m.read.fence == 0 {
			fail(errors.New("gpu: no copy of the memory is under way"))
		}
		m.read.wait("memory", func(data unsafe.Pointer) {
			in := unsafe.Slice((*float32)(data), m.bytes()/4)
			copy(r.values, in[:m.channels])
			r.values[m.channels] = in[m.norm()]
		})
	})
}

// remembers gives the memory of a target for a layer of so many channels, or fails.
func (e *Engine) remembers(t nn.Target, channels int) *Memory {
	m, ok := t.Fatigue.Memory.(*Memory)
	if !ok || m.engine != e || m.released || m.channels != channels {
		fail(fmt.Errorf("gpu: the memory of layer %q is released, of another engine or not of %d channels", t.Layer, channels))
	}
	return m
}
