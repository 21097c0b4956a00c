#!/usr/bin/env bash
# SoftMax gives NaN for a row of a batch that is fine alone.
#
# Package:   gorgonia.org/tensor v0.9.24
# Expected:  SoftMax along the last axis works on each row by itself, so that a row has the same result in any batch. Taking
#            the row's largest value off first is what keeps it from running out of the numbers' range.
# Seen:      what is taken off is the larger of the row's own largest and the first value of the whole batch. With a first
#            row around 200 a second one around 0 has all its exponentials at zero, and is NaN (0/0). There is no error.
# It matters to a program that runs pictures through a classifier in batches: one sure answer wipes out the others.
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

// softMax gives the rows of a batch, each of three values.
func softMax(rows ...[]float32) (out [][]float32) {
	var all []float32
	for _, r := range rows {
		all = append(all, r...)
	}
	y, err := tensor.SoftMax(tensor.New(tensor.WithShape(len(rows), 3), tensor.WithBacking(all)), 1)
	if err != nil {
		log.Fatal(err)
	}
	for all = y.Data().([]float32); len(all) > 0; all = all[3:] {
		out = append(out, all[:3])
	}
	return out
}

func main() {
	log.SetFlags(0)
	sure, plain := []float32{200, 190, 180}, []float32{1, 2, 3}
	alone := softMax(plain)[0]
	second := softMax(sure, plain)[1]
	first := softMax(plain, sure)[0]
	fmt.Println("  row", plain, "alone:                      ", alone)
	fmt.Println("  the same row before", sure, "in a batch:", first)
	fmt.Println("  the same row after ", sure, "in a batch:", second)
	for i := range second {
		if second[i] == second[i] || first[i] != alone[i] || alone[i] <= 0 {
			fmt.Println("CHANGED: this is not what was seen with v0.9.24")
			os.Exit(1)
		}
	}
	fmt.Println("SEEN: the row is NaN after the other one, where it has to be what it is alone")
}
GO

# The second module is one that the first asks for, in a version that knows Go's later releases.
{ go mod init finding && go get gorgonia.org/tensor@v0.9.24 go4.org/unsafe/assume-no-moving-gc@v0.0.0-20231121144256-b99613f794b6; } >log 2>&1 || { cat log; exit 2; }
echo "gorgonia.org/tensor v0.9.24 takes the softmax of each row:"
go run .
