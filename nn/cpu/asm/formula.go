package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"math"
	"strings"
)

// term is a value that a function computes on its way: an operation on other terms.
type term struct {
	op   string // of operations in emit; "x", "p", "q" and "r" are given, "literal" is a constant
	bits uint32 // of a literal
	test token.Token
	args []*term
	last int // the place of the last term of the formula that needs it
}

// formula is a function written out: all terms in the order in which they are computed, each once.
type formula struct {
	terms     []*term
	known     map[string]*term
	functions map[string]*ast.FuncDecl
}

// write writes out a function of x, p, q and r; the last of the terms is its value. Where stepwise, every operation
// rounds by itself, as in Go; else products and sums may be contracted.
func write(f *ast.FuncLit, functions map[string]*ast.FuncDecl, stepwise bool) *formula {
	w := &formula{known: map[string]*term{}, functions: functions}
	names := map[string]*term{}
	for i, name := range parameters(f.Type) {
		if name != "_" {
			names[name] = w.term(&term{op: []string{"x", "p", "q", "r"}[i]})
		}
	}
	result := w.body(f.Body, names)
	if !stepwise {
		w.contract()
	}
	w.settle(result)
	return w
}

// contract makes one operation of a product and a sum where nothing else needs the product, but not where a
// function jumps or turns by them: there its steps round as the Go ones do.
func (w *formula) contract() {
	uses, precise := map[*term]int{}, map[*term]bool{}
	for i := len(w.terms) - 1; i >= 0; i-- {
		t := w.terms[i]
		for k, a := range t.args {
			uses[a]++
			switch t.op {
			case "floor", "ceil": // what is only brought near by nearest does not jump there
				precise[a] = true
			case "choose":
				precise[a] = precise[a] || precise[t] || k < 2
			default:
				precise[a] = precise[a] || precise[t]
			}
		}
	}
	for _, t := range w.terms {
		if precise[t] || t.op != "add" && t.op != "sub" {
			continue
		}
		for k, m := range t.args {
			if m.op != "mul" || uses[m] > 1 {
				continue
			}
			c := t.args[1-k]
			switch {
			case t.op == "add":
				t.op = "fmadd"
			case k == 0:
				t.op = "fmsub"
			default:
				t.op = "fnmadd"
			}
			t.args = []*term{m.args[0], m.args[1], c}
			break
		}
	}
}

// term gives the term that is the same, or takes this one up.
func (w *formula) term(t *term) *term {
	var key strings.Builder
	fmt.Fprint(&key, t.op, t.bits, t.test)
	for _, a := range t.args {
		fmt.Fprintf(&key, " %p", a)
	}
	if old := w.known[key.String()]; old != nil {
		return old
	}
	w.known[key.String()] = t
	w.terms = append(w.terms, t)
	return t
}

func (w *formula) apply(op string, args ...*term) *term { return w.term(&term{op: op, args: args}) }

func (w *formula) literal(v float32) *term {
	return w.term(&term{op: "literal", bits: math.Float32bits(v)})
}

// settle keeps the terms that the result needs, and notes how long each is needed.
func (w *formula) settle(result *term) {
	needed := map[*term]bool{result: true}
	var kept []*term
	for i := len(w.terms) - 1; i >= 0; i-- {
		t := w.terms[i]
		if !needed[t] {
			continue
		}
		kept = append(kept, t)
		for _, a := range t.args {
			needed[a] = true
		}
	}
	w.terms = nil
	for i := len(kept) - 1; i >= 0; i-- {
		for _, a := range kept[i].args {
			a.last = len(w.terms)
		}
		w.terms = append(w.terms, kept[i])
	}
	result.last = len(w.terms)
}

// body is the value of a function's body: definitions and a result.
func (w *formula) body(b *ast.BlockStmt, names map[string]*term) *term {
	for _, s := range b.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			values := make([]*term, len(s.Rhs))
			for i, e := range s.Rhs {
				values[i] = w.value(e, names)
			}
			for i, v := range values {
				names[s.Lhs[i].(*ast.Ident).Name] = v
			}
		case *ast.ReturnStmt:
			return w.value(s.Results[0], names)
		default:
			panic(fmt.Sprintf("a function holds %T", s))
		}
	}
	panic("a function without result")
}

var arithmetic = map[token.Token]string{token.ADD: "add", token.SUB: "sub", token.MUL: "mul", token.QUO: "div"}

func (w *formula) value(e ast.Expr, names map[string]*term) *term {
	switch e := e.(type) {
	case *ast.Ident:
		if t := names[e.Name]; t != nil {
			return t
		}
		panic("nothing is called " + e.Name)
	case *ast.BasicLit:
		return w.literal(number(e))
	case *ast.ParenExpr:
		return w.value(e.X, names)
	case *ast.UnaryExpr:
		if t := w.value(e.X, names); t.op == "literal" {
			return w.literal(-math.Float32frombits(t.bits))
		} else {
			return w.apply("xor", t, w.literal(float32(math.Copysign(0, -1))))
		}
	case *ast.BinaryExpr:
		return w.apply(arithmetic[e.Op], w.value(e.X, names), w.value(e.Y, names))
	case *ast.CallExpr:
		return w.call(e, names)
	}
	panic(fmt.Sprintf("an expression is %T", e))
}

// call writes out a function of functions.go; what is none is a primitive.
func (w *formula) call(e *ast.CallExpr, names map[string]*term) *term {
	name := e.Fun.(*ast.Ident).Name
	var args []*term
	if name == "choose" {
		test := e.Args[0].(*ast.BinaryExpr)
		for _, a := range []ast.Expr{test.X, test.Y, e.Args[1], e.Args[2]} {
			args = append(args, w.value(a, names))
		}
		return w.term(&term{op: name, test: test.Op, args: args})
	}
	for _, a := range e.Args {
		args = append(args, w.value(a, names))
	}
	if f := w.functions[name]; f != nil {
		own := map[string]*term{}
		for i, n := range parameters(f.Type) {
			own[n] = args[i]
		}
		return w.body(f.Body, own)
	}
	return w.primitive(name, args)
}

// primitive is a function of primitives.go, or min or max.
func (w *formula) primitive(name string, args []*term) *term {
	mask := func(bits uint32) *term { return w.literal(math.Float32frombits(bits)) }
	switch name {
	case "abs":
		return w.apply("and", args[0], mask(0x7fffffff))
	case "withSign":
		return w.apply("or", w.apply("and", args[0], mask(0x7fffffff)), w.apply("and", args[1], mask(1<<31)))
	case "mantissa":
		return w.apply("or", w.apply("and", args[0], mask(0x7fffff)), mask(0x3f800000))
	}
	return w.apply(name, args...)
}
