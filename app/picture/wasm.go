package picture

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// codec is a decoder in C as WebAssembly, from a package of which nothing else is used: called by its package it has a memory
// without bound, which is copied each time that it grows and handed out after it was given back.
type codec struct {
	packed *[]byte // by gzip
	once   sync.Once
	run    wazero.Runtime
	code   wazero.CompiledModule
	err    error // of preparing it
}

// errBound ends a decoding that would take more memory than it may.
var errBound = errors.New("it takes more memory to decode than its size accounts for")

func (c *codec) prepare() {
	ctx := context.Background()
	z, err := gzip.NewReader(bytes.NewReader(*c.packed))
	if err != nil {
		c.err = err
		return
	}
	code, err := io.ReadAll(z)
	if err != nil {
		c.err = err
		return
	}
	c.run = wazero.NewRuntime(ctx)
	if _, c.err = wasi_snapshot_preview1.Instantiate(ctx, c.run); c.err == nil {
		c.code, c.err = c.run.CompileModule(ctx, code)
	}
}

// decoding is one file in a codec.
type decoding struct {
	module api.Module
	file   uint32 // where the file is
	size   uint32 // of the file
	err    error  // the first one of a call
}

// open begins to decode a file, for which the codec may take so many bytes of memory, the file's own included.
func (c *codec) open(file []byte, most int64) (*decoding, error) {
	if c.once.Do(c.prepare); c.err != nil {
		return nil, c.err
	}
	memory, err := newBounded(min(most, 1<<32-1<<16)) // as much as WebAssembly has addresses for
	if err != nil {
		return nil, err
	}
	ctx := experimental.WithMemoryAllocator(context.Background(), experimental.MemoryAllocatorFunc(func(_, _ uint64) experimental.LinearMemory { return memory }))
	m, err := c.run.InstantiateModule(ctx, c.code, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		memory.Free()
		return nil, err
	}
	d := &decoding{module: m, size: uint32(len(file))}
	if d.file = d.call("malloc", d.size); d.err == nil && !m.Memory().Write(d.file, file) {
		d.err = errBound
	}
	if d.err != nil {
		d.close()
		return nil, d.err
	}
	return d, nil
}

// call calls a function of the codec's; after an error it does nothing and returns 0.
func (d *decoding) call(name string, args ...uint32) uint32 {
	if d.err != nil {
		return 0
	}
	wide := make([]uint64, len(args))
	for i, v := range args {
		wide[i] = uint64(v)
	}
	got, err := d.module.ExportedFunction(name).Call(context.Background(), wide...)
	switch {
	case errors.Is(err, errBound):
		d.err = errBound
	case err != nil:
		first, _, _ := strings.Cut(err.Error(), "\n") // without the codec's stack
		d.err = errors.New(first)
	case len(got) > 0:
		return uint32(got[0])
	}
	return 0
}

// decode calls the codec's decoder, which gives 0 for what it refuses.
func (d *decoding) decode(args ...uint32) error {
	if d.call("decode", append([]uint32{d.file, d.size}, args...)...) == 0 && d.err == nil {
		d.err = errors.New("its decoder refuses it")
	}
	return d.err
}

// number reads a number of the codec's memory.
func (d *decoding) number(at uint32) int {
	v, _ := d.module.Memory().ReadUint32Le(at)
	return int(v)
}

// bytes is a part of the codec's memory, until it is closed.
func (d *decoding) bytes(at uint32, n int) ([]byte, error) {
	b, ok := d.module.Memory().Read(at, uint32(n))
	if !ok {
		return nil, fmt.Errorf("its decoder gives no %d bytes", n)
	}
	return b, nil
}

func (d *decoding) close() { _ = d.module.Close(context.Background()) }

// bounded is the memory of a codec. It stays where it is, takes of the machine what it has grown to, and ends the codec's call by
// a panic, which wazero makes an error of, where it would grow beyond its bound: few decoders mind that they get no more.
type bounded struct {
	reserved []byte
}

// newBounded reserves addresses for a memory of so many bytes at most.
func newBounded(most int64) (*bounded, error) {
	b, err := reserve(int(most))
	if err != nil {
		return nil, fmt.Errorf("no memory to decode it: %w", err)
	}
	return &bounded{b}, nil
}

// Reallocate implements experimental.LinearMemory.
func (m *bounded) Reallocate(size uint64) []byte {
	if size > uint64(len(m.reserved)) {
		panic(errBound)
	}
	if err := commit(m.reserved[:size]); err != nil {
		panic(fmt.Errorf("no memory to decode it: %w", err))
	}
	return m.reserved[:size:size]
}

// Free implements experimental.LinearMemory.
func (m *bounded) Free() {
	release(m.reserved)
	m.reserved = nil
}
