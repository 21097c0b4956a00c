// Package formula reads nn's functions of single values and writes them out as operations, of which the generators of
// assembly make their kernels.
package formula

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"math"
	"slices"
	"strings"
)

// Term is a value that a function computes on its way: an operation on other terms.
type Term struct {
	Op   string // "x", "p", "q" and "r" are given, "literal" is a constant
	Bits uint32 // of a literal
	Test token.Token
	Args []*Term
	Last int // the place of the last term of the formula that needs it
}

// Formula is a function written out.
type Formula struct {
	Terms     []*Term // in the order in which they are computed, each once
	known     map[string]*Term
	functions map[string]*ast.FuncDecl
}

// Write writes out a function of x, p, q and r; the last of the terms is its value. Where stepwise, every operation
// rounds by itself, as in Go; else products and sums may be contracted.
func Write(f *ast.FuncLit, functions map[string]*ast.FuncDecl, stepwise bool) *Formula {
	w := &Formula{known: map[string]*Term{}, functions: functions}
	names := map[string]*Term{}
	for i, name := range parameters(f.Type) {
		if name != "_" {
			names[name] = w.term(&Term{Op: []string{"x", "p", "q", "r"}[i]})
		}
	}
	result := w.body(f.Body, names)
	if !stepwise {
		w.contract()
	}
	w.settle(result)
	return w
}

// Both is two functions of the same written out as one, each by the operations that it has alone; first is the value of the first, and the last
// of the terms is that of the second. Shared is how many operations they have in common.
func Both(a, b *Formula) (w *Formula, first *Term, shared int) {
	w = &Formula{known: map[string]*Term{}}
	same := map[*Term]*Term{}
	take := func(f *Formula) (last *Term) {
		for _, t := range f.Terms {
			own := *t
			own.Args, own.Last = nil, 0
			for _, arg := range t.Args {
				own.Args = append(own.Args, same[arg])
			}
			last = w.term(&own)
			if last != &own && len(own.Args) > 0 {
				shared++
			}
			same[t] = last
		}
		return last
	}
	first = take(a)
	second := take(b)
	w.settle(first, second)
	return w, first, shared
}

// contract makes one operation of a product and a sum where nothing else needs the product, but not where a
// function jumps or turns by them: there its steps round as the Go ones do.
func (w *Formula) contract() {
	uses, precise := map[*Term]int{}, map[*Term]bool{}
	for i := len(w.Terms) - 1; i >= 0; i-- {
		t := w.Terms[i]
		for k, a := range t.Args {
			uses[a]++
			switch t.Op {
			case "floor", "ceil": // what is only brought near by nearest does not jump there
				precise[a] = true
			case "choose":
				precise[a] = precise[a] || precise[t] || k < 2
			default:
				precise[a] = precise[a] || precise[t]
			}
		}
	}
	for _, t := range w.Terms {
		if precise[t] || t.Op != "add" && t.Op != "sub" {
			continue
		}
		for k, m := range t.Args {
			if m.Op != "mul" || uses[m] > 1 {
				continue
			}
			c := t.Args[1-k]
			switch {
			case t.Op == "add":
				t.Op = "fmadd"
			case k == 0:
				t.Op = "fmsub"
			default:
				t.Op = "fnmadd"
			}
			t.Args = []*Term{m.Args[0], m.Args[1], c}
			break
		}
	}
}

// term gives the term that is the same, or takes this one up.
func (w *Formula) term(t *Term) *Term {
	var key strings.Builder
	fmt.Fprint(&key, t.Op, t.Bits, t.Test)
	for _, a := range t.Args {
		fmt.Fprintf(&key, " %p", a)
	}
	if old := w.known[key.String()]; old != nil {
		return old
	}
	w.known[key.String()] = t
	w.Terms = append(w.Terms, t)
	return t
}

func (w *Formula) apply(op string, args ...*Term) *Term { return w.term(&Term{Op: op, Args: args}) }

func (w *Formula) literal(v float32) *Term {
	return w.term(&Term{Op: "literal", Bits: math.Float32bits(v)})
}

// settle keeps the terms that the results need, each as late as what needs it first lets it be, so that few are kept at once, and notes how
// long each is needed. The last of the results comes last, where it is no part of another one.
func (w *Formula) settle(results ...*Term) {
	w.Terms = nil
	depths, done := map[*Term]int{}, map[*Term]bool{}
	var visit func(t *Term)
	visit = func(t *Term) {
		if done[t] {
			return
		}
		done[t] = true
		args := slices.Clone(t.Args)
		slices.SortStableFunc(args, func(a, b *Term) int { return cmp.Compare(b.depth(depths), a.depth(depths)) })
		for _, a := range args {
			visit(a)
		}
		for _, a := range t.Args {
			a.Last = len(w.Terms)
		}
		w.Terms = append(w.Terms, t)
	}
	for _, r := range results {
		visit(r)
	}
	for _, r := range results {
		r.Last = len(w.Terms)
	}
}

// depth is how many operations a term waits for, one after the other.
func (t *Term) depth(known map[*Term]int) int {
	if d, ok := known[t]; ok || len(t.Args) == 0 {
		return d
	}
	d := 0
	for _, a := range t.Args {
		d = max(d, a.depth(known))
	}
	known[t] = d + 1
	return d + 1
}

// Live is the largest number of values that are needed at once, of those that are computed.
func (w *Formula) Live() (most int) {
	for n := range w.Terms {
		live := 0
		for _, t := range w.Terms[:n+1] {
			if len(t.Args) > 0 && t.Last > n {
				live++
			}
		}
		most = max(most, live)
	}
	return most
}

// body is the value of a function's body: definitions and a result.
func (w *Formula) body(b *ast.BlockStmt, names map[string]*Term) *Term {
	for _, s := range b.List {
		switch s := s.(type) {
		case *ast.AssignStmt:
			values := make([]*Term, len(s.Rhs))
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

func (w *Formula) value(e ast.Expr, names map[string]*Term) *Term {
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
		if t := w.value(e.X, names); t.Op == "literal" {
			return w.literal(-math.Float32frombits(t.Bits))
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
func (w *Formula) call(e *ast.CallExpr, names map[string]*Term) *Term {
	name := e.Fun.(*ast.Ident).Name
	if name == "float32" { // rounds
		return w.value(e.Args[0], names)
	}
	var args []*Term
	if name == "choose" {
		test := e.Args[0].(*ast.BinaryExpr)
		for _, a := range []ast.Expr{test.X, test.Y, e.Args[1], e.Args[2]} {
			args = append(args, w.value(a, names))
		}
		return w.term(&Term{Op: name, Test: test.Op, Args: args})
	}
	for _, a := range e.Args {
		args = append(args, w.value(a, names))
	}
	if f := w.functions[name]; f != nil {
		own := map[string]*Term{}
		for i, n := range parameters(f.Type) {
			own[n] = args[i]
		}
		return w.body(f.Body, own)
	}
	return w.primitive(name, args)
}

// primitive is a function of primitives.go, or min or max.
func (w *Formula) primitive(name string, args []*Term) *Term {
	mask := func(bits uint32) *Term { return w.literal(math.Float32frombits(bits)) }
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
