// Package zoo knows public nets: where they are, how large, what their
// published checksums are. It downloads them to where nets are found by name.
package zoo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
)

// Net is one public net. Its files are installed in a folder of its name.
type Net struct {
	Name, About string
	Licence     string // "" where its makers name none beside it
	Files       []File // the first is what nn/load opens; it finds the others beside it
}

// File is one file of a net. Checksums are those that its makers or others published.
type File struct {
	Name         string
	URLs         []string // mirrors, tried in order
	Size         int64    // in bytes, about; 0 where unknown
	SHA1, SHA256 string
}

// Checksum is the file's checksum for people to read.
func (f File) Checksum() string {
	switch {
	case f.SHA256 != "":
		return "SHA-256 " + f.SHA256
	case f.SHA1 != "":
		return "SHA-1 " + f.SHA1
	}
	return "no checksum published"
}

// Insecure tells what makes the file one that somebody on the way could exchange unnoticed, "" for nothing.
func (f File) Insecure() string {
	var lacks []string
	if f.SHA1+f.SHA256 == "" {
		lacks = append(lacks, "no checksum is published for it")
	}
	if len(f.secure()) == 0 {
		lacks = append(lacks, "no server has it by https")
	}
	return strings.Join(lacks, " and ")
}

// secure are the mirrors that speak https.
func (f File) secure() (urls []string) {
	for _, u := range f.URLs {
		if strings.HasPrefix(u, "https://") {
			urls = append(urls, u)
		}
	}
	return urls
}

// most is how many bytes a server may send for the file.
func (f File) most() int64 {
	if f.Size == 0 {
		return 1 << 30
	}
	return f.Size + f.Size/8 + 1<<20
}

// Find gives the public net of a name.
func Find(name string) (Net, error) {
	var names []string
	for _, n := range Nets {
		if n.Name == name {
			return n, nil
		}
		names = append(names, n.Name)
	}
	return Net{}, fmt.Errorf("zoo: no public net is called %q; known are %s", name, strings.Join(names, ", "))
}

// Dir is where nets are installed for the user.
func Dir() string { return filepath.Join(xdg.DataHome, "zalgoscope", "nets") }

// Installed gives what nn/load opens for a public net that Get has brought to
// Dir whole.
func Installed(name string) (spec string, ok bool) { return installed(Dir(), name) }

func installed(dir, name string) (spec string, ok bool) {
	net, err := Find(name)
	if err != nil {
		return "", false
	}
	for _, f := range net.Files {
		info, err := os.Stat(filepath.Join(dir, name, f.Name))
		if err != nil || !info.Mode().IsRegular() {
			return "", false
		}
	}
	return filepath.Join(dir, name, net.Files[0].Name), true
}
