package dream

import (
	"maps"
	"slices"

	"gorgonia.org/tensor"

	"zalgoscope/nn"
)

// Memory is what a dream remembers of the layers that it tired of, by their names: the values
// of an nn.Memory each. It never changes.
type Memory map[string][]float32

// The rates at which a layer's channels tire, by each gradient step.
const (
	tiring      = 0.02
	tiringClass = 0.01 // where a layer has one position, whose channels are the classes of the whole picture
)

// fatigue keeps the memories of a dream's layers on its engine.
type fatigue struct {
	engine nn.Engine
	shapes map[string]tensor.Shape // of all layers, for a picture of the size that the net was trained at
	held   map[string]nn.Memory
	values Memory          // of layers that are not held: what they begin with
	asked  map[string]bool // layers of this frame
}

// of adds the fatigue that the settings ask for to an objective's whole layers.
func (f *fatigue) of(obj nn.Objective, s Settings) (nn.Objective, error) {
	if s.Fatigue == 0 && s.Even == 0 {
		return obj, nil
	}
	tired := slices.Clone(obj)
	for i, t := range tired {
		if t.Channel != nn.AllChannels || t.Guide != nil {
			continue
		}
		m, rate, err := f.memory(t.Layer)
		if err != nil {
			return nil, err
		}
		tired[i].Fatigue = nn.Fatigue{Gain: float32(s.Fatigue), Even: float32(s.Even), Rate: rate, Memory: m}
	}
	return tired, nil
}

// memory is that of a layer, and the rate at which it tires.
func (f *fatigue) memory(layer string) (nn.Memory, float32, error) {
	shape := f.shapes[layer]
	if f.asked == nil {
		f.asked = map[string]bool{}
	}
	f.asked[layer] = true
	rate := float32(tiring)
	if shape[1]*shape[2] == 1 {
		rate = tiringClass
	}
	if m := f.held[layer]; m != nil {
		return m, rate, nil
	}
	m, err := f.engine.NewMemory(shape[0])
	if err != nil {
		return nil, 0, err
	}
	if v := f.values[layer]; len(v) == shape[0]+1 {
		if err := m.Write(v); err != nil {
			m.Release()
			return nil, 0, err
		}
	}
	if f.held == nil {
		f.held = map[string]nn.Memory{}
	}
	f.held[layer] = m
	return m, rate, nil
}

// mostRemembered is the values that are kept of layers that are dreamed no more.
const mostRemembered = 1 << 15

// rest frees the layers that the last two frames did not dream, whose values are those that arrived last.
func (f *fatigue) rest(arrived Memory) {
	for layer, m := range f.held {
		v := arrived[layer]
		if f.asked[layer] || v == nil {
			continue
		}
		f.values = maps.Clone(f.values)
		if f.values == nil {
			f.values = Memory{}
		}
		f.values[layer] = v
		m.Release()
		delete(f.held, layer)
	}
	f.asked = nil
	kept := 0
	for _, layer := range slices.Sorted(maps.Keys(f.values)) {
		if kept += len(f.values[layer]); kept > mostRemembered {
			f.values = maps.Clone(f.values)
			delete(f.values, layer)
		}
	}
}

// read starts to read everything that is remembered, now that a frame is made of which the one before, which remembered
// what arrived, is there.
func (f *fatigue) read(arrived Memory) (Memory, []nn.Reading, error) {
	f.rest(arrived)
	all := maps.Clone(f.values)
	var readings []nn.Reading
	for _, layer := range slices.Sorted(maps.Keys(f.held)) {
		v := make([]float32, f.shapes[layer][0]+1)
		r, err := f.held[layer].StartRead(v)
		if err != nil {
			return nil, nil, err
		}
		if all == nil {
			all = Memory{}
		}
		all[layer], readings = v, append(readings, r)
	}
	return all, readings, nil
}

// recall remembers these values and nothing else.
func (f *fatigue) recall(m Memory) {
	f.release()
	f.values, f.asked = m, nil
}

// release frees what is on the engine.
func (f *fatigue) release() {
	for _, m := range f.held {
		m.Release()
	}
	f.held = nil
}

// shapesOf gives every layer's shape by name, for a picture of the size that the net was trained at.
func shapesOf(net *nn.Net) (map[string]tensor.Shape, error) {
	shapes, err := net.Shapes(net.Size())
	if err != nil {
		return nil, err
	}
	byName := map[string]tensor.Shape{}
	for i, l := range net.Layers {
		for _, name := range l.Aliases {
			byName[name] = shapes[i]
		}
	}
	for i, l := range net.Layers {
		byName[l.Name] = shapes[i]
	}
	return byName, nil
}
