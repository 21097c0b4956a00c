#!/usr/bin/env bash
# A second transposition of a tensor scrambles it, under the right shape.
#
# Package:   gorgonia.org/tensor v0.9.24
# Expected:  T(1, 0, 2) and then T(2, 0, 1) permute the axes one after the other, so that the element at (k, i, j)
#            afterwards is the one at (i, j, k) between the two.
# Seen:      no error and the right shape, but most elements are in wrong places; on a cube, whose shape cannot tell one
#            permutation from another, a second T by other axes just takes the first one back. With Materialize after
#            the first T, which makes the view whole, everything is right.
# It matters to a program that turns the layouts of weights and pictures (HWC, CHW): the shapes fit, the numbers are noise.
set -euo pipefail

command -v go >/dev/null || { echo "cannot check: go is missing (Debian: golang)"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >main.go <<'GO'
package main

import (
	"fmt"
	"log"
	"os"

	"gorgonia.org/tensor"
)

// elements are all of a tensor's by their indices.
func elements(d *tensor.Dense) map[[3]int]float32 {
	all := map[[3]int]float32{}
	s := d.Shape()
	for i := range s[0] * s[1] * s[2] {
		at := [3]int{i / (s[1] * s[2]), i / s[2] % s[1], i % s[2]}
		v, err := d.At(at[0], at[1], at[2])
		check(err)
		all[at] = v.(float32)
	}
	return all
}

// misplaced transposes twice and counts the elements that the second time does not put where its axes say.
func misplaced(shape [3]int, first, second [3]int, whole bool) (n int, got tensor.Shape) {
	d := tensor.New(tensor.WithShape(shape[:]...), tensor.WithBacking(tensor.Range(tensor.Float32, 0, shape[0]*shape[1]*shape[2])))
	check(d.T(first[:]...))
	if whole {
		d = d.Materialize().(*tensor.Dense)
	}
	before := elements(d)
	check(d.T(second[:]...))
	after := elements(d)
	for at, v := range before {
		if after[[3]int{at[second[0]], at[second[1]], at[second[2]]}] != v {
			n++
		}
	}
	return n, d.Shape()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	asSeen := true
	for _, c := range []struct{ shape, first, second [3]int }{
		{[3]int{2, 3, 4}, [3]int{1, 0, 2}, [3]int{2, 0, 1}},
		{[3]int{3, 3, 3}, [3]int{1, 0, 2}, [3]int{0, 2, 1}},
	} {
		n, shape := misplaced(c.shape, c.first, c.second, false)
		whole, _ := misplaced(c.shape, c.first, c.second, true)
		fmt.Printf("  %v, T%v, T%v: shape %v, %d of %d elements misplaced; with Materialize between them %d\n",
			c.shape, c.first, c.second, shape, n, shape.TotalSize(), whole)
		asSeen = asSeen && n > 0 && whole == 0
	}
	if !asSeen {
		fmt.Println("CHANGED: this is not what was seen with v0.9.24")
		os.Exit(1)
	}
	fmt.Println("SEEN: the second transposition scrambles")
}
GO

# The second module is one that the first asks for, in a version that knows Go's later releases.
{ go mod init finding && go get gorgonia.org/tensor@v0.9.24 go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6; } >log 2>&1 || { cat log; exit 2; }
echo "gorgonia.org/tensor v0.9.24 transposes a tensor twice:"
go run .
