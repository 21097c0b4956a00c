package formula

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
)

// The Go source of nn's functions of single values, of which this program makes assembly.
const (
	unariesSource   = "../../unaries.go"
	functionsSource = "../../functions.go"
)

// Row is a row of nn.Unaries: the name of its constant, its function and its slope, which may be nil.
type Row struct {
	Fn       string
	F, Slope *ast.FuncLit
}

// ReadUnaries reads the rows of the table and the functions that they are made of.
func ReadUnaries() (rows []Row, functions map[string]*ast.FuncDecl) {
	functions = map[string]*ast.FuncDecl{}
	for _, d := range parse(functionsSource).Decls {
		if f, ok := d.(*ast.FuncDecl); ok {
			functions[f.Name.Name] = f
		}
	}
	ast.Inspect(parse(unariesSource), func(n ast.Node) bool {
		kv, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		fields, ok := kv.Value.(*ast.CompositeLit)
		if !ok {
			return true
		}
		r := Row{Fn: kv.Key.(*ast.Ident).Name}
		for _, e := range fields.Elts {
			field := e.(*ast.KeyValueExpr)
			lit, ok := field.Value.(*ast.FuncLit)
			switch name := field.Key.(*ast.Ident).Name; {
			case ok && name == "F":
				r.F = lit
			case ok && name == "Slope":
				r.Slope = lit
			}
		}
		rows = append(rows, r)
		return false
	})
	return rows, functions
}

func parse(path string) *ast.File {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		panic(err)
	}
	return f
}

// parameters are the names of a function's parameters in order.
func parameters(t *ast.FuncType) (names []string) {
	for _, f := range t.Params.List {
		for _, n := range f.Names {
			names = append(names, n.Name)
		}
	}
	return names
}

// number is the value of a literal.
func number(lit *ast.BasicLit) float32 {
	v, err := strconv.ParseFloat(lit.Value, 32)
	if err != nil {
		panic(err)
	}
	return float32(v)
}

// bent are the functions that bends are made of.
var bent = []string{"Linear", "Knee", "Soft", "Hard", "Switch", "Clamp", "Fold", "Turn", "Crush", "Sine"}

// Stepwise tells whether every operation of the row's kernels has to round by itself: bends give the bytes of
// plain Go, so that an old recipe dreams the same picture on every processor.
func (r Row) Stepwise() bool { return slices.Contains(bent, r.Fn) }
