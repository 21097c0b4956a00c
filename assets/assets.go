// Package assets holds what travels inside the program.
package assets

import "embed"

//go:embed nets/*.onnx
var files embed.FS

// DefaultNet is the net that runs when none is named.
const DefaultNet = "menagerie"

// Nets are the names of the built-in nets and what each is good for.
var Nets = []struct{ Name, About string }{
	{"menagerie", "the default: adversarially trained, painterly, recognisable creatures"},
	{"filigree", "the classic lace of eyes and scales of 2015"},
}

// Net is the ONNX file of a built-in net, and whether there is one of that name.
func Net(name string) ([]byte, bool) {
	data, err := files.ReadFile("nets/" + name + ".onnx")
	return data, err == nil
}
