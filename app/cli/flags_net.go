package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"zalgoscope/app/record"
	"zalgoscope/assets"
	"zalgoscope/nn"
	"zalgoscope/nn/disk"
	"zalgoscope/nn/load"
	"zalgoscope/nn/zoo"
)

// netFlags are the flags by which a command takes a net.
type netFlags struct {
	net, order, scale, mean, std, labels string
	random                               bool // a .prototxt may come without weights
	forget                               bool // what was said of the net's input before
}

func (f *netFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.net, "net", assets.DefaultNet, "built-in or downloaded net by name (see 'zalgoscope nets'), or FILE.onnx, FILE.prototxt or FILE.prototxt,FILE.caffemodel")
	fs.StringVar(&f.order, "input-order", "", "colour order of the net's input, RGB or BGR; what is said of an input is kept for the net")
	fs.StringVar(&f.scale, "input-range", "", "range of the net's input, 0..1 or 0..255")
	fs.StringVar(&f.mean, "input-mean", "", "mean that is subtracted, one number or three with commas")
	fs.StringVar(&f.std, "input-std", "", "spread that it is divided by, one number or three with commas")
	fs.BoolVar(&f.forget, "input-forget", false, "forget what was said of this net's input before")
	fs.StringVar(&f.labels, "labels", "", "file of the net's labels, one a line")
}

// load loads the net; warnings go to the terminal.
func (f *netFlags) load() (*nn.Net, error) {
	o := load.Options{
		Random: f.random,
		Warn:   warn,
	}
	if f.labels != "" {
		text, err := disk.Read(f.labels, 16<<20)
		if err != nil {
			return nil, fmt.Errorf("--labels: %w", err)
		}
		o.Labels = strings.Split(strings.TrimRight(string(text), "\r\n"), "\n")
	}
	net, err := loadNet(f.net, o)
	if err != nil {
		return nil, err
	}
	return net, f.input(net)
}

// input gives the net the preprocessing that the flags say, which is kept for it, or that was said before.
func (f *netFlags) input(net *nn.Net) error {
	given := givenInput{Order: f.order, Range: f.scale, Mean: f.mean, Std: f.std}
	if !given.empty() || f.forget {
		if err := given.apply(net, net.InputFrom); err != nil {
			return err
		}
		err := keepInput(f.net, given)
		switch {
		case err != nil:
			warn(fmt.Sprintf("what is said of the net's input is not kept: %v", err))
		case !given.empty():
			net.InputFrom = "as the flags say, kept for this net"
		}
		return nil
	}
	given, err := recallInput(f.net)
	if err == nil && !given.empty() {
		err = given.apply(net, "given for this net before; --input-forget goes back")
	}
	if err != nil {
		warn(fmt.Sprintf("what was said of nets' inputs before is left out: %v", err))
	}
	return nil
}

// identity names the net and the content of its files, for recipes. A net whose files
// cannot be read again has no checksum, and is then not compared.
func (f *netFlags) identity() record.Net {
	return record.Net{Name: netName(f.net), SHA256: netSum(f.net)}
}

// netSum is the checksum of a net's content, "" where it cannot be read.
func netSum(spec string) string {
	h := sha256.New()
	if data, ok := assets.Net(spec); ok {
		h.Write(data)
	} else if err := hashFiles(h, spec); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

func hashFiles(h io.Writer, spec string) error {
	if path, ok := zoo.Installed(spec); ok {
		spec = path
	}
	files, err := load.Files(spec)
	if err != nil {
		return err
	}
	for _, path := range files {
		file, err := disk.Open(path)
		if err != nil {
			return err
		}
		_, err = io.Copy(h, file)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// loadNet takes a built-in net by name, then a downloaded one, then a file.
func loadNet(spec string, o load.Options) (*nn.Net, error) {
	if data, ok := assets.Net(spec); ok {
		return load.ONNX(data, spec, o)
	}
	if path, ok := zoo.Installed(spec); ok {
		return load.File(path, o)
	}
	if !strings.ContainsAny(spec, "./\\,") {
		return nil, fmt.Errorf("there is no built-in or downloaded net %q; 'zalgoscope nets' lists them", spec)
	}
	return load.File(spec, o)
}
