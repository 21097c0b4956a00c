// Package assets holds what travels inside the program.
package assets

import (
	_ "embed"
	"unsafe"
)

var (
	//go:embed nets/menagerie.onnx
	menagerie string
	//go:embed nets/filigree.onnx
	filigree string
	//go:embed nets/grimoire.onnx
	grimoire string
)

// DefaultNet is the net that runs when none is named.
const DefaultNet = "menagerie"

// Nets are the names of the built-in nets and what each is good for.
var Nets = []struct {
	Name, About string
	file        *string
}{
	{"menagerie", "the default: adversarially trained, painterly, recognisable creatures", &menagerie},
	{"filigree", "the classic lace of eyes and scales of 2015", &filigree},
	{"grimoire", "has only ever seen writing: strokes, loops and lines of a script that nobody knows", &grimoire},
}

// Net is the ONNX file of a built-in net, and whether there is one of that name. It is no copy but a part of the program: nobody
// may write to it, and what nobody reads need not be in memory.
func Net(name string) ([]byte, bool) {
	for _, n := range Nets {
		if n.Name == name {
			return unsafe.Slice(unsafe.StringData(*n.file), len(*n.file)), true
		}
	}
	return nil, false
}
