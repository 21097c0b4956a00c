// Command generate writes the GLSL of nn's functions of single values and of pairs.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", ".", "`folder` to write to")
	source := flag.String("nn", "../nn", "`folder` of package nn")
	flag.Parse()
	files, err := texts(*source)
	for name, text := range files {
		if err == nil {
			err = os.WriteFile(filepath.Join(*out, name), []byte(text), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
