// Zalgoscope dreams live: it takes a trained image network, climbs the gradient of
// one of its layers on the picture itself, feeds the result back, and never stops.
package main

import (
	"os"

	"zalgoscope/app/cli"
)

// version is set by the Makefile.
var version = "dev"

func main() {
	p := cli.Program{Version: version, Engines: engines, Exit: os.Exit}
	os.Exit(p.Main(os.Args))
}
