package picture

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// codec is a decoder in C as WebAssembly, from a package of which nothing else is used: called by its package it has a memory
// without bound, which is copied each time that it grows and handed out after it was given back. Functions that it keeps to itself
// are known by their numbers, which hold for the package's version in go.mod alone.
type codec struct {
	packed  *[]byte           // by gzip
	often   []uint32          // are called for each part of a picture, one in each stage: there a decoding pauses
	enough  uint32            // when it returns the decoding ends, 0 for none
	exports map[string]uint32 // what is called besides
	once    sync.Once
	run     wazero.Runtime
	code    wazero.CompiledModule
	err     error // of preparing it
}

// errBound ends a decoding that would take more memory than it may.
var errBound = errors.New("it takes more memory to decode than its size accounts for")

// errReached ends a decoding where the codec has done enough, errAsked where it was told to.
var errReached, errAsked = errors.New("reached"), errors.New("asked to end")

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
	if _, c.err = wasi_snapshot_preview1.Instantiate(ctx, c.run); c.err != nil {
		return
	}
	if code, c.err = exported(code, c.exports); c.err != nil {
		return
	}
	listening := experimental.WithFunctionListenerFactory(ctx, experimental.FunctionListenerFactoryFunc(func(f api.FunctionDefinition) experimental.FunctionListener {
		switch {
		case slices.Contains(c.often, f.Index()):
			return pause{}
		case f.Index() == c.enough:
			return end{}
		}
		return nil
	}))
	c.code, c.err = c.run.CompileModule(listening, code)
}

// exported is WebAssembly that exports further functions.
func exported(code []byte, functions map[string]uint32) ([]byte, error) {
	const head, exports = 8, 7
	for at := head; at < len(code); {
		size, n := binary.Uvarint(code[at+1:])
		body := at + 1 + n
		if n <= 0 || size > uint64(len(code)-body) {
			break
		}
		next := body + int(size)
		if code[at] != exports {
			at = next
			continue
		}
		count, n := binary.Uvarint(code[body:])
		all := binary.AppendUvarint(nil, count+uint64(len(functions)))
		all = append(all, code[body+n:next]...)
		for name, number := range functions {
			all = append(binary.AppendUvarint(all, uint64(len(name))), name...)
			all = binary.AppendUvarint(append(all, 0), uint64(number))
		}
		return slices.Concat(code[:at+1], binary.AppendUvarint(nil, uint64(len(all))), all, code[next:]), nil
	}
	return nil, errors.New("the codec exports nothing")
}

// pause asks within a codec whether it is to go on. Here Go gets a hand in too: it stops no WebAssembly for its collector, which
// would stop everything else meanwhile.
type pause struct{ listener }

func (pause) Before(ctx context.Context, _ api.Module, _ api.FunctionDefinition, _ []uint64, _ experimental.StackIterator) {
	d := ctx.Value(decodingKey{}).(*decoding)
	if d.asked = d.goOn(); d.asked != nil {
		panic(errAsked)
	}
}

// end ends a decoding behind a function.
type end struct{ listener }

func (end) Before(ctx context.Context, _ api.Module, _ api.FunctionDefinition, args []uint64, _ experimental.StackIterator) {
	ctx.Value(decodingKey{}).(*decoding).with = uint32(args[0])
}

func (end) After(ctx context.Context, _ api.Module, _ api.FunctionDefinition, results []uint64) {
	ctx.Value(decodingKey{}).(*decoding).result = uint32(results[0])
	panic(errReached)
}

// listener hears of functions and does nothing.
type listener struct{}

func (listener) After(context.Context, api.Module, api.FunctionDefinition, []uint64) {}
func (listener) Abort(context.Context, api.Module, api.FunctionDefinition, error)    {}

// decoding is one file in a codec.
type decoding struct {
	module api.Module
	file   uint32       // where the file is
	size   uint32       // of the file
	goOn   func() error // is asked now and then; its error ends the decoding
	asked  error        // what it said
	with   uint32       // the first argument of the function that is enough
	result uint32       // and what it returned
	err    error        // the first one of a call
}

// decodingKey is where a call has its decoding.
type decodingKey struct{}

// open begins to decode a file, for which the codec may take so many bytes of memory, the file's own included.
func (c *codec) open(file []byte, most int64, goOn func() error) (*decoding, error) {
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
	d := &decoding{module: m, size: uint32(len(file)), goOn: goOn}
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
	got, err := d.module.ExportedFunction(name).Call(context.WithValue(context.Background(), decodingKey{}, d), wide...)
	switch {
	case errors.Is(err, errReached):
		return 1
	case errors.Is(err, errAsked):
		d.err = d.asked
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
func (d *decoding) number(at uint32) int { return int(d.read(at)) }

// read and write are of a number in the codec's memory, which is often an address.
func (d *decoding) read(at uint32) uint32 {
	v, _ := d.module.Memory().ReadUint32Le(at)
	return v
}

func (d *decoding) write(at, v uint32) { d.module.Memory().WriteUint32Le(at, v) }

// bytes is a part of the codec's memory, until it is closed.
func (d *decoding) bytes(at uint32, n int) ([]byte, error) {
	b, ok := d.module.Memory().Read(at, uint32(n))
	if !ok {
		return nil, fmt.Errorf("its decoder gives no %d bytes", n)
	}
	return b, nil
}

// extent is a width and the height behind it.
func (d *decoding) extent(at uint32) (w, h int, err error) {
	w, h = d.number(at), d.number(at+4)
	if w < 1 || h < 1 || max(w, h) > mostSide {
		return 0, 0, fmt.Errorf("it has %dx%d pixels", w, h)
	}
	return w, h, nil
}

// filled is so many bytes as a function fills them.
func (d *decoding) filled(size int64, fill func(at uint32) error) ([]byte, error) {
	if size >= 1<<32 {
		return nil, errBound
	}
	at := d.call("malloc", uint32(size))
	if err := fill(at); err != nil {
		return nil, err
	}
	return d.bytes(at, int(size))
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
