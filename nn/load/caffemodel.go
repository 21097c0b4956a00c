package load

import (
	"fmt"
	"os"

	"google.golang.org/protobuf/encoding/protowire"
)

// blobs is a trained Caffe model: each layer's arrays by the layer's name.
type blobs map[string][]*array

const (
	maxBlobs      = 1 << 16 // in a model
	maxLayerBlobs = 16
)

// readBlobs finds the arrays of a .caffemodel in the current and in the 2014 format.
// They alias the data.
func readBlobs(from skimmed) (blobs, error) {
	out, total := blobs{}, 0
	err := fields(from.data, func(f field) error {
		nameField, blobField := protowire.Number(1), protowire.Number(7)
		switch {
		case f.num == 2 && f.typ == protowire.BytesType: // NetParameter.layers
			nameField, blobField = 4, 6
		case f.num != 100 || f.typ != protowire.BytesType: // NetParameter.layer
			return nil
		}
		name, list, err := readLayerBlobs(f.data, from.file, nameField, blobField)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return nil
		}
		if _, twice := out[name]; twice {
			return fmt.Errorf("layer %q has weights twice", name)
		}
		if total += len(list); total > maxBlobs {
			return fmt.Errorf("more than %d arrays", maxBlobs)
		}
		out[name] = list
		return nil
	})
	return out, err
}

func readLayerBlobs(msg []byte, file *os.File, nameField, blobField protowire.Number) (name string, list []*array, err error) {
	err = fields(msg, func(f field) error {
		if f.typ != protowire.BytesType {
			return nil
		}
		switch f.num {
		case nameField:
			var err error
			name, err = f.text()
			return err
		case blobField:
			if len(list) == maxLayerBlobs {
				return fmt.Errorf("layer %q has more than %d arrays", name, maxLayerBlobs)
			}
			a := readBlob(f.data, file)
			if a.bad != nil {
				a.bad = fmt.Errorf("array %d %w", len(list), a.bad)
			}
			list = append(list, a)
		}
		return nil
	})
	return name, list, err
}

// readBlob reads one BlobProto of a file. What is wrong with it stands in the array.
func readBlob(msg []byte, file *os.File) *array {
	var legacy [4]int // num, channels, height, width
	var shape, singles, doubles []byte
	shaped := false
	var left place
	err := fields(msg, func(f field) error {
		switch {
		case f.num >= 1 && f.num <= 4:
			legacy[f.num-1] = int(int64(f.n))
		case f.num == 5:
			singles = f.pack(singles)
		case f.num == 8:
			doubles = f.pack(doubles)
		case f.num == inFile:
			var err error
			left, err = f.place()
			return err
		case f.num == 7:
			shaped = true
			return fields(f.data, func(f field) error {
				if f.num == 1 {
					shape = f.pack(shape)
				}
				return nil
			})
		}
		return nil
	})
	a := &array{dims: legacy[:], kind: float32s, data: singles, bad: err}
	if err != nil {
		return a
	}
	if shaped {
		if a.dims, err = integers(shape, maxDims); err != nil {
			a.bad = fmt.Errorf("has a shape of %w", err)
			return a
		}
	}
	if left.field == 8 {
		a.kind = float64s
	}
	if left.length > 0 {
		a.bad = a.inPlace(file, left)
		return a
	}
	if len(doubles) > 0 {
		a.kind, a.data = float64s, doubles
	}
	a.bad = a.check(int64(len(a.data)))
	return a
}
