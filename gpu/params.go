package gpu

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// header begins the parameters of every pass over maps: four vec4, so that what a shader adds lies as if it began by itself.
type header struct {
	Width, Height, Blocks, Channels int32 // of what is written
	OutBase, OutRow, OutPlane       int32
	InBase, InRow, InPlane          int32
	Accumulate                      int32   // 1 adds to what is there
	Slope, Low, High                float32 // of the activation under MASK
	First, End                      int32   // the first position of this slice, and one past its last
}

// numbers is what a shader is told.
type numbers []any

// parameters are what each shader is told, by their types. A shader has their fields as variables: BesideRow is besideRow there,
// and of a field of fields A.Row is aRow.
var parameters = func() map[string]numbers {
	all := map[string]numbers{
		"peak": {}, "canvas_read": {pixelParams{}}, "canvas_write": {pixelParams{}}, "mix": {pixelParams{}}, "tone": {pixelParams{}},
		"combine": {combineParams{}}, "hold": {holdParams{}}, "warp": {warpParams{}},
	}
	for _, name := range []string{"luma", "halve", "gradient", "rows", "invert", "centre", "push", "descend", "mean", "slope", "costs", "choose", "enlarge", "still", "rest", "miss", "seen"} {
		all["flow_"+name] = numbers{flowParams{}}
	}
	for _, name := range []string{"fatigue_energies", "softmax_forward", "softmax_backward", "sum"} {
		all[name] = numbers{header{}}
	}
	for name, own := range map[string]any{
		"ascend": ascendParams{}, "attention_mix": attentionParams{}, "attention_shares": attentionParams{}, "bend_channels": bendParams{},
		"bend_gradient": bendParams{}, "bend_normalise": bendParams{}, "bend_point": bendParams{}, "bend_space": bendParams{},
		"binary_backward": binaryParams{}, "binary_forward": operands{}, "concat": concatParams{}, "conv": convParams{},
		"conv_grouped": groupedParams{}, "conv_tiled": convParams{}, "depth_join": depthParams{}, "depth_shrink": depthParams{},
		"fatigue_gains": gainParams{}, "fatigue_remember": rememberParams{}, "input": inputParams{}, "lrn_backward": lrnParams{}, "lrn_forward": lrnParams{},
		"magnitude": magnitudeParams{}, "matmul": matMulParams{}, "norm": normParams{}, "norm_sums": normParams{}, "objective": objectiveParams{}, "pointwise": pointwise{},
		"pool_backward": poolParams{}, "pool_forward": poolParams{}, "rearrange": rearrangeParams{}, "reduce": reduceParams{}, "reduce_backward": spreadParams{},
		"sample": sampleParams{}, "tile": tileParams{}, "transpose": orderParams{}, "unary": unaryParams{},
	} {
		all[name] = numbers{header{}, own}
	}
	return all
}()

// encode lays out what a shader is told; other types than it reads are a bug of ours.
func (n numbers) encode(shader string) []byte {
	if want := parameters[shader]; !slices.EqualFunc(n, want, func(a, b any) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }) {
		panic(fmt.Sprintf("gpu: %s is told %+v, and reads %+v", shader, n, want))
	}
	return encode(n...)
}

// declaration is a shader's parameters in GLSL; a shader that is not among those above is a bug of ours.
func declaration(shader string) string {
	told, ok := parameters[shader]
	if !ok {
		panic("gpu: parameters lack " + shader)
	}
	if len(told) == 0 {
		return ""
	}
	var b strings.Builder
	for _, p := range told {
		declare(&b, "", reflect.TypeOf(p))
	}
	return "layout(std140, binding = 0) uniform Params {\n" + b.String() + "};\n"
}

// declare writes a struct's fields.
func declare(b *strings.Builder, prefix string, t reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name := prefix + f.Name
		if prefix == "" {
			name = lower(f.Name)
		}
		if f.Type.Kind() == reflect.Struct {
			declare(b, name, f.Type)
			continue
		}
		rows := ""
		if e := f.Type; e.Kind() == reflect.Array && e.Elem().Kind() == reflect.Array {
			f.Type, rows = e.Elem(), fmt.Sprintf("[%d]", e.Len())
		}
		fmt.Fprintf(b, "    %s %s%s;\n", glsl[f.Type.String()], name, rows)
	}
}

// glsl is the types of parameters.
var glsl = map[string]string{"int32": "int", "uint32": "uint", "float32": "float", "[2]int32": "ivec2", "[4]uint32": "uvec4", "[4]float32": "vec4"}

// lower begins a name in lower case, one of capitals throughout.
func lower(name string) string {
	if strings.ToUpper(name) == name {
		return strings.ToLower(name)
	}
	return string(unicode.ToLower(rune(name[0]))) + name[1:]
}
