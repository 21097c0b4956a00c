package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zalgoscope/app/record"
	"zalgoscope/assets"
	"zalgoscope/nn/zoo"
)

// netName is what recipes call the net of a spec: that of a built-in or downloaded net, else the names of its
// files.
func netName(spec string) string {
	if known(spec) {
		return spec
	}
	if _, err := os.Stat(spec); err == nil {
		return record.NameOf(spec)
	}
	return fileNames(spec)
}

// fileNames are those of the files with commas between. It does not ask the disk: a path in somebody's recipe may
// lead to another machine.
func fileNames(spec string) string {
	parts := strings.Split(spec, ",")
	for i := range parts {
		parts[i] = record.NameOf(parts[i])
	}
	return strings.Join(parts, ",")
}

// known tells the names of nets that are not those of files.
func known(spec string) bool {
	_, builtIn := assets.Net(spec)
	_, downloaded := zoo.Installed(spec)
	return builtIn || downloaded
}

// recall gives what loads the net that a recipe names: a built-in or downloaded one by its name, else files
// of that name in the folders or among the downloaded ones, where those of the recorded content are preferred.
func recall(want record.Net, folders ...string) (spec string, err error) {
	if known(want.Name) {
		return want.Name, nil
	}
	for _, n := range zoo.Nets {
		folders = append(folders, filepath.Join(zoo.Dir(), n.Name))
	}
	found := netFiles(want.Name, record.Find(folders...))
	if len(found) == 0 {
		if n, err := zoo.Find(want.Name); err == nil {
			return "", fmt.Errorf("the recipe's net %s is not downloaded yet: 'zalgoscope nets get %s' brings it", n.Name, n.Name)
		}
		return "", fmt.Errorf("the recipe's net %q is not to be found; put it beside the recording, or say where it is: --folder FOLDER or --net FILE", fileNames(want.Name))
	}
	for _, spec := range found {
		if want.SHA256 != "" && netSum(spec) == want.SHA256 {
			return spec, nil
		}
	}
	return found[0], nil
}

// netFiles are the specs of the files that a name may mean: of one, or of two with a comma between.
func netFiles(name string, find record.Finder) []string {
	specs := find(name)
	first, second, ok := strings.Cut(name, ",")
	if len(specs) > 0 || !ok {
		return specs
	}
	for _, a := range find(first) {
		for _, b := range find(second) {
			specs = append(specs, a+","+b)
		}
	}
	return specs
}
