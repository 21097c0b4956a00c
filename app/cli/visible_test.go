package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// steering is a net whose names and operator would clear the screen, name the window, forge a line and
// turn the order of letters round.
const steering = `name: "evil\033[2J"
input: "data" input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
layer { name: "conv\033]0;pwned\007\nzalgoscope: all is well\t\342\200\256" type: "Convolution" bottom: "data" top: "conv"
  convolution_param { num_output: 2 kernel_size: 3 } }
layer { name: "odd\033[31m" type: "Odd\033[2J\302\233" bottom: "conv" top: "odd" }
`

// TestShowsControlCharacters runs the program on files whose names, labels and texts hold control characters,
// and looks at all that it prints.
func TestShowsControlCharacters(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	net := write("evil\x1b[2J.prototxt", steering)
	labels := write("labels", strings.Repeat("cat\x1b[31m\u009b2J\n", 200))
	recipe := write("r\x1b[2J.toml", "# zalgoscope recipe\nformat = 1\nprogram = \"\\u001b[2J\\n\"\nseed = \"\\u001b\"\n")
	photo := filepath.Join(dir, "photo.png")
	if err := os.WriteFile(photo, []byte(tinyPNG), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		want []string // parts of what is printed
	}{
		{"layers", []string{"layers", "--net", net}, []string{`conv\x1b]0;pwned\x07\nzalgoscope: all is well\t\u202e`, `\x1b[2J\u009b`}},
		{"labels", []string{"see", photo, "--labels", labels, "--engine", "cpu"}, []string{`cat\x1b[31m\u009b2J`}},
		{"a path", []string{"see", filepath.Join(dir, "none\x1b[2J\nx.png")}, []string{`none\x1b[2J`}},
		{"a recipe", []string{"replay", recipe, "-o", filepath.Join(dir, "o.gif")}, []string{`r\x1b[2J.toml`}},
		{"a net that is none", []string{"layers", "--net", "none\x1b[2J"}, []string{`none\x1b[2J`}},
		{"a layer that is none", []string{"dream", "static", "-o", filepath.Join(dir, "o.png"), "--layer", "none\u009b.\u202e", "--size", "16x16", "--engine", "cpu"}, []string{`none\u009b.\u202e`}},
		{"a flag", []string{"dream", "--none\x1b[2J"}, []string{`none\x1b[2J`}},
		{"a command", []string{"bends", "none\x1b[2J"}, []string{`none\x1b[2J`}},
	} {
		cmd := exec.Command(os.Args[0], c.args...)
		cmd.Env = append(os.Environ(), "ZALGOSCOPE_TEST_MAIN=1")
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		_ = cmd.Run() // some are refused
		if i := strings.IndexAny(out.String(), "\x1b\a\b\r\u009b\u202e\u2028"); i >= 0 {
			t.Errorf("%s: it prints a control character: %q", c.name, out.String())
		}
		if strings.Contains(out.String(), "\nzalgoscope: all is well") {
			t.Errorf("%s: a name forges a line: %q", c.name, out.String())
		}
		// Go quotes what an error names, and then shows the escape's backslash as well.
		plain := strings.ReplaceAll(out.String(), `\\`, `\`)
		for _, want := range c.want {
			if !strings.Contains(plain, want) {
				t.Errorf("%s: got %q, want it with %s", c.name, out.String(), want)
			}
		}
	}
}

// tinyPNG is a picture of one pixel.
const tinyPNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
