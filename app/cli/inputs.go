package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/pelletier/go-toml/v2"

	"zalgoscope/app/beside"
	"zalgoscope/nn"
	"zalgoscope/nn/disk"
	"zalgoscope/nn/load"
)

// givenInput is what somebody said of a net's preprocessing, as the flags have it; an empty text says nothing.
type givenInput struct {
	Net   string `toml:"net"` // its name, for who looks into the file
	Order string `toml:"order,omitempty"`
	Range string `toml:"range,omitempty"`
	Mean  string `toml:"mean,omitempty"`
	Std   string `toml:"std,omitempty"`
}

func (g givenInput) empty() bool { return g.Order+g.Range+g.Mean+g.Std == "" }

// apply changes a net's input.
func (g givenInput) apply(net *nn.Net, from string) (err error) {
	if net.Input, err = load.ParseInput(net.Input, g.Order, g.Range, g.Mean, g.Std); err != nil {
		return fmt.Errorf("the net's input: %w", err)
	}
	net.InputFrom = from
	return nil
}

// inputFile is where it is kept what was said of nets, by the checksums of their files.
func inputFile() string { return filepath.Join(xdg.ConfigHome, "zalgoscope", "inputs.toml") }

type inputTable struct {
	Format int                   `toml:"format"`
	Nets   map[string]givenInput `toml:"nets"`
}

const (
	inputFormat = 1
	mostInputs  = 1 << 20 // bytes of the file
)

func parseInputs(data []byte) (inputTable, error) {
	table := inputTable{Format: inputFormat, Nets: map[string]givenInput{}}
	if err := toml.Unmarshal(data, &table); err != nil {
		return table, fmt.Errorf("%s is no table of nets' inputs: %w; mend it or take it away", inputFile(), err)
	}
	if table.Format != inputFormat {
		return table, fmt.Errorf("%s has format %d, which a newer zalgoscope wrote", inputFile(), table.Format)
	}
	return table, nil
}

// recallInput is what was said of the net of a spec before. Nothing is read of a net before anything was said of any.
func recallInput(spec string) (givenInput, error) {
	data, err := disk.Read(inputFile(), mostInputs)
	if errors.Is(err, fs.ErrNotExist) || len(data) == 0 && err == nil {
		return givenInput{}, nil
	}
	if err != nil {
		return givenInput{}, err
	}
	table, err := parseInputs(data)
	if err != nil || len(table.Nets) == 0 {
		return givenInput{}, err
	}
	return table.Nets[netSum(spec)], nil
}

// keepInput remembers what is said of the net of a spec; an empty one forgets.
func keepInput(spec string, given givenInput) error {
	sum := netSum(spec)
	if sum == "" {
		return errors.New("the net cannot be read again")
	}
	if err := os.MkdirAll(filepath.Dir(inputFile()), 0o755); err != nil {
		return err
	}
	return beside.Update(inputFile(), func(old []byte) ([]byte, error) {
		if len(old) > mostInputs {
			return nil, fmt.Errorf("%s has more than %d MB", inputFile(), mostInputs>>20)
		}
		table, err := parseInputs(old)
		if err != nil {
			return nil, err
		}
		if given.Net = netName(spec); given.empty() {
			delete(table.Nets, sum)
		} else {
			table.Nets[sum] = given
		}
		return toml.Marshal(table)
	})
}
