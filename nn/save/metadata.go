package save

import (
	"fmt"
	"strings"

	"zalgoscope/nn"
)

// metadata is what package load reads of a file beside its layers.
func metadata(net *nn.Net) map[string]string {
	in, m := net.Input, map[string]string{}
	if len(net.Labels) > 0 {
		m["labels"] = strings.Join(net.Labels, "\n")
	}
	m["input.order"] = "RGB"
	if in.BGR {
		m["input.order"] = "BGR"
	}
	m["input.range"] = fmt.Sprintf("0..%g", in.Range)
	m["input.mean"] = fmt.Sprintf("%.9g %.9g %.9g", in.Mean[0], in.Mean[1], in.Mean[2])
	m["input.std"] = fmt.Sprintf("%.9g %.9g %.9g", in.Std[0], in.Std[1], in.Std[2])
	if in.Width > 0 && in.Width == in.Height {
		m["input.size"] = fmt.Sprint(in.Width)
	}
	return m
}
