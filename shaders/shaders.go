// Package shaders holds the GLSL compute sources, one stem for each operation.
// Each is compiled after common.glsl and the macros that gpu chooses.
package shaders

import (
	"embed"
	"io/fs"
	"strings"
)

//go:generate go run ./generate

//go:embed *.glsl *.comp
var files embed.FS

// shared are the files that a shader is compiled after, besides common.glsl.
var shared = map[string][]string{
	"pool_forward": {"pool.glsl"}, "pool_backward": {"pool.glsl"},
	"lrn_forward": {"lrn.glsl"}, "lrn_backward": {"lrn.glsl"},
	"input": {"canvas.glsl"}, "magnitude": {"canvas.glsl"}, "ascend": {"canvas.glsl"}, "tile": {"canvas.glsl"},
	"warp": {"canvas.glsl", "along.glsl"}, "combine": {"canvas.glsl"}, "mix": {"canvas.glsl"}, "tone": {"canvas.glsl"}, "hold": {"canvas.glsl"},
	"conv": {"conv.glsl"}, "conv_tiled": {"conv.glsl"},
	"canvas_write": {"canvas.glsl"}, "canvas_read": {"canvas.glsl"},
	"binary_forward":  {"primitives.glsl", "functions.glsl", "binary.glsl", "operand.glsl"},
	"binary_backward": {"primitives.glsl", "functions.glsl", "binary.glsl", "operand.glsl"},
	"norm_sums":       {"norm.glsl"}, "norm": {"norm.glsl"}, "reduce": {"operand.glsl"}, "reduce_backward": {"operand.glsl"},
	"bend_point": {"bend.glsl", "primitives.glsl", "functions.glsl", "unary.glsl"}, "unary": {"primitives.glsl", "functions.glsl", "unary.glsl"},
	"attention_shares": {"attention.glsl"}, "attention_mix": {"attention.glsl"},
	"bend_space": {"along.glsl", "bend.glsl"}, "bend_channels": {"bend.glsl"},
	"bend_normalise": {"bend.glsl"}, "bend_gradient": {"bend.glsl"},
	"objective": {"fatigue.glsl"}, "fatigue_gains": {"fatigue.glsl"}, "fatigue_remember": {"canvas.glsl"},
	"flow_luma": {"flow.glsl"}, "flow_halve": {"flow.glsl"}, "flow_gradient": {"flow.glsl"}, "flow_rows": {"flow.glsl"}, "flow_invert": {"flow.glsl"},
	"flow_centre": {"flow.glsl"}, "flow_push": {"flow.glsl"}, "flow_descend": {"flow.glsl"}, "flow_mean": {"flow.glsl"}, "flow_slope": {"flow.glsl"},
	"flow_costs": {"flow.glsl"}, "flow_choose": {"flow.glsl"}, "flow_enlarge": {"flow.glsl"}, "flow_still": {"flow.glsl"}, "flow_rest": {"flow.glsl"},
	"flow_miss": {"flow.glsl"}, "flow_seen": {"flow.glsl"},
	"depth_shrink": {"canvas.glsl", "depth.glsl"}, "depth_join": {"canvas.glsl", "depth.glsl"},
}

// Names lists all shaders.
func Names() []string {
	all, err := fs.Glob(files, "*.comp")
	if err != nil {
		panic(err)
	}
	for i, file := range all {
		all[i] = strings.TrimSuffix(file, ".comp")
	}
	return all
}

// Source is the text of a shader with all that it needs before it, the version
// and macros aside; a wrong name is a bug of ours.
func Source(name string) string {
	text := read("common.glsl")
	for _, file := range shared[name] {
		text += read(file)
	}
	return text + read(name+".comp")
}

func read(file string) string {
	text, err := files.ReadFile(file)
	if err != nil {
		panic(err)
	}
	return string(text)
}
