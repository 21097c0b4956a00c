#!/usr/bin/env bash
# A GLSL function with barriers gives a wrong sum when it is called a second time in a compute shader.
#
# Package:   Debian's libgl1-mesa-dri 22.3.6 (llvmpipe, LLVM 15.0.6), asked through github.com/go-gl/gl
#            v0.0.0-20231021071112-07e5d0ea2e71 and github.com/ebitengine/purego v0.11.0.
# Expected:  GLSL 4.30 allows barrier() in any function of a compute shader whose flow is uniform: the sum of 64 lanes is the same
#            whether the lines stand in a function or, written twice, in main. The variance of 0 to 63 is 341.25.
# Seen:      from a function that is called for the mean and then for the variance, the mean is right and the variance 677.11; written
#            out (or by a macro) it is right. Without the loops before the calls both are right. Zink on lavapipe, which shares the
#            compiler, does the same.
# It matters wherever statistics are made in one work group, as for layer normalisation: nothing is refused, and hardware drivers
# are right, so that only a test against known sums shows it. Our shaders add by macros (shaders/norm_sums.comp).
set -euo pipefail

command -v go >/dev/null || { echo "cannot check: go is missing"; exit 2; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work"

cat > main.go <<'GO'
package main

import (
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
	"github.com/go-gl/gl/v4.3-core/gl"
)

// shader gives the mean and the variance of 64 numbers, each to all of its lanes.
const shader = `#version 430
layout(local_size_x = 64) in;
layout(std430, binding = 0) buffer B { float v[]; };
shared float share[64];
%s
void main() {
    int me = int(gl_LocalInvocationID.x);
    float a = 0.0, b = 0.0;
    for (int i = me; i < 64; i += 64) a += v[i];
    %s
    a /= 64.0;
    for (int i = me; i < 64; i += 64) b += (v[i] - a) * (v[i] - a);
    %s
    v[me] = a;
    v[64 + me] = b / 64.0;
}
`

// sum is GLSL that adds a number of all lanes, between barriers that every lane passes.
func sum(from, to string) string {
	return "share[me] = " + from + `;
    for (int n = 32; n > 0; n /= 2) {
        barrier();
        if (me < n) share[me] += share[me + n];
    }
    barrier();
    ` + to + ` = share[0];
    barrier();
`
}

func must(ok bool, what string) {
	if !ok {
		fmt.Println("cannot check:", what)
		os.Exit(2)
	}
}

func run(parts ...any) []float32 {
	src := fmt.Sprintf(shader, parts...) + "\x00"
	s := gl.CreateShader(gl.COMPUTE_SHADER)
	c, free := gl.Strs(src)
	gl.ShaderSource(s, 1, c, nil)
	free()
	gl.CompileShader(s)
	var ok int32
	gl.GetShaderiv(s, gl.COMPILE_STATUS, &ok)
	if ok == 0 {
		log := make([]byte, 2000)
		gl.GetShaderInfoLog(s, 2000, nil, &log[0])
		must(false, string(log))
	}
	p := gl.CreateProgram()
	gl.AttachShader(p, s)
	gl.LinkProgram(p)
	v := make([]float32, 128)
	for i := range 64 {
		v[i] = float32(i)
	}
	var buf uint32
	gl.GenBuffers(1, &buf)
	gl.BindBuffer(gl.SHADER_STORAGE_BUFFER, buf)
	gl.BufferData(gl.SHADER_STORAGE_BUFFER, 512, gl.Ptr(v), gl.DYNAMIC_COPY)
	gl.BindBufferBase(gl.SHADER_STORAGE_BUFFER, 0, buf)
	gl.UseProgram(p)
	gl.DispatchCompute(1, 1, 1)
	gl.MemoryBarrier(gl.ALL_BARRIER_BITS)
	gl.GetBufferSubData(gl.SHADER_STORAGE_BUFFER, 0, 512, gl.Ptr(v))
	return v
}

func main() {
	runtime.LockOSThread()
	lib, err := purego.Dlopen("libEGL.so.1", purego.RTLD_NOW)
	must(err == nil, "libEGL.so.1 is missing")
	var getDisplay func(uint32, uintptr, *int) uintptr
	var initialize func(uintptr, *int32, *int32) uint32
	var bind func(uint32) uint32
	var create func(uintptr, uintptr, uintptr, *int32) uintptr
	var current func(uintptr, uintptr, uintptr, uintptr) uint32
	var address func(string) unsafe.Pointer
	purego.RegisterLibFunc(&getDisplay, lib, "eglGetPlatformDisplay")
	purego.RegisterLibFunc(&initialize, lib, "eglInitialize")
	purego.RegisterLibFunc(&bind, lib, "eglBindAPI")
	purego.RegisterLibFunc(&create, lib, "eglCreateContext")
	purego.RegisterLibFunc(&current, lib, "eglMakeCurrent")
	purego.RegisterLibFunc(&address, lib, "eglGetProcAddress")
	d := getDisplay(0x31DD, 0, nil)
	var major, minor int32
	must(d != 0 && initialize(d, &major, &minor) != 0 && bind(0x30A2) != 0, "no EGL display without a surface")
	attribs := []int32{0x3098, 4, 0x30FB, 3, 0x30FD, 1, 0x3038}
	c := create(d, 0, 0, &attribs[0])
	must(c != 0 && current(d, 0, 0, c) != 0, "no OpenGL 4.3")
	must(gl.InitWithProcAddrFunc(func(n string) unsafe.Pointer { return address(n) }) == nil, "OpenGL is incomplete")
	fmt.Println(gl.GoStr(gl.GetString(gl.RENDERER)), gl.GoStr(gl.GetString(gl.VERSION)))
	function := "float total(float x) { int me = int(gl_LocalInvocationID.x); float r;" + sum("x", "r") + "return r; }"
	called := run(function, "a = total(a);", "b = total(b);")
	written := run("", sum("a", "a"), sum("b", "b"))
	fmt.Printf("function: mean %g, variance %g\nin main:  mean %g, variance %g\n", called[0], called[64], written[0], written[64])
	if written[64] != 341.25 || called[0] != 31.5 || called[64] == 341.25 {
		fmt.Println("CHANGED: this is not what was seen")
		os.Exit(1)
	}
	fmt.Println("SEEN: the second call of a function with barriers gives a wrong sum")
}
GO
export GOFLAGS=-mod=mod GOMODCACHE="$work/mod" GOWORK=off LIBGL_ALWAYS_SOFTWARE=1 GALLIUM_DRIVER=llvmpipe
go mod init example >/dev/null 2>&1
go get github.com/go-gl/gl@v0.0.0-20231021071112-07e5d0ea2e71 github.com/ebitengine/purego@v0.11.0 >/dev/null 2>&1 || { echo "cannot check: a module does not download"; exit 2; }
go run .
