package load

import "fmt"

// columns lays columns of windows over each other, which is the way back of a convolution whose kernels hold a one each.
func (m *onnx) columns(n *node, in []operand) (value, error) {
	x, err := one(in, 3)
	if err != nil {
		return x, err
	}
	dims := m.dims(x)
	size, err := in[1].array.ints()
	var block []int
	if err == nil {
		block, err = in[2].array.ints()
	}
	if err != nil || len(size) != 2 || len(block) != 2 || len(dims) != 3 {
		return x, unsupported(fmt.Sprintf("it lays %v over each other to %v by windows of %v", dims, size, block))
	}
	win, err := n.window(block)
	if err != nil {
		return x, err
	}
	if err := checkWindow(win); err != nil {
		return x, err
	}
	each := block[0] * block[1]
	if dims[1]%each != 0 || max(size[0], size[1]) > maxWide || min(size[0], size[1]) < 1 {
		return x, fmt.Errorf("has %d channels for windows of %v, to %v", dims[1], block, size)
	}
	var cells, extra [2]int
	for a := range cells {
		room := size[a] + win.Pad[a] + win.Pad[a+2] - win.Dilation[a]*(block[a]-1) - 1
		if room < 0 {
			return x, fmt.Errorf("its windows of %v do not fit %v", block, size)
		}
		cells[a], extra[a] = room/win.Stride[a]+1, room%win.Stride[a]
	}
	if err := m.charge(dims[1] * each); err != nil {
		return x, err
	}
	ones := make([]float32, dims[1]*each)
	for c := range dims[1] {
		ones[c*each+c%each] = 1
	}
	s := &spelling{onnx: m, n: n}
	maps := s.do("Reshape", []operand{in[0], {array: intArray(1, dims[1], cells[0], cells[1])}})
	kernels := operand{array: numbers{real: ones}.of([]int{dims[1], 1, block[0], block[1]})}
	return s.end(s.do("ConvTranspose", []operand{maps, kernels}, "group", dims[1]/each, "strides", win.Stride[:], "dilations", win.Dilation[:], "pads", win.Pad[:], "output_padding", extra[:]))
}
