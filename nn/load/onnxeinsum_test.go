package load

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"zalgoscope/nn"
)

// inFileOrder runs a model over the picture x of 9x7 and gives its value y as the file sees it: dimensions and numbers.
func inFileOrder(t *testing.T, data []byte) (dims []int, got []float32) {
	t.Helper()
	file, err := readONNX(whole(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := buildONNX(file, int64(len(data)), [2]int{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	y := m.values["y"]
	if y.lost != nil {
		t.Fatal(y.lost)
	}
	as, shape := m.viewOf(y.value), m.shape(y.value)
	net := &nn.Net{Name: "test"}
	m.finish(net)
	return as.dims(), as.numbers(run(t, net, m.layers[y.layer].Name), shape)
}

// summed is an Einsum by its definition: for each place of the output the sum over all letters that it lacks.
func summed(equation string, sizes map[rune]int, operands [][]float32) (dims []int, out []float32) {
	left, right, _ := strings.Cut(equation, "->")
	parts := strings.Split(left, ",")
	letters := right
	for _, c := range strings.ReplaceAll(left, ",", "") {
		if !strings.ContainsRune(letters, c) {
			letters += string(c)
		}
	}
	of := func(letters string) (dims []int) {
		for _, c := range letters {
			dims = append(dims, sizes[c])
		}
		return dims
	}
	var by [][]int
	for _, part := range append(slices.Clone(parts), right) {
		own, at := steps(of(part)), make([]int, len(letters))
		for i, c := range letters {
			if k := strings.IndexRune(part, c); k >= 0 {
				at[i] = own[k]
			}
		}
		by = append(by, at)
	}
	dims = of(right)
	sums := make([]float64, product(dims))
	walk(of(letters), by, func(at []int) {
		v := 1.0
		for i, o := range operands {
			v *= float64(o[at[i]])
		}
		sums[at[len(operands)]] += v
	})
	for _, v := range sums {
		out = append(out, float32(v))
	}
	return dims, out
}

// An Einsum of a picture and constants is what its definition says, whatever its letters.
func TestEinsum(t *testing.T) {
	sizes := map[rune]int{'n': 1, 'c': 3, 'h': 7, 'w': 9, 'd': 4, 'e': 3, 'k': 5, 'p': 2}
	for _, equation := range []string{
		"nchw,cd->ndhw", "nchw,dc->nhwd", "nchw,dc->nhdw", "nchw,cd->dhnw", "nchw,kw->nckh", "nchw,wk->nhck", "nchw,kh->nwkc", "nchw,ckp->nhkwp", "nchw,dchw->nd",
		"nchw,cwk->nkch", "nchw,c,h->nchw", "nchw,dc,kd->nkhw", "nchw,c,hw->nhwc", "nchw,dc,wk->nhdk", "dc,nchw->nhwd", "nchw,w->nhc",
	} {
		t.Run(equation, func(t *testing.T) {
			left, _, _ := strings.Cut(equation, "->")
			var graph [][]byte
			var names []string
			var operands [][]float32
			for i, part := range strings.Split(left, ",") {
				if part == "nchw" {
					names, operands = append(names, "x"), append(operands, ramp(3*7*9))
					continue
				}
				var dims []int
				for _, c := range part {
					dims = append(dims, sizes[c])
				}
				name := fmt.Sprint("c", i)
				names, operands = append(names, name), append(operands, noisy(name, product(dims)))
				graph = append(graph, array32(name, dims, operands[i]...))
			}
			graph = append(graph, op("Einsum", strings.Join(names, ","), "y", attrText("equation", equation)))
			wantDims, want := summed(equation, sizes, operands)
			dims, got := inFileOrder(t, model(13, graph...))
			if !slices.Equal(dims, wantDims) {
				t.Errorf("is seen as %v, want %v", dims, wantDims)
			}
			near(t, got, want)
		})
	}
}
