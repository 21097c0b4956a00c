package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
)

// The Go source of package cpu that has the kernels' arguments.
var sources = []string{"../kernel.go", "../portable.go", "../bendkernel.go", "../bf16pack.go"}

var cpu = check()

// check reads the types and constants; of what the files need beside each other it knows nothing.
func check() *types.Package {
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range sources {
		f, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			panic(err)
		}
		files = append(files, f)
	}
	c := types.Config{Error: func(error) {}, Importer: importer.Default(), Sizes: sizes}
	p, _ := c.Check("cpu", set, files, nil)
	return p
}

var sizes = types.SizesFor("gc", "arm64")

// structure is a type of package cpu.
func structure(name string) *types.Struct {
	return cpu.Scope().Lookup(name).Type().Underlying().(*types.Struct)
}

// offset is the bytes before a field, which is written type.field.
func offset(field string) int {
	name, field, _ := strings.Cut(field, ".")
	s := structure(name)
	var fields []*types.Var
	for i := range s.NumFields() {
		fields = append(fields, s.Field(i))
		if strings.Contains(s.Field(i).Type().String(), "invalid type") {
			panic(fmt.Sprintf("the type of %s.%s is not known", name, s.Field(i).Name()))
		}
	}
	for i, at := range sizes.Offsetsof(fields) {
		if fields[i].Name() == field {
			return int(at)
		}
	}
	panic(fmt.Sprintf("cpu.%s has no field %s", name, field))
}

func size(name string) int { return int(sizes.Sizeof(structure(name))) }

// bit is which bit of the flags a constant of package cpu is.
func bit(name string) (n int) {
	v, _ := constant.Int64Val(cpu.Scope().Lookup(name).(*types.Const).Val())
	for ; v > 1; v >>= 1 {
		n++
	}
	return n
}
