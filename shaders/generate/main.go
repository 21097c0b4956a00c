// Command generate writes the GLSL of nn's functions of single values.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "", "`file` to write")
	source := flag.String("nn", "../nn", "`folder` of package nn")
	flag.Parse()
	text, err := unary(*source)
	if err == nil {
		err = os.WriteFile(*out, []byte(text), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
