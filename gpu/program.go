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

// program gives the shader of that name with the given macros, from memory,
// from the store of compiled programs, or from the compiler.
func (e *Engine) program(layer, name string, d defines) *program {
	key := name + "\n" + d.String()
	if p := e.programs[key]; p != nil {
		return p
	}
	source := "#version 430 core\n" + d.String() + shaders.Source(name)
	if e.patch != nil {
		source = e.patch(source)
	}
	e.enter(layer, name)
	p := &program{id: e.store.load(source)}
	if p.id == 0 {
		e.forgive() // a driver may refuse what it gave out once
		p.id = e.compile(layer, name, source)
		e.store.save(source, p.id)
	}
	var local [3]int32
	gl.GetProgramiv(p.id, gl.COMPUTE_WORK_GROUP_SIZE, &local[0])
	p.local = [3]int{int(local[0]), int(local[1]), int(local[2])}
	e.programs[key] = p
	return p
}

// compile makes a program that the store can keep.
func (e *Engine) compile(layer, name, source string) uint32 {
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
		e.failed(layer, fmt.Errorf("%w: %s.comp: %s", ErrCompile, name, line(log)))
	}
	id := gl.CreateProgram()
	gl.ProgramParameteri(id, gl.PROGRAM_BINARY_RETRIEVABLE_HINT, gl.TRUE)
	gl.AttachShader(id, shader)
	gl.LinkProgram(id)
	if gl.GetProgramiv(id, gl.LINK_STATUS, &ok); ok == 0 {
		log := strings.Repeat("\x00", 1024)
		gl.GetProgramInfoLog(id, 1023, nil, gl.Str(log))
		gl.DeleteProgram(id)
		e.failed(layer, fmt.Errorf("%w: %s.comp does not link: %s", ErrCompile, name, line(log)))
	}
	return id
}

// line is the first line of a driver's log.
func line(log string) string {
	log, _, _ = strings.Cut(log, "\x00")
	log, _, _ = strings.Cut(strings.TrimSpace(log), "\n")
	return log
}
