package gpu

import (
	"fmt"
	"sort"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"

	"zalgoscope/shaders"
)

// program is a linked compute shader.
type program struct {
	id    uint32
	local [3]int // its work group
}

func (p *program) free() { gl.DeleteProgram(p.id) }

// defines are the macros that make one program of a shader family.
type defines map[string]int

func (d defines) String() string {
	lines := make([]string, 0, len(d))
	for k, v := range d {
		lines = append(lines, fmt.Sprintf("#define %s %d\n", k, v))
	}
	sort.Strings(lines)
	return strings.Join(lines, "")
}

// family is what a program is made of: a shader, its macros, and the types of what it is told.
type family struct {
	shader string
	macros defines
	told   numbers
}

// key names the program.
func (f family) key() string {
	return fmt.Sprintf(f.shader+strings.Repeat(" %T", len(f.told))+"\n", f.told...) + f.macros.String()
}

// program gives a program from memory, from the store of compiled programs, or from the compiler.
func (e *Engine) program(layer string, f family) *program {
	key := f.key()
	if p := e.programs[key]; p != nil {
		return p
	}
	source := e.source(f)
	e.enter(layer, f.shader)
	p, err := e.store.build(f.shader, source)
	if err != nil {
		e.failed(layer, err)
	}
	e.forgive() // a driver may refuse a binary that it gave out once
	e.programs[key] = p
	return p
}

// source is the whole text of a program.
func (e *Engine) source(f family) string {
	s := "#version 430 core\n" + f.macros.String() + f.told.declaration() + shaders.Source(f.shader)
	if e.patch != nil {
		s = e.patch(s)
	}
	return s
}

// build makes a program on the current context: from the store, or by the compiler for the store.
func (s *store) build(name, source string) (*program, error) {
	p := &program{id: s.load(source)}
	if p.id == 0 {
		var err error
		if p.id, err = compile(name, source); err != nil {
			return nil, err
		}
		s.save(source, p.id)
	}
	var local [3]int32
	gl.GetProgramiv(p.id, gl.COMPUTE_WORK_GROUP_SIZE, &local[0])
	p.local = [3]int{int(local[0]), int(local[1]), int(local[2])}
	return p, nil
}

// compile makes a program that the store can keep.
func compile(name, source string) (uint32, error) {
	shader := gl.CreateShader(gl.COMPUTE_SHADER)
	defer gl.DeleteShader(shader)
	text, free := gl.Strs(source + "\x00")
	gl.ShaderSource(shader, 1, text, nil)
	free()
	gl.CompileShader(shader)
	var ok int32
	if gl.GetShaderiv(shader, gl.COMPILE_STATUS, &ok); ok == 0 {
		log := strings.Repeat("\x00", 1024)
		gl.GetShaderInfoLog(shader, 1023, nil, gl.Str(log))
		return 0, fmt.Errorf("%w: %s.comp: %s", ErrCompile, name, line(log))
	}
	id := gl.CreateProgram()
	gl.ProgramParameteri(id, gl.PROGRAM_BINARY_RETRIEVABLE_HINT, gl.TRUE)
	gl.AttachShader(id, shader)
	gl.LinkProgram(id)
	if gl.GetProgramiv(id, gl.LINK_STATUS, &ok); ok == 0 {
		log := strings.Repeat("\x00", 1024)
		gl.GetProgramInfoLog(id, 1023, nil, gl.Str(log))
		gl.DeleteProgram(id)
		return 0, fmt.Errorf("%w: %s.comp does not link: %s", ErrCompile, name, line(log))
	}
	return id, nil
}

// line is the first line of a driver's log.
func line(log string) string {
	log, _, _ = strings.Cut(log, "\x00")
	log, _, _ = strings.Cut(strings.TrimSpace(log), "\n")
	return log
}
