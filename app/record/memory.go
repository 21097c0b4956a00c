package record

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"zalgoscope/app/dream"
)

// memoryEntry is what is remembered of a layer, in a recipe's text: float32 values, little end first, in base64.
type memoryEntry struct{ layer, values string }

// writeMemory writes a table of that name for each layer.
func writeMemory(b *strings.Builder, table string, m dream.Memory) {
	for _, layer := range slices.Sorted(maps.Keys(m)) {
		var data []byte
		for _, v := range m[layer] {
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(v))
		}
		fmt.Fprintf(b, "\n[[%s]]\n", table)
		entry(b, "layer", layer)
		entry(b, "values", base64.StdEncoding.EncodeToString(data))
	}
}

func decodeMemory(entries []memoryEntry) (dream.Memory, error) {
	var m dream.Memory
	for _, e := range entries {
		data, err := base64.StdEncoding.DecodeString(e.values)
		if err != nil || len(data)%4 != 0 || len(data) > 4*mostMemory {
			return nil, fmt.Errorf("record: what the recipe remembers of layer %q is damaged", e.layer)
		}
		v := make([]float32, len(data)/4)
		for i := range v {
			v[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
		}
		if m == nil {
			m = dream.Memory{}
		}
		m[e.layer] = v
	}
	return m, nil
}

// checkMemory reports values that none can be.
func checkMemory(m dream.Memory) error {
	all := 0
	for layer, values := range m {
		if len(layer) > mostText {
			return fmt.Errorf("record: the recipe remembers a layer of a name of %d bytes", len(layer))
		}
		for _, v := range values {
			if !(v >= 0 && v <= math.MaxFloat32) {
				return fmt.Errorf("record: the recipe remembers %g of layer %q", v, layer)
			}
		}
		all += len(values)
	}
	if all > mostMemory {
		return fmt.Errorf("record: the recipe remembers %d values", all)
	}
	return nil
}
